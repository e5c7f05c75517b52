"""The process that asks the tools: beside the web server, so that no page ever waits for a tool.

python -m preceptor.service.assessor
"""

from __future__ import annotations

import logging
import os
import time

PAUSE = 0.5  # seconds between looks at an empty queue
PAUSE_AFTER_FAULT = 5.0

log = logging.getLogger(__name__)


def run() -> None:
    """Assess requests as they come, until the process is told to stop."""
    from django.conf import settings
    from django.db import close_old_connections

    from preceptor.service.requests.assessing import assess_waiting
    from preceptor.service.requests.models import Checked, Request
    from preceptor.service.requests.receiving import check_red_flags
    from preceptor.service.requests.toolbox import Toolbox

    with Toolbox(settings.TOOL_SECONDS) as toolbox:
        # What could not be checked before may be checkable now: a start is when things have been mended.
        for request in Request.objects.filter(red_flags_checked=Checked.FAILED):
            check_red_flags(request)
        while True:
            try:
                asked = assess_waiting(toolbox)
            except Exception:
                # The database may be away for a moment; the requests are safe in it, so wait and look again.
                log.exception("the assessor met a fault and will go on")
                asked = 0
                time.sleep(PAUSE_AFTER_FAULT)
            close_old_connections()
            if not asked:
                time.sleep(PAUSE)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "preceptor.service.settings")
    django.setup()
    run()
