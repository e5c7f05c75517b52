"""Nothing around a request tells the advice to somebody who is still to give their own view of it."""

from __future__ import annotations

import pytest
from django.test import Client

from preceptor.advice import Handler, Standing, Urgency
from preceptor.service.requests.deciding import decide, give_first_view, open_request, reopen
from preceptor.service.requests.presenters import history_of
from preceptor.service.requests.visibility import advice_shown_to
from service.factories import PASSWORD, a_practice, a_request, a_user, an_assessment, trust

pytestmark = pytest.mark.django_db
NOTE = "the tool says soon, and so do I"


def test_the_words_of_an_earlier_decision_wait_for_ones_own_view() -> None:
    practice = a_practice()
    trust(practice, Standing.SECOND)
    request, first, somebody_new = a_request(practice), a_user(practice), a_user(practice)
    an_assessment(request, "soon")
    open_request(request, first)
    give_first_view(request, first, urgency=Urgency.ROUTINE, handler=Handler.GP, version=request.version)
    advice_shown_to(request, first)
    decide(request, first, urgency=Urgency.SOON, handler=Handler.GP, reason="", note=NOTE, version=request.version)
    reopen(request, first, why="the patient rang back", version=request.version)

    assert not any(NOTE in moment.detail for moment in history_of(request, somebody_new))
    give_first_view(request, somebody_new, urgency=Urgency.SOON, handler=Handler.GP, version=request.version)
    assert any(NOTE in moment.detail for moment in history_of(request, somebody_new))


def test_an_open_page_is_told_when_the_advice_on_it_is_withdrawn(client: Client) -> None:
    practice = a_practice()
    trust(practice, Standing.SECOND)
    request, clinician = a_request(practice), a_user(practice)
    an_assessment(request, "soon")
    client.login(username=clinician.username, password=PASSWORD)
    client.get(f"/requests/{request.pk}/")
    give_first_view(request, clinician, urgency=Urgency.ROUTINE, handler=Handler.GP, version=request.version)
    client.get(f"/requests/{request.pk}/")
    presence = {"version": request.version, "told": "/"}
    assert client.post(f"/requests/{request.pk}/presence/", presence).status_code == 204

    trust(practice, Standing.SUSPENDED)

    told = client.post(f"/requests/{request.pk}/presence/", presence)
    assert "has changed since you opened it" in told.content.decode()
