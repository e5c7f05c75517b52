"""The service's settings, for tests: a home of their own, and cheap password digests."""

import os
import tempfile

_home = tempfile.mkdtemp(prefix="preceptor-tests-")
os.environ["PRECEPTOR_HOME"] = _home

from preceptor.service.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
