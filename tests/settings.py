"""The service's settings, for tests: a home of their own, and cheap password digests."""

import os
import tempfile

_home = tempfile.mkdtemp(prefix="preceptor-tests-")
os.environ["PRECEPTOR_HOME"] = _home

from preceptor.service.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405
    # A file, as in a practice: the default for tests is in memory, where two connections lock differently.
    DATABASES["default"]["TEST"] = {"NAME": f"{_home}/test.sqlite3"}  # noqa: F405
