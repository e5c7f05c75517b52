"""The most usual Observations are read in one go, and what is read is what the careful reader reads."""

from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from preceptor.record.fhir import Kept, interpret
from preceptor.record.fhir.usual import usual_observation

NOW = datetime(2026, 11, 1, tzinfo=UTC)
READER = import_module("preceptor.record.fhir.interpret")

POTASSIUM = {
    "resourceType": "Observation",
    "id": "1",
    "meta": {"versionId": "2", "lastUpdated": "2026-10-01T09:30:00+01:00"},
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "2823-3", "display": "Potassium"}]},
    "subject": {"reference": "Patient/7"},
    "effectiveDateTime": "2026-10-01T09:00:00+01:00",
    "valueQuantity": {
        "value": Decimal("6.20"),
        "unit": "mmol/L",
        "system": "http://unitsofmeasure.org",
        "code": "mmol/L",
    },
}

ODD = st.none() | st.booleans() | st.integers() | st.just([]) | st.just({}) | st.text(max_size=5)
TEXTS = st.sampled_from(["", " ", "Potassium", " K ", "a\0b", "x" * 70, "1"])
MOMENTS = st.sampled_from(
    [
        "2026-10-01", "2026-10", "2026", "2026-10-01T09:00:00Z", " 2026-10-01T09:00:00.338+00:00 ", "2026-13-01",
        "2026-10-01T09:00:00", "2026-10-01 09:00:00Z", "2026-10-01T25:00:00Z", "0001-01-01T00:00:00Z", "2026-W01-1T10",
        "2999-12-31T00:00:00Z", "2026-11-02T10:00:00Z", "2030-01-01", "20261001T090000Z", "yesterday",
    ]
) | ODD  # fmt: skip
NUMBERS = st.sampled_from([Decimal("4.40"), Decimal("1e400"), 10**400, 0, -3, 4.4, float("inf"), 1e308, "4.4"]) | ODD
UNITS = st.sampled_from(["mmol/L", "mmol/l", "mEq/L", "mg/dL", " mmol/L", "{score}", "furlong", "u" * 50]) | ODD
CODINGS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "system": st.sampled_from(["http://loinc.org", "http://snomed.info/sct", "local"]) | ODD,
            "code": st.sampled_from(["2823-3", "2823-4", "29463-7", "abc"]) | ODD,
            "display": TEXTS | ODD,
        },
    ),
    max_size=2,
)
OBSERVATIONS = st.fixed_dictionaries(
    {},
    optional={
        "meta": st.fixed_dictionaries({}, optional={"versionId": TEXTS | ODD, "lastUpdated": MOMENTS}) | ODD,
        "status": st.sampled_from(["final", "cancelled", "entered-in-error", " final", "new"]) | ODD,
        "code": st.fixed_dictionaries({}, optional={"coding": CODINGS | ODD, "text": TEXTS | ODD}) | ODD,
        "subject": st.fixed_dictionaries(
            {},
            optional={
                "reference": st.sampled_from(
                    ["Patient/7", " Patient/7", "urn:uuid:7", "#p", "Practitioner/1", "https://a/b/Patient/7", "a\0b"]
                )
                | ODD,
                "type": st.sampled_from(["Patient", "Practitioner"]) | ODD,
                "identifier": st.just({"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9999999468"}) | ODD,
            },
        )
        | ODD,
        "effectiveDateTime": MOMENTS,
        "issued": MOMENTS,
        "valueQuantity": st.fixed_dictionaries(
            {},
            optional={
                "value": NUMBERS,
                "unit": UNITS,
                "code": UNITS,
                "system": st.sampled_from(["http://unitsofmeasure.org", "local"]) | ODD,
                "comparator": st.sampled_from(["<", "?"]) | ODD,
            },
        )
        | ODD,
        "note": st.just([{"text": "haemolysed"}]) | ODD,
        "interpretation": st.just([{"text": "high"}]) | ODD,
        "modifierExtension": st.just([{"url": "https://a.example"}]) | ODD,
        "component": st.just([{"code": {"text": "a"}}]) | ODD,
    },
)


def both(resource):
    """As it is read, and as the careful reader alone reads it."""
    with patch.object(READER, "usual_observation", lambda *_: None):
        careful = interpret(resource, now=NOW)
    return interpret(resource, now=NOW), careful


def test_a_plain_result_is_read_in_one_go_as_the_careful_reader_reads_it():
    assert usual_observation(POTASSIUM, "Observation/1", NOW) is not None
    found, careful = both(POTASSIUM)
    assert isinstance(found, Kept)
    assert found == careful
    assert (found.events[0].concept, found.events[0].value, found.events[0].value_sent) == ("potassium", 6.2, "6.20")


@given(st.data(), OBSERVATIONS)
def test_whatever_is_changed_in_it_both_say_the_same(data, odd):
    changed = data.draw(st.lists(st.sampled_from(sorted(odd)), unique=True) if odd else st.just([]))
    resource = POTASSIUM | {name: odd[name] for name in changed}
    for name in data.draw(st.lists(st.sampled_from(["meta", "effectiveDateTime", "status"]), unique=True, max_size=1)):
        resource.pop(name, None)
    found, careful = both(resource)
    assert found == careful
    assert not isinstance(found, Kept) or found.digest == careful.digest
