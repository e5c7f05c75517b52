"""The entry for a web server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "preceptor.service.settings")
application = get_wsgi_application()


def _read_the_rules() -> None:
    """Before the first request comes: read by the first eight at once, they cost each of them ten seconds."""
    from preceptor.service.requests.receiving import ready_to_check

    ready_to_check()


_read_the_rules()
