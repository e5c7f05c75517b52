"""Presentations: what people ask a practice about, one TOML file each, and what follows for how soon and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from preceptor.advice import Handler, Kind, Urgency
from preceptor.tools.triage.features import Feature, Library, LibraryError, read_when
from preceptor.tools.triage.logic import When
from preceptor.tools.triage.text.normal import word_set
from preceptor.tools.triage.text.scopes import Meant

_ALLOWED = word_set(
    "id title kind usual ceiling handler minor when concepts wordings unless ask must_not_miss think_of safety_net "
    "pharmacy_first sources version effective review reviewed_by raises lowers feature sex from_age below_age at_latest"
)

_CANCERS = ("cancer", "melanoma", "lymphoma", "leukaemia", "tumour", "myeloma")


@dataclass(frozen=True, slots=True)
class Discriminator:
    """Something that makes a presentation more, or less, urgent, or changes who should deal with it."""

    to: Urgency
    when: When
    text: str
    handler: Handler | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask, and why: what the answer would change. `why` is empty where nobody has stated it."""

    question: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class PharmacyFirst:
    """What NHS Pharmacy First lets a community pharmacy treat. Ages are whole years, both included."""

    treats: str
    from_age: int
    to_age: int | None = None
    sex: str | None = None
    unless: tuple[str, ...] = ()

    def fits(self, age: float | None, sex: str | None) -> bool | None:
        """Whether somebody of this age (years) and sex is within it; None where that is not known."""
        if age is not None and not (self.from_age <= age and (self.to_age is None or int(age) <= self.to_age)):
            return False
        if self.sex and sex in ("male", "female") and sex != self.sex:
            return False
        return None if age is None or (self.sex and sex != self.sex) else True


@dataclass(frozen=True, slots=True)
class AtLatest:
    """How soon somebody must act, whatever the model makes of the words, where the rules say so soon or sooner."""

    to: Urgency
    text: str


