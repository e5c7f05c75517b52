"""A step up is earned on this practice's audited decisions and signed; an alarm takes a tool down at once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from preceptor.advice import Standing
from preceptor.service import assessor
from preceptor.service.accounts.models import Role
from preceptor.service.ledger.models import Entry
from preceptor.service.ledger.verify import verify
from preceptor.service.oversight.gates import NotEarned, alarms_that_hold, heed_alarms, judged, sign
from preceptor.service.oversight.measuring import SPELL, figures
from preceptor.service.oversight.models import AuditAnswer, ToolStanding
from preceptor.service.oversight.standing import set_standing, standing_of
from preceptor.service.oversight.terms import DEFAULTS, set_terms, terms_for
from service.factories import a_patient, a_practice, a_user, an_assessment
from service.oversight.histories import an_auditor, decided

pytestmark = pytest.mark.django_db
WHY = "Read the figures of the audit"
TOOL = ("triage", "1.0.0")
EVERYTHING = DEFAULTS | {"audit": 1.0, "follow_up": 1.0}


@pytest.fixture
def practice():
    """A practice that audits every decision."""
    practice = a_practice()
    set_terms(practice, EVERYTHING, user=None, why="Every decision is audited here")
    return practice


@pytest.fixture
def gp(practice):
    return a_user(practice)


@pytest.fixture
def auditor(practice):
    return an_auditor(practice)


@pytest.fixture
def manager(practice):
    return a_user(practice, Role.MANAGER)


@pytest.fixture
def patients(practice):
    """Two groups of either sex and age, alike."""
    return [a_patient(practice, sex=sex) for sex in ("female", "male")]


# First view, advice, final decision, truth: both right, of an urgent request and of one that is not.
URGENT = ("same_day", "same_day", "same_day", "same_day")
ROUTINE = ("routine", "routine", "routine", "routine")
# The tool alone was right, the clinician alone was right.
BETTER = ("routine", "soon", "routine", "soon")
MISSED = ("same_day", "routine", "same_day", "same_day")


def good_record(practice, gp, auditor, patients):
    """130 urgent requests, all called so, and 170 others, of which the tool was alone right in twenty."""
    calls = [URGENT] * 130 + [ROUTINE] * 150 + [BETTER] * 20
    decided(practice, gp, auditor, calls, shown=False, patients=patients)


def test_what_is_earned_is_signed_for_one_step_up_and_the_ledger_holds_the_figures(
    practice, gp, auditor, manager, patients
):
    good_record(practice, gp, auditor, patients)
    found = judged(practice, *TOOL)
    assert found.verdict.promotes, found.verdict.missing

    row = sign(practice, *TOOL, Standing.SECOND, user=manager, why=WHY)

    assert standing_of(practice, *TOOL) is Standing.SECOND
    said = json.loads(Entry.objects.get(kind="tool.standing").body)
    assert said["rests_on"]["non_inferiority"]["highest_e"] >= 20
    assert said["rests_on"]["under_triage"] | {"rate": 0} == {
        "urgent": 130, "alarm_at": None, "upper": row.rests_on["under_triage"]["upper"], "rate": 0,
    }  # fmt: skip
    assert said["rests_on"]["under_triage"]["upper"] <= 0.05
    assert len(said["rests_on"]["met"]) == 4
    assert verify().fault is None or "request" in str(verify().fault)  # the rows of this test have no entries


def test_a_step_up_that_is_not_earned_is_refused_and_says_what_is_missing(practice, manager):
    with pytest.raises(NotEarned) as refused:
        sign(practice, *TOOL, Standing.SECOND, user=manager, why=WHY)
    said = " ".join(refused.value.missing)
    assert "non-inferiority has not been measured" in said
    assert "under-triage has not been measured" in said
    assert "subgroups have not been measured" in said
    assert not ToolStanding.objects.exists()


def test_two_steps_at_once_are_refused_even_where_one_is_earned(practice, gp, auditor, manager, patients):
    good_record(practice, gp, auditor, patients)
    with pytest.raises(NotEarned, match="second comes before first"):
        sign(practice, *TOOL, Standing.FIRST, user=manager, why=WHY)


@pytest.mark.parametrize("wanted", [Standing.SHADOW, Standing.SUSPENDED])
def test_a_step_down_needs_a_name_and_a_reason_alone(practice, manager, wanted):
    set_standing(practice, *TOOL, Standing.SECOND, user=None, why="The practice was made so")
    sign(practice, *TOOL, wanted, user=manager, why=WHY)
    assert standing_of(practice, *TOOL) is wanted


def test_a_suspension_ends_in_shadow_by_a_signature(practice, gp, auditor, manager, patients):
    good_record(practice, gp, auditor, patients)
    sign(practice, *TOOL, Standing.SUSPENDED, user=manager, why=WHY)
    with pytest.raises(NotEarned, match="ends in shadow"):
        sign(practice, *TOOL, Standing.SECOND, user=manager, why=WHY)
    sign(practice, *TOOL, Standing.SHADOW, user=manager, why=WHY)
    assert standing_of(practice, *TOOL) is Standing.SHADOW


def test_an_alarm_takes_the_tool_down_at_once_and_tells_people(practice, gp, auditor, manager):
    set_standing(practice, *TOOL, Standing.FIRST, user=None, why="The practice was made so")
    decided(practice, gp, auditor, [URGENT, MISSED] * 12)

    [change] = heed_alarms(practice)

    assert standing_of(practice, *TOOL) is Standing.SHADOW
    assert (change.alarm, change.signed_by) == (True, None)
    assert "under-triage: ALARM" in change.why
    entry = Entry.objects.filter(kind="tool.standing").latest("seq")
    assert entry.actor == "system"
    body = json.loads(entry.body)
    assert (body["before"], body["standing"], body["alarm"]) == ("first", "shadow", True)
    assert body["rests_on"]["under_triage"]["alarm_at"] <= 24
    assert alarms_that_hold(practice) == [change]
    assert heed_alarms(practice) == []  # it is down already
    with pytest.raises(NotEarned, match="ALARM"):
        sign(practice, *TOOL, Standing.SECOND, user=manager, why=WHY)


def test_an_alarm_is_of_its_practice_and_its_version_alone(practice, gp, auditor):
    other = a_practice()
    for each, version in ((practice, "1.0.0"), (practice, "1.1.0"), (other, "1.0.0")):
        set_standing(each, "triage", version, Standing.SECOND, user=None, why="The practice was made so")
    decided(practice, gp, auditor, [MISSED] * 20)
    heed_alarms(practice)
    heed_alarms(other)
    assert standing_of(practice, "triage", "1.1.0") is standing_of(other, *TOOL) is Standing.SECOND


def test_the_assessor_heeds_at_every_practice_what_nobody_was_there_to_see(practice, gp, auditor):
    set_standing(practice, *TOOL, Standing.SECOND, user=None, why="The practice was made so")
    decided(practice, gp, auditor, [MISSED] * 20)
    a_practice()
    assessor._heed_alarms()
    assert standing_of(practice, *TOOL) is Standing.SHADOW


def test_unfairness_to_a_group_raises_the_alarm(practice, gp, auditor):
    set_standing(practice, *TOOL, Standing.SECOND, user=None, why="The practice was made so")
    men, women = a_patient(practice, sex="male"), a_patient(practice, sex="female")
    too_little = ("soon", "routine", "soon", "soon")  # under-triaged, and not urgent: the watch says nothing of it
    decided(practice, gp, auditor, [ROUTINE] * 60, patients=[men])
    decided(practice, gp, auditor, [ROUTINE, too_little] * 30, patients=[women])
    [change] = heed_alarms(practice)
    assert "shown unfair to sex: female" in change.why


def test_a_fall_of_rsr_between_two_whole_spells_takes_it_one_step_down(practice, gp, auditor):
    row = set_standing(practice, *TOOL, Standing.FIRST, user=None, why="The practice was made so")
    start = timezone.now() - 2 * SPELL - timedelta(days=1)
    ToolStanding.objects.filter(pk=row.pk).update(at=start)
    stood_firm = ("routine", "soon", "routine", "routine")  # over-triage, so that the watch is silent
    gave_in = ("routine", "soon", "soon", "routine")
    others = a_user(practice)
    for clinician in (gp, others):
        decided(practice, clinician, auditor, [stood_firm] * 40, at=start + timedelta(days=1))
        decided(practice, clinician, auditor, [gave_in] * 36 + [stood_firm] * 4, at=start + SPELL + timedelta(days=1))
    [change] = heed_alarms(practice)
    assert change.standing == Standing.SECOND
    assert "RSR has fallen" in change.why


def test_before_two_whole_spells_the_change_of_rsr_is_not_known(practice, gp, auditor):
    set_standing(practice, *TOOL, Standing.SECOND, user=None, why="The practice was made so")
    decided(practice, gp, auditor, [ROUTINE] * 5)
    assert "the change of RSR has not been measured" in judged(practice, *TOOL).verdict.missing


def test_what_nobody_audited_counts_against_the_tool(practice, gp, auditor):
    decided(practice, gp, auditor, [BETTER] * 10, shown=False)
    assert judged(practice, *TOOL).gates.measured.comparison.better == 10
    AuditAnswer.objects.all().delete()
    found = judged(practice, *TOOL).gates.measured.comparison
    assert (found.better, found.worse, found.unknown) == (0, 10, 10)


def test_a_challenger_is_compared_with_its_champion_where_both_were_asked(practice, gp, auditor):
    """The challenger was alone right where the champion was wrong; the clinicians' first views were right too."""
    set_standing(practice, *TOOL, Standing.SECOND, user=None, why="The practice was made so")
    requests = decided(practice, gp, auditor, [("soon", "routine", "soon", "soon")] * 10)
    for request in requests:
        an_assessment(request, "soon", version="2.0.0")
    found = judged(practice, "triage", "2.0.0")
    assert found.gates.compared_with == "version 1.0.0"
    assert found.gates.measured.comparison.better == 10
    assert judged(practice, *TOOL).gates.compared_with == "the clinicians’ own first views"
    assert judged(practice, *TOOL).gates.measured.comparison.worse == 10


