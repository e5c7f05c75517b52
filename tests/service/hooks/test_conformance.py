"""Every answer has the standard's shape, and nothing that is sent brings the service down."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preceptor.tools.watch import all_watches, notice
from service.hooks.calling import BASE, ORDER, VIEW, bearer
from service.hooks.records import HIGH_POTASSIUM, a_draft, a_medicine, a_result, a_view, an_order
from service.hooks.schemas import CARDS, DISCOVERY, REFUSAL
from tools.watch.spec_tables import all_specs

pytestmark = pytest.mark.django_db
RECORD = (HIGH_POTASSIUM, a_medicine("Warfarin 3mg tablets", days=400), a_result("48642-3", 25, "mL/min", 30))

_LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
_JSON = st.recursive(_LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


def test_discovery_has_the_standards_shape(client):
    answer = client.get(BASE, headers=bearer(BASE))
    DISCOVERY.validate(answer.json())


def test_cards_have_the_standards_shape(post):
    for name, sent in ((VIEW, a_view(*RECORD)), (ORDER, an_order(a_draft("Naproxen 500mg tablets"), record=RECORD))):
        answer = post(name, sent).json()
        assert answer["cards"]
        CARDS.validate(answer)


def test_every_watch_makes_a_card_of_the_standards_shape():
    from preceptor.service.hooks.cards import card

    made = {}
    for spec in all_specs():
        watch = next(each for each in all_watches() if each.id == spec.watch)
        for record in spec.records:
            for finding in notice([watch], record, spec.as_of):
                made[watch.id] = card([finding], "p1", lambda slug: f"https://x.example/{slug}", ("A note.",))
    assert len(made) == len(all_watches())
    CARDS.validate({"cards": list(made.values())})
    assert len([each for each in made.values() if "suggestions" in each]) >= 30


def paths(node, here=()):
    """Every place in a JSON document."""
    yield here
    steps = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, below in steps:
        yield from paths(below, (*here, step))


CALLS = {VIEW: a_view(*RECORD), ORDER: an_order(a_draft("Naproxen 500mg tablets"), record=RECORD)}
FEEDBACK = {
    "feedback": [
        {
            "card": "9368d37b-283f-44a0-93ea-547cebab93ed", "outcome": "overridden",
            "acceptedSuggestions": [{"id": "9368d37b-283f-44a0-93ea-547cebab93ee"}],
            "overrideReason": {"reason": {"code": "x", "system": "y"}, "userComment": "z"},
            "outcomeTimestamp": "2026-01-05T09:30:00Z",
        }
    ]
}  # fmt: skip
PLACES = [(name, path) for name, sent in CALLS.items() for path in paths(sent)]


@given(place=st.sampled_from(PLACES), value=_JSON, remove=st.booleans())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_changed_in_a_call_it_is_answered(post, place, value, remove):
    name, path = place
    answer = post(name, json.dumps(changed(CALLS[name], path, value, remove)))
    assert answer.status_code in (200, 400, 412)
    (CARDS if answer.status_code == 200 else REFUSAL).validate(answer.json())


@given(path=st.sampled_from(list(paths(FEEDBACK))), value=_JSON, remove=st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_changed_in_feedback_it_is_answered(post, path, value, remove):
    answer = post(VIEW, json.dumps(changed(FEEDBACK, path, value, remove)), "/feedback")
    assert answer.status_code in (400, 404)
    REFUSAL.validate(answer.json())


@given(sent=st.binary(max_size=200) | _JSON.map(lambda value: json.dumps(value).encode()))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_is_answered(post, sent):
    for address in ("", "/feedback"):
        answer = post(VIEW, sent, address)
        assert answer.status_code == (400 if sent else 415)
        REFUSAL.validate(answer.json())


@given(token=st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=255), max_size=300))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_for_a_token_is_refused(client, token):
    answer = client.get(BASE, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    REFUSAL.validate(answer.json())


@pytest.mark.parametrize("depth", [300, 900, 5000])
def test_what_is_nested_too_deeply_is_answered(post, depth):
    bundles = '{"resourceType":"Bundle","entry":[{"resource":' * depth + "1" + "}]}" * depth
    call = json.dumps(a_view()).replace('"procedures": null', f'"procedures": {bundles}')
    assert bundles in call
    for sent in ('{"a":' * depth + "1" + "}" * depth, call):
        assert post(VIEW, sent).status_code in (200, 400)


def changed(document, path, value, remove):
    if not path:
        return value
    made = copy.deepcopy(document)
    at = made
    for step in path[:-1]:
        at = at[step]
    if remove:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return made
