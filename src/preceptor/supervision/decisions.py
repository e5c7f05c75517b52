"""The table of decisions: who decided which case, their first view, the advice, the final choice and the truth.

Options are kept as numbers, `options[number]` is the word; -1 is "not there". A table is cleaned once, when it is
made, and what was done to it is counted in `cleaning`: nothing is dropped in silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from preceptor.advice import URGENCIES
from preceptor.supervision.resampling import Ints, Rows

NONE = -1
VIEWS = ("first_view", "advice", "final", "truth")
MISSING = frozenset({"", "na", "n/a", "nan", "null"})
OPTIONS_AT_MOST = 50
# Pairs that mean "act" and "do not act", in that order.
ACT_OR_NOT = (("1", "0"), ("yes", "no"), ("true", "false"), ("positive", "negative"), ("present", "absent"))


class CannotUse(ValueError):
    """The table cannot be used; the message is one clear line."""


@dataclass(frozen=True, slots=True)
class Cleaning:
    """What was found wrong with a table, and set right or left out."""

    repeated: int = 0  # rows that repeat another in every column: counted once
    contradicted: int = 0  # rows of one clinician and case whose truths differ: taken as having no known truth
    decided_again: int = 0  # further decisions of one clinician on one case: each counts
    no_clinician: int = 0  # rows that name no clinician: taken as one clinician
    no_case: int = 0  # rows that name no case: cannot be checked for repeats

    @property
    def words(self) -> tuple[str, ...]:
        """One sentence for each thing that was found."""
        said = (
            (self.repeated, "rows repeat another in every column: each counted once"),
            (self.contradicted, "rows give one clinician's case two truths: their truth is taken as not known"),
            (self.decided_again, "rows are further decisions of one clinician on one case: each counts"),
            (self.no_clinician, "rows name no clinician: taken together as one"),
            (self.no_case, "rows name no case: they cannot be checked for repeats"),
        )
        return tuple(f"{count:,} {words}" for count, words in said if count)


@dataclass(frozen=True, slots=True)
class Decisions:
    """One row a decision; all columns are of one length."""

    clinician: Ints
    case: Ints
    first_view: Ints
    advice: Ints
    final: Ints
    truth: Ints
    arm: Ints
    options: tuple[str, ...]
    clinicians: tuple[str, ...]
    cases: tuple[str, ...]
    arms: tuple[str, ...]  # empty when the table has no arms
    ordered: bool  # True when `options` runs from the most urgent to the least
    cleaning: Cleaning = Cleaning()

    def __len__(self) -> int:
        return len(self.truth)

    def where(self, rows: Rows) -> Decisions:
        """The rows marked True. What was cleaned away belongs to the whole table, so it is not said again."""
        kept, clinician = np.unique(self.clinician[rows], return_inverse=True)
        return Decisions(
            clinician=clinician.astype(np.int64),
            case=self.case[rows],
            first_view=self.first_view[rows],
            advice=self.advice[rows],
            final=self.final[rows],
            truth=self.truth[rows],
            arm=self.arm[rows],
            options=self.options,
            clinicians=tuple(self.clinicians[i] for i in kept),
            cases=self.cases,
            arms=self.arms,
            ordered=self.ordered,
        )


@dataclass(frozen=True, slots=True)
class Column:
    """A column as read: `words[codes[i]]` stood in row i."""

    codes: Ints
    words: Sequence[str]


def tabulate(columns: dict[str, Column], scale: tuple[str, ...] = ()) -> Decisions:
    """A table from its columns: clinician, case, the four views, and perhaps arm.

    `scale` names the options from the most urgent to the least. Where it is not given, the table's own words are
    the options; they are put in order when they are Preceptor's urgencies or a plain act-or-not pair.

    Raises CannotUse when the words cannot be options.
    """
    views = {name: _stripped(columns[name]) for name in VIEWS}
    options, ordered = _options(views, scale)
    number = {word: i for i, word in enumerate(options)}
    coded = {name: np.array([number.get(w, NONE) for w in c.words] or [NONE])[c.codes] for name, c in views.items()}
    clinician, clinicians = _names(columns["clinician"])
    arm, arms = _names(columns["arm"]) if "arm" in columns else (np.zeros(len(clinician), np.int64), ())
    case, cases = columns["case"].codes, tuple(word.strip() for word in columns["case"].words)
    if len(set(cases)) < len(cases):  # the same name with and without spaces around it
        case, cases = _names(columns["case"])
    unnamed = np.array([not name for name in cases] or [False])[case]
    key = (arm * len(clinicians) + clinician) * len(cases) + case
    kept, cleaning, truth = _clean(key, np.column_stack([coded[name] for name in VIEWS]), ~unnamed)
    nobody = int((clinician == clinicians.index("")).sum()) if "" in clinicians else 0
    cleaning = replace(cleaning, no_clinician=nobody, no_case=int(unnamed.sum()))
    return Decisions(
        clinician=clinician[kept],
        case=case[kept],
        first_view=coded["first_view"][kept],
        advice=coded["advice"][kept],
        final=coded["final"][kept],
        truth=truth[kept],
        arm=arm[kept],
        options=options,
        clinicians=clinicians,
        cases=cases,
        arms=arms,
        ordered=ordered,
        cleaning=cleaning,
    )


def table(rows: Sequence[Sequence[str | None]], scale: tuple[str, ...] = ()) -> Decisions:
    """A table from rows of (clinician, case, first_view, advice, final, truth[, arm]); None is "not there"."""
    names = ("clinician", "case", *VIEWS, "arm")
    width = len(rows[0]) if rows else 6
    columns = {}
    for name, values in zip(names[:width], zip(*rows, strict=True) if rows else [()] * width, strict=True):
        words = sorted({value or "" for value in values})
        code = {word: i for i, word in enumerate(words)}
        columns[name] = Column(np.array([code[value or ""] for value in values], dtype=np.int64), words)
    return tabulate(columns, scale)


def _stripped(column: Column) -> Column:
    return Column(column.codes, [" ".join(word.split()) for word in column.words])


def _options(views: dict[str, Column], scale: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    words = {word for column in views.values() for word in column.words if word.lower() not in MISSING}
    urgencies = tuple(str(urgency) for urgency in URGENCIES)
    # "same_day" and "self_care" are words of our scale alone; "routine" and "emergency" are in many others.
    if not scale and (words & {"same_day", "self_care"} or (words and words <= set(urgencies))):
        scale = urgencies
    if scale:
        for name, column in views.items():
            for code, word in enumerate(column.words):
                if word.lower() not in MISSING and word not in scale:
                    row = int(np.argmax(column.codes == code)) + 1
                    raise CannotUse(f"row {row}, column {name}: {word!r} is not one of {', '.join(scale)}")
        return scale, True
    if len(words) > OPTIONS_AT_MOST:
        fullest = max(views, key=lambda name: len(views[name].words))
        raise CannotUse(
            f"column {fullest} has {len(views[fullest].words):,} different values, where the options of one scale"
            f" ({OPTIONS_AT_MOST} at most) are expected"
        )
    _refuse_two_spellings(words)
    for pair in ACT_OR_NOT:
        if words and {word.lower() for word in words} <= set(pair):
            return tuple(sorted(words, key=lambda word: pair.index(word.lower()))), True
    return tuple(sorted(words)), False


def _refuse_two_spellings(words: set[str]) -> None:
    seen: dict[str, str] = {}
    for word in sorted(words):
        plain = word.lower().replace("_", " ").replace("-", " ")
        if plain in seen:
            raise CannotUse(f"{seen[plain]!r} and {word!r} look like one option spelt in two ways")
        seen[plain] = word


def _names(column: Column) -> tuple[Ints, tuple[str, ...]]:
    """Codes by the names in alphabetical order, so that the order of rows changes no figure."""
    stripped = [word.strip() for word in column.words]
    names = sorted(set(stripped))
    place = {name: i for i, name in enumerate(names)}
    codes = np.array([place[word] for word in stripped], dtype=np.int64)
    return codes[column.codes] if len(codes) else column.codes.astype(np.int64), tuple(names)


def _clean(key: Ints, views: Ints, checked: Rows) -> tuple[Rows, Cleaning, Ints]:
    """Which rows are kept, what was found, and the truth with contradictions taken out.

    `key` is equal for rows of one clinician, case and arm; `views` (rows x 4) ends with the truth; only rows that are
    `checked` can repeat another.
    """
    kept, truth = np.ones(len(key), bool), views[:, -1].copy()
    _, inverse, times = np.unique(key, return_inverse=True, return_counts=True)
    shared = np.flatnonzero((times[inverse] > 1) & checked)
    if len(shared) == 0:
        return kept, Cleaning(), truth
    # Only the rows that share a key are sorted, in full, so that the order they came in changes nothing.
    rows = np.column_stack([key[shared], views[shared]])
    order = np.lexsort(rows.T[::-1])
    shared, rows = shared[order], rows[order]
    same_key = np.r_[False, rows[1:, 0] == rows[:-1, 0]]
    repeat = np.r_[False, (rows[1:] == rows[:-1]).all(axis=1)]
    group, known = np.cumsum(~same_key) - 1, rows[:, -1] != NONE
    most, least = np.full(group[-1] + 1, NONE), np.full(group[-1] + 1, np.iinfo(np.int64).max)
    np.maximum.at(most, group, rows[:, -1])
    np.minimum.at(least, group[known], rows[known, -1])
    contradicted = (most > least)[group] & known
    truth[shared[contradicted]] = NONE
    kept[shared[repeat]] = False
    found = Cleaning(
        repeated=int(repeat.sum()),
        contradicted=int((contradicted & ~repeat).sum()),
        decided_again=int((same_key & ~repeat).sum()),
    )
    return kept, found, truth
