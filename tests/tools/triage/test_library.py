"""The data files: all valid, and refused in words when one is not."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import pytest

from preceptor.advice import Kind, Urgency
from preceptor.tools.triage.features import Feature, Library, LibraryError
from preceptor.tools.triage.library import the_library
from preceptor.tools.triage.model.inputs import SAID
from preceptor.tools.triage.presentations import Presentation
from preceptor.tools.triage.red_flags import read_rules

SORE_THROAT: dict[str, Any] = tomllib.loads(
    (files("preceptor.tools.triage") / "presentations" / "sore_throat.toml").read_text("utf-8")
)
EMPTY = Library.build({}, [], {}, frozenset())
FLAG = {"id": "X", "title": "t", "urgency": "emergency", "action": "a", "when": "x", "source": "s", "verified": "no"}


def test_there_are_the_presentations_that_people_ask_about_most() -> None:
    known = the_library().presentations
    assert len(known) >= 40
    assert {p.kind for p in known} == set(Kind)
    for p in known:
        assert p.wordings
        assert p.sources
        assert p.reviewed_by == "none"
        assert p.effective < p.review
        assert p.ceiling.at_least(p.usual)
        if p.kind is Kind.CLINICAL:
            assert p.ask, p.id
            assert p.must_not_miss, p.id


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"usual": "tomorrow"}, "tomorrow"),
        ({"handler": "nobody"}, "nobody"),
        ({"extra": 1}, "unknown extra"),
        ({"wordings": []}, "needs wordings"),
        ({"raises": [{"to": "self_care", "when": "child", "text": "x"}], "usual": "soon"}, "less urgent than usual"),
        ({"lowers": [{"to": "emergency", "when": "child", "text": "x"}]}, "more urgent than usual"),
        ({"raises": [{"to": "same_day", "when": "child +", "text": "x"}]}, "cannot be read"),
    ],
)
def test_a_wrong_presentation_is_refused_by_its_files_name(change: dict[str, Any], said: str) -> None:
    with pytest.raises(LibraryError, match=r"sore_throat\.toml") as wrong:
        Presentation.read(SORE_THROAT | change, "sore_throat.toml")
    assert said in str(wrong.value)


@pytest.mark.parametrize("missing", ["id", "title", "kind", "usual", "handler", "version", "effective"])
def test_a_presentation_without_a_field_is_refused(missing: str) -> None:
    with pytest.raises(LibraryError, match=missing):
        Presentation.read({k: v for k, v in SORE_THROAT.items() if k != missing}, "sore_throat.toml")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"when": "nobody_defined_it"}, "no feature is called nobody_defined_it"),
        ({"when": "height > 3"}, "no measure is called height"),
        ({"urgency": "routine"}, "emergency or for the same day"),
        ({"verified": "perhaps"}, "red flag X"),
        ({"action": ""}, "without its content"),
    ],
)
def test_a_wrong_red_flag_is_refused(change: dict[str, Any], said: str) -> None:
    common = {"version": "1", "effective": None, "review": None, "reviewed_by": "none"}
    with pytest.raises(LibraryError, match=said):
        read_rules([common | {"flag": [FLAG | change]}], EMPTY)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"all": []}, "unknown all"),
        ({"any": [], "also": ["tomorrow"]}, "tomorrow"),
        ({"when": "a ~ b"}, "cannot be read"),
    ],
)
def test_a_wrong_feature_is_refused(table: dict[str, Any], said: str) -> None:
    with pytest.raises(LibraryError, match=said):
        Feature.read("x", table)


def test_a_feature_defined_twice_or_with_an_unknown_list_is_refused() -> None:
    twice = [Feature("x", ("a b",)), Feature("x", ("c d",))]
    with pytest.raises(LibraryError, match="twice"):
        Library.build({}, twice, {}, frozenset())
    with pytest.raises(LibraryError, match="no list of words"):
        Library.build({}, [Feature("x", ("{nobody}",))], {}, frozenset())


def test_every_feature_is_used() -> None:
    """A feature that no rule, presentation or other feature names is left over from something."""
    known = the_library()
    used = {name for rule in known.rules for name in rule.when.names}
    used |= {name for p in known.presentations for row in (*p.raises, *p.lowers) for name in row.when.names}
    used |= {name for p in known.presentations if p.when for name in p.when.names}
    used |= {name for f in known.features.features.values() if f.when for name in f.when.names}
    used |= {p.id for p in known.presentations}
    used |= {"improving", "unchanged", "plan_lowers", "plan_raises", *SAID}
    used |= {"any_difference", "now_otherwise"}
    assert set(known.features.features) - used == set()


def test_floors_are_what_the_source_asks_for() -> None:
    urgency = {rule.id: rule.urgency for rule in the_library().rules}
    for emergency in ("RF001", "RF009", "RF024", "RF044", "RF055", "RF062"):
        assert urgency[emergency] is Urgency.EMERGENCY
    for same_day in ("RF011", "RF013", "RF014", "RF028", "RF056", "RF081"):
        assert urgency[same_day] is Urgency.SAME_DAY