def test_measures_without_weights_take_an_even_sample(practice, gp, auditor):
    """Drawn at one in two and at one in ten: the lots from 0.1 on would not have been drawn at one in ten."""
    set_terms(practice, DEFAULTS, user=None, why="One in ten is audited")
    decided(practice, gp, auditor, [ROUTINE] * 3, probability=0.5, lot=0.3)
    decided(practice, gp, auditor, [URGENT] * 2, probability=0.5, lot=0.05)
    decided(practice, gp, auditor, [URGENT] * 4, probability=0.1, lot=0.05)
    found = judged(practice, *TOOL).gates
    assert len(found.audited.rows) == 9
    assert len(found.audited.even) == 6
    assert found.measured.comparison.cases == 6
    assert found.measured.watch.cases == 6  # the watch weighs: it takes every urgent one


def test_terms_hold_for_what_had_no_truth_when_they_were_signed(practice, gp, auditor, manager):
    decided(practice, gp, auditor, [URGENT], version="1.0.0")
    lenient = DEFAULTS | {"under_triage_limit": 0.2, "margin": 0.2}
    set_terms(practice, lenient, user=manager, why="Softer from now on")
    assert terms_for(practice, "triage", "1.0.0").plan.limit == DEFAULTS["under_triage_limit"]
    assert terms_for(practice, "triage", "1.1.0").plan.limit == 0.2
    decided(practice, gp, auditor, [URGENT], version="1.1.0")
    set_terms(practice, DEFAULTS, user=manager, why="Back to what was")
    assert terms_for(practice, "triage", "1.1.0").plan.limit == 0.2


