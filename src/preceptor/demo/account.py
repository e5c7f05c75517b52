"""Keeping account of a practice while its records go by: what was planted, and what came out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from math import fsum
from typing import Any

from preceptor.demo.figures import all_figures
from preceptor.demo.inbox import Arrival
from preceptor.demo.life import YEARS_OF_HISTORY, Life
from preceptor.demo.showcase import SHOWCASES, Showcase
from preceptor.demo.situations import SITUATIONS
from preceptor.demo.truth import Planted


class Account:
    """Keeps what the truth file will say while the records go by."""

    def __init__(self, monday: date) -> None:
        self._monday = monday
        self._situations: list[dict[str, Any]] = []
        self._showcase: list[tuple[int, dict[str, Any]]] = []
        self._evidence: dict[int, tuple[str, ...]] = {}
        self._resources: Counter[str] = Counter()
        self._problems: Counter[str] = Counter()
        self._results = 0
        self._years = 0.0

    def add(self, life: Life, planted: list[Planted], showcase: Showcase | None, evidence: tuple[str, ...]) -> None:
        patient = life.person.id
        for each in planted:
            self._situations.append(
                {
                    "id": f"s{len(self._situations) + 1:04d}",
                    "kind": each.kind,
                    "shown": each.shown,
                    "patient": patient,
                    "evidence": list(each.evidence),
                    "since": each.since,
                    "note": each.note,
                }
            )
        if showcase:
            self._showcase.append((SHOWCASES.index(showcase), {"patient": patient, "why": showcase.why}))
        self._evidence[life.person.number] = evidence
        self._resources.update(kind for kind, _ in life.chart.entries)
        self._problems.update(life.problems.keys())
        self._results += sum(map(len, life.results.values()))
        self._years += min(YEARS_OF_HISTORY, life.age)

    def told(self, practice: dict[str, Any], arrivals: list[Arrival]) -> dict[str, Any]:
        """The content of the truth file."""
        return {
            "practice": practice,
            "figures": [asdict(figure) for figure in all_figures().values()],
            "kinds": {
                each.kind: {"title": each.title, "definition": each.definition, "complete": each.complete}
                for each in SITUATIONS
            },
            "situations": self._situations,
            "requests": list(self._expected(arrivals)),
            "showcase": [told for _, told in sorted(self._showcase, key=lambda pair: pair[0])],
            "measured": self._measured(practice["patients"], arrivals),
        }

    def _expected(self, arrivals: list[Arrival]) -> Iterator[dict[str, Any]]:
        for place, arrival in enumerate(arrivals, start=1):
            text = arrival.text
            yield {
                "id": f"q{place:03d}",
                "patient": arrival.person.id,
                "text_id": text.id,
                "received": arrival.received.isoformat(),
                "kind": text.kind,
                "urgency": text.urgency,
                "acceptable": list(text.acceptable),
                "from_words_alone": list(text.from_words_alone),
                "red_flag": text.red_flag,
                "depends_on": text.depends_on,
                "counterfeit": text.counterfeit,
                "evidence": list(self._evidence[arrival.person.number]),
                "note": text.note,
            }

    def _measured(self, patients: int, arrivals: list[Arrival]) -> dict[str, Any]:
        count = len(arrivals)

        def share(matching: Iterator[bool]) -> float:
            return round(sum(matching) / count, 3)

        return {
            "resources": dict(sorted(self._resources.items())),
            "resources_a_patient": round(self._resources.total() / patients, 1),
            "results_a_patient_year": round(self._results / self._years, 2),
            "problems": dict(sorted(self._problems.items())),
            "requests": count,
            "requests_female": share(each.person.sex == "female" for each in arrivals),
            "requests_mean_age": round(fsum(each.person.age_on(self._monday) for each in arrivals) / count, 1),
            "requests_08_to_10": share(each.received.hour in (8, 9) for each in arrivals),
            "requests_administrative": share(each.text.kind == "administrative" for each in arrivals),
            "requests_emergency": share(each.text.urgency == "emergency" for each in arrivals),
            "requests_by_other": share(each.text.writer != "patient" for each in arrivals),
        }
