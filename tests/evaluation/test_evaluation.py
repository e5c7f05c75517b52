"""Labelled requests in, figures out: each counted by hand here, each against the tool where there is doubt."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from evaluation.parrot import CARD, NOW, Parrot
from preceptor.advice import URGENCIES, Urgency
from preceptor.evaluation import telling
from preceptor.evaluation.asking import ask
from preceptor.evaluation.evaluation import evaluate
from preceptor.evaluation.groups import age_band
from preceptor.evaluation.labelled import CannotUse, read_labelled
from preceptor.evaluation.measures import kappa
from preceptor.supervision.subgroups import Answer

FileOf = Callable[..., Path]


def test_every_figure_is_what_a_count_by_hand_gives(parrot: Parrot, file_of: FileOf) -> None:
    found = evaluate(
        parrot,
        file_of(
            {"id": "caught", "text": "emergency", "label": "emergency"},
            {"id": "missed", "text": "same_day", "label": "emergency"},
            {"id": "may be", "text": "same_day", "urgency": "emergency", "acceptable": ["emergency", "same_day"]},
            {"id": "under", "text": "routine", "urgency": "soon", "acceptable": ["soon", "same_day"]},
            {"id": "over", "text": "soon", "urgency": "routine", "acceptable": ["routine", "self_care"]},
            {"id": "to 999", "text": "emergency", "label": "self_care"},
            {"id": "right", "text": "self_care", "label": "self_care"},
        ),
        NOW,
    )

    counts = {measure.key: (share.count, share.n) for measure, share in found.measures}
    assert counts == {
        "acceptable": (3, 7),
        "exact": (2, 7),
        "three_levels": (5, 7),
        "under_triage": (2, 7),
        "over_triage": (2, 7),
        "emergency_recall": (1, 2),
        "missed_emergencies": (1, 2),
        "urgent_caught": (3, 3),
        "sent_to_999": (1, 4),
    }
    assert found.missed.emergencies == ("missed",)
    assert found.missed.under_triaged == ("missed", "under")
    assert found.missed.sent_to_999 == ("to 999",)
    assert found.confusion[Urgency.SELF_CARE] == {
        "emergency": 1, "same_day": 0, "soon": 0, "routine": 0, "self_care": 1, "none": 0,
    }  # fmt: skip
    assert (found.sets.best.count, found.sets.acceptable.count, found.sets.size.value) == (2, 3, 1.0)
    assert not found.faulty


def test_a_tool_that_fails_on_a_request_has_missed_it(parrot: Parrot, file_of: FileOf) -> None:
    found = evaluate(
        parrot,
        file_of(
            {"id": "a", "text": "crash my secret words", "label": "emergency"},
            {"id": "b", "text": "rubbish", "label": "soon"},
            {"id": "c", "text": "soon", "label": "soon"},
        ),
        NOW,
    )

    assert found.share("acceptable").count == 1
    assert (found.share("acceptable").n, found.share("under_triage").count) == (3, 2)
    assert found.missed.emergencies == ("a",)
    assert found.missed.no_advice == ("a", "b")
    assert [fault.id for fault in found.no_advice] == ["a", "b"]
    assert found.confusion[Urgency.EMERGENCY]["none"] == 1
    assert found.sets.best.count == 1
    assert found.faulty
    assert "secret" not in json.dumps(telling.as_json(found))


def test_bad_lines_are_named_and_counted_and_the_run_goes_on(parrot: Parrot, file_of: FileOf) -> None:
    found = evaluate(
        parrot,
        file_of(
            "{",
            "[1]",
            {"id": "no label", "text": "soon"},
            {"id": "odd label", "text": "soon", "label": "urgent"},
            {"id": "two bests", "text": "soon", "label": "soon", "urgency": "routine"},
            {"id": "which", "text": "soon", "acceptable": ["soon", "routine"]},
            {"id": "outside", "text": "soon", "urgency": "emergency", "acceptable": ["soon"]},
            {"id": "old", "text": "soon", "label": "soon", "age": 300},
            {"id": "no text", "label": "soon"},
            {"id": "record", "text": "soon", "label": "soon", "record": {"allergies": ["nuts"]}},
            {"id": "file", "text": "soon", "label": "soon", "record": "nowhere.json"},
            "",
            {"id": "good", "text": "soon", "label": "soon"},
            {"id": "good", "text": "soon", "label": "soon"},
        ),
        NOW,
    )

    assert found.n == 1
    assert [fault.place for fault in found.bad_lines] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14]
    assert "the id is also that of line 13" in found.bad_lines[-1].why
    assert found.data.lines == 13
    assert found.faulty


@pytest.mark.parametrize("content", ["", "\n\n", "{"])
def test_a_file_with_nothing_to_measure_on_is_refused_in_one_line(
    content: str, parrot: Parrot, file_of: FileOf
) -> None:
    with pytest.raises(CannotUse) as why:
        evaluate(parrot, file_of(content), NOW)
    assert "\n" not in str(why.value)


def test_a_file_that_is_not_there_and_a_tool_of_another_scale_are_refused(parrot: Parrot, file_of: FileOf) -> None:
    with pytest.raises(CannotUse, match="cannot be read"):
        evaluate(parrot, Path("nowhere.jsonl"), NOW)
    with pytest.raises(CannotUse, match="does not advise on urgency"):
        evaluate(Parrot(replace(CARD, scale=("yes", "no"))), file_of({"text": "soon", "label": "soon"}), NOW)


def test_a_table_says_the_same_as_lines_of_json(parrot: Parrot, file_of: FileOf) -> None:
    table = file_of(
        "id,text,age,sex,written_by_other,urgency,acceptable,style,record",
        'r1,"soon, please",54,female,yes,soon,soon|routine,plain,"{""conditions"": [""Asthma""]}"',
        "r2,routine,,,,routine,,short,",
        "r3,routine,old,,,routine,,short,",
        "r4,routine,4,,,routine,,short,,extra",
        name="data.csv",
    )
    data = read_labelled(table)

    first, second = data.requests
    asked = {"id": "r1", "text": "soon, please", "age": 54.0, "sex": "female", "written_by_other": True}
    assert json.loads(first.asked) == asked
    assert first.acceptable == {Urgency.SOON, Urgency.ROUTINE}
    assert first.groups == {"written_by_other": "yes", "style": "plain", "record": "given"}
    assert second.acceptable == {Urgency.ROUTINE}
    assert [(fault.place, fault.why) for fault in data.faults] == [
        (3, "age is not a number"),
        (4, "more cells than columns"),
    ]
    with pytest.raises(CannotUse, match="must name a column text"):
        read_labelled(file_of("id,words", "1,2", name="other.csv"))


def test_groups_are_what_the_data_names_and_prose_is_none(parrot: Parrot, file_of: FileOf) -> None:
    lines = [
        {
            "text": "soon" if at % 4 else "routine", "label": "soon", "age": [0.1, 3, 30, 90][at % 4],
            "sex": "female" if at % 2 else "male", "kind": "clinical", "style": "short" if at % 3 else "long",
            "topic": f"topic {at}", "why": "a long line of reasoning that no table of groups should ever hold",
        }
        for at in range(40)
    ]  # fmt: skip
    found = evaluate(parrot, file_of(*lines), NOW).groups

    assert [(group.attribute, group.value, group.n) for group in found.groups] == [
        ("age", "under 3 months", 10), ("age", "3 months to 4", 10), ("age", "16 to 39", 10),
        ("age", "80 and over", 10),
        ("sex", "female", 20), ("sex", "male", 20), ("style", "long", 14), ("style", "short", 26),
    ]  # fmt: skip
    assert found.groups[0].acceptable.count == 0
    assert found.groups[0].as_good is Answer.UNFAIR
    assert any("topic has 40 values" in note for note in found.notes)


def test_a_small_group_that_did_perfectly_has_not_passed(parrot: Parrot, file_of: FileOf) -> None:
    lines = [{"text": "soon", "label": "soon", "language": "pl" if at < 5 else "en"} for at in range(60)]
    groups = evaluate(parrot, file_of(*lines), NOW).groups.groups

    (polish,) = (group for group in groups if group.value == "pl")
    assert polish.acceptable.value == 1
    assert polish.as_good is polish.as_safe is Answer.NOT_ENOUGH


def test_probabilities_of_rules_are_marked_as_uncalibrated_where_the_card_says_so(file_of: FileOf) -> None:
    lines = [{"text": "soon", "label": "soon"}] * 3
    said = replace(CARD, limits=("Its probabilities are not calibrated.",))
    marked = telling.as_json(evaluate(Parrot(said), file_of(*lines), NOW))
    plain = telling.as_json(evaluate(Parrot(), file_of(*lines), NOW))

    assert marked["calibration"]["calibrated"] is False
    assert "uncalibrated rules" in marked["calibration"]["words"]
    assert plain["calibration"]["calibrated"] is True


def test_calibration_is_that_of_what_was_said(file_of: FileOf) -> None:
    lines = [{"text": "emergency", "label": "emergency" if at % 5 else "soon"} for at in range(200)]
    by_title = dict(evaluate(Parrot(chance=0.8), file_of(*lines), NOW).calibration)

    emergency = by_title["an emergency"]
    assert emergency.prevalence.value == 0.8
    assert emergency.brier.value == pytest.approx(0.16)
    assert emergency.ece.value == pytest.approx(0, abs=1e-9)
    assert by_title["the same day or sooner"].ece.value == pytest.approx(0.05)


@given(st.lists(st.tuples(st.sampled_from(URGENCIES), st.sampled_from(URGENCIES)), min_size=2, max_size=40))
@settings(deadline=None, max_examples=25)
def test_weighted_kappa_is_that_of_scikit_learn(tmp_path_factory: pytest.TempPathFactory, pairs: list) -> None:
    path = tmp_path_factory.mktemp("kappa") / "data.jsonl"
    path.write_text("".join(json.dumps({"text": advice, "label": label}) + "\n" for label, advice in pairs))
    judged, _ = ask(Parrot(), read_labelled(path).requests, NOW)
    found = kappa(judged)

    labels, advice = zip(*pairs, strict=True)
    for weights, figure in (("linear", found.linear), ("quadratic", found.quadratic)):
        if figure.value is None:
            assert len(set(labels)) == 1
        else:
            ranks = [u.rank for u in labels], [u.rank for u in advice]
            expected = cohen_kappa_score(*ranks, labels=range(5), weights=weights)
            assert figure.value == pytest.approx(expected, abs=1e-9)
            assert figure.interval is None or figure.interval.low - 1e-9 <= figure.interval.high


def test_the_same_file_gives_the_same_evidence(parrot: Parrot, file_of: FileOf) -> None:
    words = [str(URGENCIES[at % 5]) for at in range(60)]
    path = file_of(*[{"text": words[at], "label": words[at * 7 // 6 % 60], "age": at} for at in range(60)])

    assert telling.as_json(evaluate(parrot, path, NOW)) == telling.as_json(evaluate(parrot, path, NOW))


def test_requests_of_one_patient_are_kept_together_and_the_page_says_what_that_means(
    parrot: Parrot, file_of: FileOf
) -> None:
    lines = [{"text": "soon", "label": "soon", "patient": f"p{at % 3}"} for at in range(12)]
    (note,) = evaluate(parrot, file_of(*lines), NOW).notes

    assert "12 requests are of 3 patients" in note


@pytest.mark.parametrize(
    ("age", "band"), [(0.1, "under 3 months"), (0.25, "3 months to 4"), (15.9, "5 to 15"), (80, "80 and over")]
)
def test_age_bands_hold_their_lower_end(age: float, band: str) -> None:
    assert age_band(age) == band