@dataclass(frozen=True, slots=True)
class Presentation:
    """A reason for asking.

    `ceiling` is the most urgent that words of severity alone can make it. `when` recognises it beside the wordings.
    A `minor` one ("an appointment, please") counts only when nothing else is recognised. `think_of` are conditions
    beside those that must not be missed; `safety_net` is what to watch for and what then to do.
    """

    id: str
    title: str
    kind: Kind
    usual: Urgency
    ceiling: Urgency
    handler: Handler
    wordings: tuple[str, ...]
    unless: tuple[str, ...]
    concepts: tuple[str, ...]
    raises: tuple[Discriminator, ...]
    lowers: tuple[Discriminator, ...]
    ask: tuple[Question, ...]
    must_not_miss: tuple[str, ...]
    sources: tuple[str, ...]
    version: str
    effective: date
    review: date
    reviewed_by: str
    when: When | None = None
    minor: bool = False
    think_of: tuple[str, ...] = ()
    safety_net: tuple[str, ...] = ()
    pharmacy_first: tuple[PharmacyFirst, ...] = ()
    sex: str | None = None  # whose it can only be
    from_age: float = 0.0  # years
    below_age: float | None = None
    at_latest: AtLatest | None = None

    @classmethod
    def read(cls, table: dict[str, Any], where: str) -> Presentation:
        """The presentation that a file states. Raises LibraryError with the file's name."""
        if unknown := set(table) - _ALLOWED:
            raise LibraryError(f"{where}: unknown {', '.join(sorted(unknown))}")
        try:
            found = cls(
                id=str(table["id"]),
                title=str(table["title"]),
                version=str(table["version"]),
                reviewed_by=str(table["reviewed_by"]),
                wordings=_words(table, "wordings"),
                unless=_words(table, "unless"),
                concepts=_words(table, "concepts"),
                ask=tuple(_question(row) for row in table.get("ask", ())),
                must_not_miss=_words(table, "must_not_miss"),
                sources=_words(table, "sources"),
                kind=Kind(table["kind"]),
                usual=Urgency(table["usual"]),
                ceiling=Urgency(table.get("ceiling", _ceiling(Urgency(table["usual"])))),
                handler=Handler(table["handler"]),
                effective=table["effective"],
                review=table["review"],
                raises=tuple(_discriminator(row, where) for row in table.get("raises", ())),
                lowers=tuple(_discriminator(row, where) for row in table.get("lowers", ())),
                when=read_when(table["when"], where) if "when" in table else None,
                minor=bool(table.get("minor", False)),
                think_of=_words(table, "think_of"),
                safety_net=_words(table, "safety_net"),
                pharmacy_first=tuple(_pharmacy_first(row) for row in table.get("pharmacy_first", ())),
                sex=table.get("sex"),
                from_age=float(table.get("from_age", 0.0)),
                below_age=float(table["below_age"]) if "below_age" in table else None,
                at_latest=_at_latest(table["at_latest"]) if "at_latest" in table else None,
            )
        except (KeyError, TypeError, ValueError) as wrong:
            raise LibraryError(f"{where}: {wrong}") from None
        found._check(where)
        return found

    def _check(self, where: str) -> None:
        if not (self.wordings and self.sources and self.title):
            raise LibraryError(f"{where}: a presentation needs wordings, sources and a title")
        if self.sex not in (None, "female", "male"):
            raise LibraryError(f"{where}: sex is neither female nor male")
        if any(not row.to.at_least(self.usual) for row in self.raises):
            raise LibraryError(f"{where}: a raise leads to what is less urgent than usual")
        if any(not self.usual.at_least(row.to) for row in self.lowers):
            raise LibraryError(f"{where}: a lowering leads to what is more urgent than usual")

    @property
    def may_be_cancer(self) -> bool:
        """True when a cancer is among what must not be missed."""
        return any(word in " ".join(self.must_not_miss).casefold() for word in _CANCERS)

    @property
    def feature(self) -> Feature:
        """The presentation's wordings as a feature, called by its id.

        Records "from 2015" are asked for now: what is not clinical counts however it is put, unless it is denied.
        """
        also = frozenset[Meant]() if self.kind is Kind.CLINICAL else frozenset(Meant) - {Meant.NEGATED, Meant.QUOTED}
        return Feature(self.id, self.wordings, self.unless, also, when=self.when)

    def is_named_by(self, features: frozenset[str]) -> bool:
        """True when these features, found in an entry of the record, are what this presentation is about."""
        return self.id in features or (self.when is not None and bool(self.when.names & features))

    def can_be_at(self, age: float) -> bool:
        """Whether somebody of this age, in years, can have it."""
        return self.from_age <= age and (self.below_age is None or age < self.below_age)

    def check(self, library: Library) -> None:
        """Raise LibraryError when a discriminator names what nobody defined."""
        for row in (*self.raises, *self.lowers):
            library.check(row.when, f"presentation {self.id}")


def _words(table: dict[str, Any], name: str) -> tuple[str, ...]:
    return tuple(str(entry) for entry in table.get(name, ()))


def _question(row: str | dict[str, Any]) -> Question:
    return Question(row) if isinstance(row, str) else Question(**row)


def _pharmacy_first(row: dict[str, Any]) -> PharmacyFirst:
    return PharmacyFirst(**(row | {"unless": _words(row, "unless")}))


def _at_latest(row: dict[str, Any]) -> AtLatest:
    return AtLatest(Urgency(row["to"]), row["text"])


def _ceiling(usual: Urgency) -> Urgency:
    return usual if usual.at_least(Urgency.SAME_DAY) else Urgency.SAME_DAY


def _discriminator(row: dict[str, Any], where: str) -> Discriminator:
    handler = Handler(row["handler"]) if "handler" in row else None
    return Discriminator(Urgency(row["to"]), read_when(row["when"], where), row["text"], handler)
