"""On whom it was measured: how many requests of each age band, sex, kind and urgency."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from preceptor.advice import URGENCIES
from preceptor.evaluation.evaluation import Evaluation
from preceptor.evaluation.groups import AGE_BANDS, age_band
from preceptor.evaluation.labelled import Labelled

NOT_GIVEN = "not given"
ATTRIBUTES = ("age", "sex", "urgency", "kind", "record")
_ORDER = {value: place for place, value in enumerate([*(name for _, name in AGE_BANDS), *URGENCIES])}


def population(found: Evaluation) -> dict[str, Any]:
    """{"n": 550, "counts": {"age": {"16 to 39": 120, ...}, "sex": ..., "urgency": ..., "kind": ..., "record": ...}}.

    Of the requests that were measured. The urgency is the label's best answer; kind only where the data says it.
    """
    refused = {fault.place for fault in found.bad_lines}
    requests = [request for request in found.data.requests if request.place not in refused]
    asked = [json.loads(request.asked) for request in requests]
    kinds = [_named(request, "kind") for request in requests]
    values = {
        "age": [age_band(None if each.get("age") is None else float(each["age"])) or NOT_GIVEN for each in asked],
        "sex": [str(each.get("sex") or NOT_GIVEN).casefold() for each in asked],
        "urgency": [str(request.best) for request in requests],
        **({"kind": kinds} if set(kinds) != {NOT_GIVEN} else {}),
        "record": [_named(request, "record") for request in requests],
    }
    return {"n": len(requests), "counts": {name: dict(Counter(held)) for name, held in values.items()}}


def in_order(counts: Mapping[str, Mapping[str, int]]) -> Iterator[tuple[str, str]]:
    """Each attribute and value of a profile: age bands from the youngest, urgencies from the most urgent."""
    for attribute in ATTRIBUTES:
        for value in sorted(counts.get(attribute, ()), key=lambda value: (_ORDER.get(value, len(_ORDER)), value)):
            yield attribute, value


def _named(request: Labelled, key: str) -> str:
    return request.groups.get(key, NOT_GIVEN)
