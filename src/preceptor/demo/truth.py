"""The truth file: what was planted in a demo practice, so that a tool can be measured against it.

`truth.json`, one object:

    version      1: this schema
    synthetic    true, always
    practice     {name, ods_code, patients, seed, monday}
    figures      [{id, value, unit, source, verified, note}]   what the practice was made from
    kinds        {kind: {title, definition, complete}}
    situations   [{id, kind, shown, patient, evidence, since, note}]
    requests     [{id, patient, text_id, received, kind, urgency, acceptable, from_words_alone, red_flag,
                   depends_on, counterfeit, evidence, note}]
    showcase     [{patient, why}]
    measured     {name: value}                                 what came out: counts and shares of this practice

A situation with `shown: true` is there to be found; `shown: false` is its counterfeit (it looks alike, and there is
nothing to find: raised, but repeated; overdue, but done). `evidence` holds references of entries ("Observation/...").
`since` is the first day on which it could have been seen, by the definition of its kind; null for a counterfeit.
`complete` says that the list of a kind is all there is of it in the practice. Where it is false, chance may have made
others: recall can be measured, precision only among the patients listed.

A request's `urgency` is what should be said with the record at hand, `acceptable` the options that would also do, and
`from_words_alone` the options that would do for somebody who cannot see the record. `depends_on` is "" or one of
booked, plan, long_standing; `counterfeit` then says that it only looks so (booked, but worse now). `red_flag` is the
id of the red flag that must fire, or null. All expectations are the author's; no clinician has reviewed them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

VERSION = 1


@dataclass(frozen=True, slots=True)
class Planted:
    """One situation in one patient's record, as the part that planted it reports it."""

    kind: str
    shown: bool
    evidence: tuple[str, ...]
    since: date | None
    note: str = ""


def write(path: Path, content: dict[str, Any]) -> None:
    path.write_bytes(
        orjson.dumps({"version": VERSION, "synthetic": True, **content}, option=orjson.OPT_INDENT_2) + b"\n"
    )
