"""Features: what can be true of a request and its record, and the phrases that say so.

A feature is a named set of phrases (`lexicon/*.toml` and the presentations' own), a condition over other features, or
both. Red flags and presentations are logic over features; the same feature is defined once and used by all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from preceptor.advice import EventKind
from preceptor.tools.triage.logic import LogicError, When
from preceptor.tools.triage.text.patterns import Index, Lexicon, PatternError
from preceptor.tools.triage.text.scopes import Meant
from preceptor.tools.triage.text.spelling import Spelling

# What code, not phrases, finds out: see reading.py.
BUILT_IN = frozenset({"male", "female", "child", "baby", "pregnant_in_weeks", "for_other"})
MEASURES = frozenset(
    {
        "age", "stated_age", "weeks_pregnant", "temperature", "ketones", "urine_ketones", "lasting_days",
        "peak_flow_percent",
    }
)  # fmt: skip


# Words that measures are read by (`text/measures.py`), which spelling leads towards as towards the rules' own.
_MEASURED = frozenset(["hours", "month", "months", "years", "weeks", "minutes", "temperature"])


class LibraryError(ValueError):
    """A data file of the library is wrong; the message names the file's entry and says how."""


@dataclass(frozen=True)
class Feature:
    """Something that a text can say.

    `unless` are phrases that, in the same sentence, make the words mean something else; of a feature that red flags
    rest on, only phrases near its own do, and one that shares a word with some of them speaks of these alone. `also`
    are the readings beside "now" that count: a head injury months ago still does. `concepts` and `reads` let the record
    say it too: concepts of active conditions and medicines, and the kinds of events whose own text is read with the
    same phrases.
    """

    name: str
    phrases: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    also: frozenset[Meant] = frozenset()
    concepts: tuple[str, ...] = ()
    reads: frozenset[EventKind] = frozenset()
    when: When | None = None

    @classmethod
    def read(cls, name: str, table: Mapping[str, Any]) -> Feature:
        """The feature that a TOML table states. Raises LibraryError."""
        unknown = set(table) - {"any", "unless", "also", "concepts", "reads", "when"}
        if unknown:
            raise LibraryError(f"feature {name}: unknown {', '.join(sorted(unknown))}")
        try:
            return cls(
                name,
                tuple(table.get("any", ())),
                tuple(table.get("unless", ())),
                frozenset(Meant(word) for word in table.get("also", ())),
                tuple(table.get("concepts", ())),
                frozenset(EventKind(word) for word in table.get("reads", ())),
                When.read(table["when"]) if "when" in table else None,
            )
        except ValueError as wrong:
            raise LibraryError(f"feature {name}: {wrong}") from None


@dataclass(frozen=True)
class Library:
    """Every feature, compiled: an index of all phrases, and the spelling that leads towards their words."""

    features: Mapping[str, Feature]
    index: Index
    spelling: Spelling
    alarms: frozenset[str] = frozenset()  # the features that red flags rest on
    _evidence: dict[str, frozenset[str] | None] = field(default_factory=dict, repr=False)

    @classmethod
    def build(
        cls,
        lexicon: Mapping[str, Iterable[str]],
        features: Iterable[Feature],
        misspellings: Mapping[str, str],
        real_words: frozenset[str],
    ) -> Library:
        """The library of these features. Raises LibraryError when one is defined twice or names what is not there."""
        words = Lexicon(lexicon)
        index = Index()
        known: dict[str, Feature] = {}
        for feature in features:
            if feature.name in known or feature.name in BUILT_IN:
                raise LibraryError(f"feature {feature.name} is defined twice")
            known[feature.name] = feature
            try:
                for phrase in feature.phrases:
                    index.add(feature.name, words.compile(phrase))
                for phrase in feature.unless:
                    index.add(unless(feature.name), words.compile(phrase))
            except PatternError as wrong:
                raise LibraryError(f"feature {feature.name}: {wrong}") from None
        library = cls(known, index, Spelling(index.words | _MEASURED, misspellings, real_words))
        for feature in known.values():
            if feature.when:
                library.check(feature.when, f"feature {feature.name}")
        return library

    @cached_property
    def recorded(self) -> frozenset[str]:
        """The features that a record may show without a word."""
        return frozenset(name for name, feature in self.features.items() if feature.concepts or feature.reads)

    @cached_property
    def _shown(self) -> tuple[dict[str, set[str]], frozenset[str]]:
        """The features that each feature's words or entries may show, itself among them; and those that need none."""
        by_each: dict[str, set[str]] = {name: set() for name in self.features}
        without = set(BUILT_IN)
        for name in self.features:
            shown_by = self._shown_by(frozenset({name}))
            if shown_by is None:
                without.add(name)
            for one in shown_by or ():
                by_each[one].add(name)
        return by_each, frozenset(without)

    def may_show(self, said: Iterable[str]) -> frozenset[str]:
        """The features that may show where only these are said or recorded."""
        by_each, without = self._shown
        return without.union(*(by_each[name] for name in said if name in by_each))

    def evidence(self, when: When) -> frozenset[str] | None:
        """The features of which one must be said or recorded, or the condition cannot hold; None where it yet may.

        Most conditions need not be asked of most requests.
        """
        if when.source not in self._evidence:
            self._evidence[when.source] = None  # a circle of conditions ends here
            of_each = [self._shown_by(need) for need in when.needs]
            self._evidence[when.source] = min((shown for shown in of_each if shown is not None), key=len, default=None)
        return self._evidence[when.source]

    def _shown_by(self, names: frozenset[str]) -> frozenset[str] | None:
        """The features of which one must be said or recorded for one of `names` to show; None where none must."""
        if not BUILT_IN.isdisjoint(names):
            return None
        conditions = [when for name in names if (when := self.features[name].when)]
        of_each = [self.evidence(when) for when in conditions]
        if None in of_each:
            return None
        return names.union(*(shown for shown in of_each if shown is not None))

    def check(self, when: When, where: str) -> None:
        """Raise LibraryError when a condition names a feature or a measure that nobody defined."""
        if missing := when.names - set(self.features) - BUILT_IN:
            raise LibraryError(f"{where}: no feature is called {', '.join(sorted(missing))}")
        if missing := when.measures - MEASURES:
            raise LibraryError(f"{where}: no measure is called {', '.join(sorted(missing))}")


def unless(name: str) -> str:
    """The index's key for the phrases that make a feature's words mean something else."""
    return f"{name} unless"


def is_unless(key: str) -> bool:
    """True for the keys that `unless` makes."""
    return key.endswith(" unless")


def read_when(source: str, where: str) -> When:
    """A condition from a data file, with the place in the message when it cannot be read."""
    try:
        return When.read(source)
    except LogicError as wrong:
        raise LibraryError(f"{where}: {wrong}") from None
