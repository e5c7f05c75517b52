"""Nothing on the pages of oversight hints at advice that somebody has still to give their own view on."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from preceptor.advice import Standing
from preceptor.service.accounts.models import Role
from preceptor.service.oversight import measuring, pace
from preceptor.service.oversight.standing import set_standing
from preceptor.service.oversight.terms import DEFAULTS, set_terms
from service.factories import a_patient, a_practice, a_request, a_user, an_assessment
from service.oversight.histories import an_auditor, decided

pytestmark = pytest.mark.django_db
PAGES = [
    ("tools", []), ("tool", ["triage"]), ("tool_figures", ["triage"]), ("safety", []), ("audits", []), ("yours", []),
    ("terms", []), ("incidents", []), ("pace", []), ("safety_export", ["hazards", "print"]),
    ("safety_export", ["audits", "csv"]), ("safety_export", ["incidents", "print"]),
]  # fmt: skip


def without_noise(html: str) -> str:
    """A page without what differs each time: tokens, ids and the time of day."""
    html = re.sub(r'(csrfmiddlewaretoken" value=|nonce=)"[^"]*"', r"\1", html)
    html = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID", html)
    return re.sub(r"\d+:\d\d[ap]m", "TIME", html)


@pytest.mark.parametrize(("page", "args"), PAGES, ids=[" ".join([page, *args]) for page, args in PAGES])
def test_no_page_of_oversight_differs_by_advice_that_is_still_hidden(page, args):
    practice = a_practice()
    clinician, auditor = a_user(practice), an_auditor(practice)
    version = _installed_version()
    set_standing(practice, "triage", version, Standing.SECOND, user=None, why="The practice was made so")
    set_terms(practice, DEFAULTS | {"audit": 1.0, "follow_up": 1.0}, user=None, why="Every decision is audited")
    calls = [("same_day",) * 4, ("routine", "soon", "routine", "routine")] * 3
    decided(practice, clinician, auditor, calls, version=version)
    client = Client()
    client.force_login(a_user(practice, Role.SAFETY_OFFICER))
    shown = []
    for urgency, words in (("emergency", "meningitis"), ("self_care", "a common cold")):
        request = a_request(practice, patient=a_patient(practice, given_names="Pat"))
        reasons = [{"text": words, "effect": "sets", "span": [3, 7], "event": None, "rule": words}]
        assessment = an_assessment(request, urgency, reasons=reasons, version=version)
        measuring._kept.cache_clear()  # what is kept between two readings could hide a difference
        pace._kept.cache_clear()
        html = client.get(reverse(page, args=args)).content.decode()
        assert words not in html
        shown.append(without_noise(html))
        assessment.delete()
        request.delete()
    assert shown[0] == shown[1]


def test_what_waits_for_an_auditor_says_neither_advice_nor_decision_nor_chance():
    practice = a_practice()
    clinician = a_user(practice)
    client = Client()
    client.force_login(a_user(practice, Role.SAFETY_OFFICER))
    shown = []
    for call, chance in ((("emergency",) * 4, 0.25), (("self_care",) * 4, 0.75)):
        [request] = decided(practice, clinician, clinician, [call], answered=False, probability=chance)
        for name, args in (("audits", []), ("audit", [request.pk]), ("safety_export", ["audits", "csv"])):
            shown.append(without_noise(client.get(reverse(name, args=args)).content.decode()))
        draw = request.audit_draw
        draw.delete()
        request.decisions.all().delete()
        request.first_views.all().delete()
        request.assessments.all().delete()
        request.delete()
    assert shown[:3] == shown[3:]


def _installed_version() -> str:
    from preceptor import tools

    return tools.found()["triage"].card.version
