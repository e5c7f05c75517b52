from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from preceptor.advice import Standing
from preceptor.service.accounts.models import Role
from preceptor.service.requests.models import Checked, Decision, FirstView
from service.factories import (
    a_patient,
    a_practice,
    a_red_flag,
    a_request,
    a_user,
    an_assessment,
    trust,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def practice():
    practice = a_practice()
    trust(practice, Standing.SECOND)
    return practice


@pytest.fixture
def gp(practice):
    return a_user(practice, first_name="Dr Gee", last_name="Demoworth")


@pytest.fixture
def as_gp(gp):
    return signed_in(gp)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def page_of(client, request):
    return client.get(reverse("request", args=[request.pk])).content.decode()


def view(request, urgency="same_day", handler="gp", **more):
    return {"urgency": urgency, "handler": handler, "version": request.version} | more


def post(client, name, request, data, **kwargs):
    return client.post(reverse(name, args=[request.pk]), data, **kwargs)


def test_own_view_first_then_the_advice_then_the_decision(practice, gp, as_gp):
    request = a_request(practice, patient=a_patient(practice))
    an_assessment(request, "soon")

    assert "Your own view first" in page_of(as_gp, request)
    revealed = post(as_gp, "first_view", request, view(request), follow=True).content.decode()
    assert "You and the tool differ on how soon" in revealed
    refused = post(as_gp, "decision", request, view(request))
    assert (refused.status_code, Decision.objects.count()) == (422, 0)
    assert "Say why your decision differs" in refused.content.decode()

    decided = post(as_gp, "decision", request, view(request, reason="know_this_patient"), follow=True).content.decode()

    assert "Decision saved: Same day, GP." in decided
    decision = Decision.objects.get()
    assert (decision.clinician, decision.first_view.urgency, decision.assessment.urgency) == (gp, "same_day", "soon")


def without_noise(html):
    """A page without what differs each time: tokens, ids and the time of day."""
    html = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": |nonce=)"[^"]*"', r"\1", html)
    html = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9A-F]{8}\b", "ID", html)
    return re.sub(r"\d+:\d\d[ap]m", "TIME", html)


@pytest.mark.parametrize("page", ["inbox", "request"])
def test_no_page_before_the_first_view_differs_by_what_the_advice_says(practice, as_gp, page):
    """The hidden advice is hidden to the last byte: in order, colour, counts and marks."""
    patient = a_patient(practice)
    shown = []
    for urgency, words in (("emergency", "meningitis"), ("self_care", "a common cold")):
        request = a_request(practice, patient=patient, assessed=Checked.DONE)
        reasons = [{"text": words, "effect": "sets", "span": [3, 7], "event": None, "rule": words}]
        assessment = an_assessment(request, urgency, reasons=reasons)
        html = page_of(as_gp, request) if page == "request" else as_gp.get("/").content.decode()
        assert words not in html
        shown.append(without_noise(html))
        assessment.delete()
        request.openings.all().delete()
        request.delete()

    assert shown[0] == shown[1]


def test_the_decision_starts_from_ones_own_view_never_from_the_advice(practice, as_gp):
    request = a_request(practice)
    an_assessment(request, "self_care", handler="self")
    html = post(as_gp, "first_view", request, view(request, "routine", "nurse"), follow=True).content.decode()

    chosen = re.findall(r'name="urgency"[^>]*value="(\w+)"[^>]*\bchecked', html)
    assert chosen == ["routine"]
    assert re.findall(r'<option value="(\w+)" selected', html) == ["nurse"]


@pytest.mark.parametrize(
    ("assessed", "words"),
    [
        (Checked.PENDING, "Not assessed yet"),
        (Checked.FAILED, "Not assessed: no tool gave advice"),
        (Checked.DONE, "No advice is shown"),
    ],
)
def test_without_advice_the_decision_goes_straight_through(practice, as_gp, assessed, words):
    request = a_request(practice, assessed=assessed)

    assert words in page_of(as_gp, request)
    post(as_gp, "decision", request, view(request))

    assert FirstView.objects.get().urgency == Decision.objects.get().urgency == "same_day"


@pytest.mark.parametrize("standing", [Standing.SHADOW, Standing.SUSPENDED])
def test_a_tool_that_may_not_speak_is_not_heard(practice, as_gp, standing):
    request = a_request(practice)
    an_assessment(request, "emergency")
    trust(practice, standing)

    html = page_of(as_gp, request)

    assert "No advice is shown" in html
    assert "Why it says so" not in html


def test_a_red_flag_is_always_in_sight(practice, as_gp):
    text = "crushing pain in my chest"
    request = a_request(practice, text=text, red_flags=[a_red_flag(text, "pain in my chest")])

    html = page_of(as_gp, request)

    assert "Chest pain now" in html
    assert "Call 999 now." in html
    assert re.search(r'<mark class="app-mark app-mark--flag">.*?pain in my chest', html)
    inbox = as_gp.get("/").content.decode()
    assert "Chest pain now" in inbox


def test_a_decision_below_a_red_flag_needs_a_reason_and_words(practice, as_gp):
    text = "pain in my chest"
    request = a_request(practice, text=text, red_flags=[a_red_flag(text, text)])

    refused = post(as_gp, "decision", request, view(request, "routine", reason="long_standing")).content.decode()
    assert refused.count("Say in your own words why that is safe") == 2  # in the summary, and beside the note
    assert '<a href="#note"' in refused
    assert "<title>Error: " in " ".join(refused.split())
    post(as_gp, "decision", request, view(request, "routine", reason="long_standing", note="Rib pain since 2019."))

    assert Decision.objects.get().note == "Rib pain since 2019."


def test_who_decided_meanwhile_is_told_and_what_was_typed_is_kept(practice, as_gp):
    other = a_user(practice, first_name="Dr Pea", last_name="Sampleton")
    request = a_request(practice)
    mine = view(request, "routine", note="my own <careful> words")
    post(signed_in(other), "decision", request, view(request, "soon"))

    answer = post(as_gp, "decision", request, mine)

    html = answer.content.decode()
    assert (answer.status_code, Decision.objects.count()) == (409, 1)
    assert "Dr Pea Sampleton decided on this request" in html
    assert "my own &lt;careful&gt; words" in html
    assert "Routine" in html


def test_after_a_reopening_meanwhile_the_form_can_be_sent_again(practice, as_gp):
    other = signed_in(a_user(practice))
    request = a_request(practice)
    stale = view(request, "routine", note="keep me")
    post(other, "decision", request, view(request, "soon"))
    request.refresh_from_db()
    post(other, "reopening", request, {"why": "they called again", "version": request.version})

    html = post(as_gp, "decision", request, stale).content.decode()

    assert "opened this request again" in html
    assert "keep me" in html
    version = re.search(r'name="version" value="(\d+)"', html).group(1)
    assert post(as_gp, "decision", request, stale | {"version": version}).status_code == 302


def test_advice_that_came_meanwhile_asks_for_the_view_that_was_typed(practice, as_gp):
    request = a_request(practice, assessed=Checked.PENDING)
    an_assessment(request, "soon")

    answer = post(as_gp, "decision", request, view(request, "routine", note="keep me"))

    html = answer.content.decode()
    assert (answer.status_code, Decision.objects.count()) == (409, 0)
    assert "Save your own view first" in html
    assert "keep me" in html
    assert re.findall(r'name="urgency"[^>]*value="(\w+)"[^>]*\bchecked', html) == ["routine"]


def test_two_people_are_told_of_each_other(practice, gp, as_gp):
    request = a_request(practice)
    other = signed_in(a_user(practice, first_name="Dr Pea", last_name="Sampleton"))
    page_of(other, request)

    assert "Dr Pea Sampleton</strong> has this open now" in page_of(as_gp, request)
    told = post(other, "presence", request, {"version": 1, "told": "/"})
    assert "Dr Gee Demoworth</strong> has this open now" in told.content.decode()
    mark = re.search(r'name="told" value="([^"]*)"', told.content.decode()).group(1)
    assert post(other, "presence", request, {"version": 1, "told": mark}).status_code == 204


def test_an_open_page_is_told_of_a_change(practice, as_gp):
    request = a_request(practice)
    page_of(as_gp, request)
    post(signed_in(a_user(practice)), "decision", request, view(request))

    assert "This request has changed" in post(as_gp, "presence", request, {"version": 1}).content.decode()


def test_a_decided_request_leads_on_and_can_be_opened_again(practice, as_gp):
    request, following = a_request(practice), a_request(practice, text="the next one")
    html = post(as_gp, "decision", request, view(request), follow=True).content.decode()
    assert reverse("request", args=[following.pk]) in html

    request.refresh_from_db()
    assert post(as_gp, "reopening", request, {"why": " ", "version": request.version}).status_code == 422
    html = post(as_gp, "reopening", request, {"why": "They called", "version": request.version}, follow=True)

    assert "They called" in html.content.decode()
    assert "Decided before: Same day" in html.content.decode()


@pytest.mark.parametrize("role", [Role.MANAGER, Role.SAFETY_OFFICER])
def test_those_who_do_not_decide_may_read(practice, role):
    client = signed_in(a_user(practice, role))
    request = a_request(practice)
    an_assessment(request, "soon")

    html = page_of(client, request)

    assert "you do not decide on requests" in html
    assert "Why it says so" not in html
    assert post(client, "decision", request, view(request)).status_code == 409
    assert Decision.objects.count() == 0


def test_another_practices_request_does_not_exist(as_gp):
    request = a_request(a_practice())

    assert as_gp.get(reverse("request", args=[request.pk])).status_code == 404
    for name in ("first_view", "decision", "reopening", "presence"):
        assert post(as_gp, name, request, view(request)).status_code == 404
    assert "my knee has been sore" not in as_gp.get("/?view=all").content.decode()


def test_an_account_without_a_practice_is_told_so():
    answer = signed_in(a_user(None)).get("/")

    assert answer.status_code == 403
    assert "belongs to no practice" in answer.content.decode()


def test_nobody_reads_without_signing_in(client, practice):
    request = a_request(practice)

    for address in ("/", reverse("request", args=[request.pk]), reverse("new_requests")):
        assert client.get(address).headers["Location"].startswith("/accounts/login/")


def test_an_unmatched_request_shows_what_was_typed(practice, as_gp):
    request = a_request(practice, name_typed="Pat Testley", nhs_number_typed="9991234561")

    html = page_of(as_gp, request)

    assert "Not matched to a record" in html
    assert "999 123 4561" in html


def test_new_requests_are_announced_and_not_slipped_in(practice, as_gp):
    a_request(practice)
    html = as_gp.get("/").content.decode()
    assert '"total": "1"' in html
    asked = {"total": 1, "flagged": 0}
    assert as_gp.get(reverse("new_requests"), asked).status_code == 204
    a_request(practice, red_flags=[a_red_flag("knee", "knee")])

    answer = as_gp.get(reverse("new_requests"), asked).content.decode()

    assert "1 new request, 1 with a red flag: show" in " ".join(answer.split())
    assert as_gp.get(reverse("new_requests"), asked | {"told": 1}).status_code == 204


def test_fifty_rows_a_page(practice, as_gp):
    for _ in range(51):
        a_request(practice)

    assert "1 to 50 of 51" in as_gp.get("/").content.decode()
    assert "51 to 51 of 51" in as_gp.get("/?page=2").content.decode()
    assert as_gp.get("/?page=nonsense").status_code == 200


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Nothing is waiting"),
        ("view=in_review", "Nobody is in the middle"),
        ("view=decided", "Nothing has been decided"),
        ("view=all", "No request has come yet"),
        ("search=knee", "No request fits"),
    ],
)
def test_an_empty_inbox_says_so(as_gp, query, words):
    assert words in as_gp.get(f"/?{query}").content.decode()


def test_the_number_of_queries_does_not_grow_with_the_inbox(practice, as_gp, django_assert_max_num_queries):
    for number in range(30):
        a_request(practice, patient=a_patient(practice), state="decided" if number % 2 else "in_review")

    with django_assert_max_num_queries(12):
        as_gp.get("/?view=all")


def test_what_a_patient_writes_is_never_markup(practice, as_gp):
    request = a_request(practice, text="<script>alert(1)</script> & my knee")

    for html in (page_of(as_gp, request), as_gp.get("/").content.decode()):
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert(1)" in html


def test_no_page_is_kept_by_the_browser(practice, as_gp):
    answer = as_gp.get("/")

    assert answer.headers["Cache-Control"] == "no-store"
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
