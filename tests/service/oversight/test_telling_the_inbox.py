"""A tool that an alarm took down is told of on the inbox, to everybody, with no word of any advice."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from preceptor.advice import Standing
from preceptor.service.accounts.models import Role, User
from preceptor.service.oversight.gates import lately_taken_down
from preceptor.service.oversight.models import ToolStanding
from preceptor.service.oversight.standing import set_standing
from service.factories import PASSWORD, a_practice, a_request, a_user, an_assessment
from service.pages import as_, text_of

pytestmark = pytest.mark.django_db
SAID = "minder 1.0.0 was taken down to “in shadow” by an alarm on"


@pytest.fixture
def practice():
    return a_practice()


def taken_down(practice, days: float = 0, *, alarm: bool = True) -> ToolStanding:
    why = "An alarm: 9 of 40 truly urgent requests were missed"
    change = set_standing(practice, "minder", "1.0.0", Standing.SHADOW, user=None, why=why, alarm=alarm)
    ToolStanding.objects.filter(pk=change.pk).update(at=timezone.now() - timedelta(days=days))
    return change


def inbox(client: Client) -> str:
    return text_of(client.get(reverse("inbox")))


@pytest.mark.parametrize("role", list(Role))
def test_everybody_who_is_signed_in_is_told(practice, role):
    taken_down(practice, days=6)
    assert SAID in inbox(as_(a_user(practice, role)))


def test_what_is_old_or_no_alarm_or_elsewhere_is_not_told(practice):
    taken_down(practice, days=8)
    taken_down(practice, alarm=False)
    taken_down(a_practice())
    assert "taken down" not in inbox(as_(a_user(practice)))


def test_who_was_away_is_told_what_came_since_they_last_signed_in(practice):
    taken_down(practice, days=20)
    away, here = a_user(practice), a_user(practice)
    for user, days in ((away, 30), (here, 10)):
        User.objects.filter(pk=user.pk).update(last_login=timezone.now() - timedelta(days=days))
    told = []
    for user in (away, here):
        client = Client()
        client.post(reverse("account_login"), {"login": user.username, "password": PASSWORD})
        told.append(SAID in inbox(client))
    assert told == [True, False]


def test_the_latest_come_first_and_not_without_end(practice):
    changes = [taken_down(practice) for _ in range(7)]
    assert lately_taken_down(practice, None) == changes[:1:-1]


def test_the_line_hints_at_no_advice(practice):
    taken_down(practice)
    client, shown = as_(a_user(practice)), []
    for urgency in ("emergency", "self_care"):
        assessment = an_assessment(a_request(practice, text="synthetic words"), urgency, tool="minder")
        page = client.get(reverse("inbox")).content.decode()
        [line] = re.findall(r'<div class="app-message app-message--warning".*?</div>', page, re.S)
        shown.append(line)
        assert "missed" not in line  # why it was taken down stands on the tool's page
        assessment.delete()
    assert shown[0] == shown[1]