def test_a_rate_that_was_lowered_later_ends_the_promise_and_says_so(practice, gp, auditor):
    decided(practice, gp, auditor, [MISSED])
    decided(practice, gp, auditor, [MISSED], probability=0.01)
    watched = judged(practice, *TOOL).gates.measured.watch
    assert "lower sampling probability than was planned" in watched.words


def test_one_tool_whose_figures_cannot_be_made_does_not_keep_anothers_alarm(practice, gp, auditor, monkeypatch):
    from preceptor.service.oversight import gates

    for tool in ("aaa", "triage"):
        set_standing(practice, tool, "1.0.0", Standing.SECOND, user=None, why="The practice was made so")
    decided(practice, gp, auditor, [MISSED] * 20)
    real = gates.judged

    def broken(of, tool, version):
        if tool == "aaa":
            raise ArithmeticError
        return real(of, tool, version)

    monkeypatch.setattr(gates, "judged", broken)
    assert len(heed_alarms(practice)) == 1


def test_the_figures_of_a_page_come_with_n_and_interval(practice, gp, auditor, patients):
    gave_in = ("routine", "soon", "soon", "routine")
    decided(practice, gp, auditor, [URGENT, ROUTINE, BETTER, gave_in, MISSED] * 12, patients=patients)
    found = figures(practice, *TOOL)
    assert found.reliance.rsr.n == found.gates.audited.told.__len__() - 36 == 24
    assert found.reliance.over_reliance.interval
    assert found.bounds[-1].cases == 24
    assert found.bounds[-1].upper == found.gates.measured.watch.upper
    assert [month.decisions for month in found.months] in ([60], [59, 1], [1, 59]) or sum(
        month.decisions for month in found.months
    ) == 60
    assert found.calibration.prevalence.n == 60
    assert "50 scores are needed" not in found.drift.words
    assert found.urgent_needed == 59


def test_of_a_practice_without_a_decision_every_figure_says_why_there_is_none(practice):
    found = figures(practice, *TOOL)
    assert found.bounds == found.months == ()
    assert found.calibration.brier.value is None
    assert found.reliance.rsr.words
    assert "50 scores are needed" in found.drift.words
    assert found.gates.measured.watch.words == "no truly urgent case has been found yet"
