"""The weeks before the demo's Monday: the same on every machine, decided and audited by the service's own doors."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from preceptor import tools
from preceptor.advice import Standing, Urgency
from preceptor.demo.past import A_WEEK, LEFT_TO_AUDIT, MOST, WEEKS, earlier, live_through, plain_texts
from preceptor.service.accounts.models import Role
from preceptor.service.ledger.verify import verify
from preceptor.service.oversight.auditing import queue
from preceptor.service.oversight.measuring import gates
from preceptor.service.oversight.models import AuditAnswer, AuditDraw
from preceptor.service.oversight.standing import set_standing
from preceptor.service.requests.models import Decision, Request, State
from service.factories import a_patient, a_practice, a_user

MONDAY = date(2026, 11, 16)
PATIENTS = [("female" if n % 2 else "male", date(1936 + n % 85, 3, 1)) for n in range(400)]


def test_the_weeks_before_are_the_same_for_the_same_seed_and_fit_their_patients():
    found = earlier(1, MONDAY, PATIENTS, 3)
    assert found == earlier(1, MONDAY, PATIENTS, 3)
    assert found != earlier(2, MONDAY, PATIENTS, 3)
    assert 0.8 * MOST <= len(found) <= MOST
    assert len({each.patient for each in found}) == len(found)
    assert [each.received for each in found] == sorted(each.received for each in found)
    for each in found:
        sex, born = PATIENTS[each.patient]
        low, high = each.text.ages
        assert each.text.sex in (None, sex)
        assert low <= (MONDAY - born).days / 365.25 <= high
        day = each.received.date()
        assert MONDAY - timedelta(weeks=WEEKS) <= day < MONDAY
        assert day.weekday() < 5
        assert abs(each.first_view.rank - Urgency(each.text.urgency).rank) <= 1


def test_a_longer_past_has_as_many_requests_a_week():
    found = earlier(1, MONDAY, PATIENTS * 4, 3, weeks=26)
    assert 0.8 * 26 * A_WEEK <= len(found) <= 26 * A_WEEK
    assert MONDAY - timedelta(weeks=26) <= found[0].received.date() < MONDAY - timedelta(weeks=20)


def test_what_is_right_needs_nothing_of_a_record():
    assert len(plain_texts()) >= 60
    assert not [text.id for text in plain_texts() if text.entries or text.depends_on or text.problems]


class InThisProcess:
    """The installed triage tool, asked without a process of its own."""

    def __init__(self) -> None:
        self.tool = tools.found()["triage"]
        self.cards = {"triage": self.tool.card}
        self.challengers: dict[str, object] = {}

    def heed_models(self) -> None:
        """There is none to heed."""

    def ask(self, _: str, case):
        return self.tool.advise(case)


@pytest.mark.django_db
def test_they_are_decided_audited_and_in_the_ledger_and_some_are_left_to_audit():
    practice = a_practice()
    toolbox = InThisProcess()
    version = toolbox.cards["triage"].version
    set_standing(practice, "triage", version, Standing.SECOND, user=None, why="The practice was made so")
    for sex, born in PATIENTS[:45]:
        a_patient(practice, sex=sex, born=born)
    auditor = a_user(practice, Role.SAFETY_OFFICER)
    told: list[tuple[int, int]] = []
    number = live_through(
        practice, toolbox, seed=1, monday=MONDAY, deciders=[a_user(practice), a_user(practice)], auditor=auditor,
        progress=lambda done, of: told.append((done, of)),
    )  # fmt: skip
    assert told[-1] == (number, number)
    assert Request.objects.filter(state=State.DECIDED).count() == Decision.objects.count() == number >= 8
    assert AuditDraw.objects.filter(drawn=True).count() == number
    assert queue(practice).count() == LEFT_TO_AUDIT
    assert AuditAnswer.objects.count() == number - LEFT_TO_AUDIT
    assert all(decision.at.date() < MONDAY for decision in Decision.objects.all())
    held = gates(practice, "triage", version)
    assert len(held.audited.told) == number - LEFT_TO_AUDIT
    assert held.terms.plan.audit == 1.0
    assert verify().fault is None
