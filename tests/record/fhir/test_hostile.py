"""Any JSON value in any place: never an exception, and every resource is kept, not kept, or refused with a reason."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preceptor.record.fhir import Entry, Kept, NotKept, Refused, interpret, read
from record.fhir.samples import NOW, a_blood_pressure, a_bundle, a_patient, an_observation, code, creatinine, of_patient

SEEDS: list[dict[str, Any]] = [
    a_patient(),
    a_blood_pressure(),
    creatinine(90, comparator=">"),
    an_observation(hasMember=[{"reference": "Observation/2"}], note=[{"text": "x"}], interpretation=[{"text": "High"}]),
    of_patient("Condition", code=code("x", "y"), onsetAge={"value": 3}, abatementPeriod={"start": "2010"}),
    of_patient("MedicationRequest", medicationReference={"reference": "#m"}, contained=[{"id": "m", "code": {}}]),
    of_patient("MedicationStatement", effectivePeriod={"start": "2010"}, dosage=[{"text": "x"}]),
    of_patient("CarePlan", activity=[{"detail": {"code": {"text": "x"}}, "progress": [{"text": "y"}]}], text={}),
    of_patient("DocumentReference", content=[{"attachment": {"contentType": "text/plain", "data": "eA=="}}]),
    of_patient("Communication", payload=[{"contentString": "x"}, {"contentAttachment": {}}]),
    of_patient("Appointment", participant=[{"actor": {"reference": "Patient/p1"}}], requestedPeriod=[{}]),
    of_patient("AllergyIntolerance", patient={"reference": "Patient/p1"}, reaction=[{"manifestation": []}]),
    of_patient("Encounter", type=[{"text": "x"}], period={"start": "2010", "end": "2009"}),
    {"resourceType": "Bundle"},
    {"resourceType": "Claim", "id": "c"},
]
WORDS = st.sampled_from(["", "\0", "2999-01-01", "0001-01-01T00:00:00+14:00", "Patient/1", "#m", "<![x", "text/plain"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | WORDS
NAMES = st.text(max_size=5) | st.sampled_from(["coding", "reference", "value", "code", "text", "extension", "start"])
ANY_JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, child in children for place in places(child, (*path, key)))]


@st.composite
def spoilt(draw: st.DrawFn) -> Any:
    """A resource with any JSON value in any place."""
    resource = copy.deepcopy(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(places(resource)))
        if not path:
            return draw(ANY_JSON)
        parent = resource
        for key in path[:-1]:
            parent = parent[key]
        parent[path[-1]] = draw(ANY_JSON)
    return resource


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spoilt())
def test_any_json_value_in_any_place_is_kept_not_kept_or_refused(resource: Any) -> None:
    outcome = interpret(resource, now=NOW)
    match outcome:
        case Kept(key=key, events=events, problems=problems):
            assert "/" in key
            assert len({event.id for event in events}) == len(events)
            assert all(event.text and event.value_sent is not None for event in events)
            assert all(problems)
            # What the database holds: no NUL, no number that is not finite.
            assert "\0" not in repr([vars_of(event) for event in events])
        case NotKept(kind=kind):
            assert kind
        case Refused(why=why):
            assert why


def vars_of(event: Any) -> list[Any]:
    return [event.text, event.note, event.value_sent, event.unit_sent, event.status]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_bundle_spoilt_anywhere_is_told_of_and_never_ends_the_run(tmp_path: Path, data: st.DataObject) -> None:
    resources = [a_patient(), *(an_observation(id=f"r{n}") for n in range(4))]
    content = bytearray(json.dumps(a_bundle(*resources)).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content) - 1))
        cut = data.draw(st.integers(0, 8))
        content[at : at + cut] = data.draw(st.binary(max_size=4))
    path = tmp_path / "a.json"
    path.write_bytes(content)
    items = list(read([path]))
    assert items
    # A bundle that no longer says that it is one is read as one resource, which is then refused.
    told = [item for item in items if not isinstance(item, Entry) or isinstance(interpret(item.resource), Refused)]
    # Every resource that is missing is accounted for by at least one line.
    assert told or len(items) >= len(resources) or content.count(b"resourceType") < len(resources) + 1
