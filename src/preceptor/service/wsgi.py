"""The entry for a web server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "preceptor.service.settings")
application = get_wsgi_application()


# Python looks for circles of dead objects whenever there are 700 new ones. A record of 1,000 results is 30,000, none of
# them in a circle: looked through again and again, they would take a fifth of a call's time, now and then half of it.
NEW_BEFORE_A_LOOK = 50_000


def _get_ready() -> None:
    """Before the first request comes: read by the first eight at once, the rules cost each of them ten seconds."""
    from preceptor.service.hooks.services import ready_to_notice
    from preceptor.service.requests.receiving import ready_to_check

    ready_to_check()
    ready_to_notice()
    gc.collect()
    gc.freeze()  # what was loaded by now stays, and is not looked through again
    gc.set_threshold(NEW_BEFORE_A_LOOK, 10, 10)


_get_ready()
