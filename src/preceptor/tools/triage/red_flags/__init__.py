"""Red flags: deterministic safety rules that nothing can lower.

The rules are the TOML files beside this module, one a group. Each keeps the id of the row it came from, its source,
and whether that source was read (`verified`); none has been reviewed by a clinician yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from preceptor.advice import Case, RedFlag, Urgency
from preceptor.tools.triage.features import Feature, Library, LibraryError, read_when
from preceptor.tools.triage.language import may_be_foreign
from preceptor.tools.triage.logic import When
from preceptor.tools.triage.other_languages import alarms_in
from preceptor.tools.triage.reading import Reading

_VERIFIED = ("yes", "partly", "no")


@dataclass(frozen=True, slots=True)
class Rule:
    """One red flag as its data file states it."""

    id: str
    title: str
    urgency: Urgency
    action: str  # what the patient is told to do now
    when: When
    source: str
    verified: str
    version: str
    effective: date
    review: date
    reviewed_by: str

    @classmethod
    def read(cls, table: dict[str, Any], common: dict[str, Any]) -> Rule:
        """The rule of a `[[flag]]` table; `common` holds what the file says of all. Raises LibraryError."""
        where = f"red flag {table.get('id', '?')}"
        try:
            rule = cls(
                when=read_when(table["when"], where),
                urgency=Urgency(table["urgency"]),
                **{name: table[name] for name in ("id", "title", "action", "source", "verified")},
                **{name: common[name] for name in ("version", "effective", "review", "reviewed_by")},
            )
        except (KeyError, ValueError) as wrong:
            raise LibraryError(f"{where}: {wrong}") from None
        unknown = set(table) - {"id", "title", "action", "urgency", "when", "source", "verified"}
        if unknown or rule.verified not in _VERIFIED or not all((rule.title, rule.action, rule.source)):
            raise LibraryError(f"{where}: unknown {sorted(unknown)}, or a field without its content")
        if not rule.urgency.at_least(Urgency.SAME_DAY):
            raise LibraryError(f"{where}: a red flag is an emergency or for the same day")
        return rule


def read_rules(tables: list[dict[str, Any]], library: Library) -> tuple[Rule, ...]:
    """The rules of all files, in the order of their ids, checked against the library. Raises LibraryError."""
    rules = [Rule.read(flag, table) for table in tables for flag in table["flag"]]
    if len({rule.id for rule in rules}) != len(rules):
        raise LibraryError("two red flags share an id")
    for rule in rules:
        library.check(rule.when, f"red flag {rule.id}")
    return tuple(sorted(rules, key=lambda rule: rule.id))


def alarms(rules: Iterable[Rule], features: Mapping[str, Feature]) -> frozenset[str]:
    """The features that the rules rest on, themselves or by other features' conditions."""
    found: set[str] = set()
    left = {name for rule in rules for name in rule.when.asserted}
    while left:
        found |= left
        conditions = [features[name].when for name in left if name in features]
        left = {name for when in conditions if when for name in when.asserted} - found
    return frozenset(found)


def fired(reading: Reading, rules: tuple[Rule, ...]) -> tuple[RedFlag, ...]:
    """The rules that hold of a case, most urgent first, then by id. A rule needs words of the request to fire.

    In what may not be English, the plainest words of other languages are looked for too.
    """
    flags = list(alarms_in(reading.text)) if may_be_foreign(reading.sentences) else []
    for rule in rules:
        found = reading.holds(rule.when)
        if found is not None and found.spans:
            flags.append(RedFlag(rule.id, rule.title, rule.urgency, rule.action, found.spans, found.events))
    return tuple(sorted(flags, key=lambda flag: (flag.urgency.rank, flag.id)))


def red_flags_in(case: Case) -> tuple[RedFlag, ...]:
    """The red flags of a case, most urgent first. Deterministic; needs no model, and stands when every tool is off."""
    from preceptor.tools.triage.library import the_library

    known = the_library()
    return fired(Reading(case, known.features), known.rules)
