"""Which requests the inbox shows, and in what order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Count, Q, QuerySet, Value, When
from django.http import QueryDict

from preceptor.advice import Urgency
from preceptor.service.practices.models import Practice
from preceptor.service.requests.models import Checked, Request, State

OPEN = (State.WAITING, State.IN_REVIEW)
# What can be asked for, in words, and the states that it means.
VIEWS: dict[str, tuple[str, tuple[State, ...]]] = {
    "open": ("To do", OPEN),
    "waiting": ("Waiting", (State.WAITING,)),
    "in_review": ("In review", (State.IN_REVIEW,)),
    "decided": ("Decided", (State.DECIDED,)),
    "all": ("All", tuple(State)),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """What the reader asked to see."""

    view: str = "open"
    red_flag: bool = False
    not_assessed: bool = False
    search: str = ""

    @classmethod
    def from_query(cls, query: QueryDict) -> Filter:
        view = query.get("view", "open")
        return cls(
            view=view if view in VIEWS else "open",
            red_flag=query.get("red_flag") == "yes",
            not_assessed=query.get("not_assessed") == "yes",
            search=query.get("search", "").strip().replace("\0", "")[:100],
        )

    @property
    def narrows(self) -> bool:
        """True when more than a state was asked for."""
        return self.red_flag or self.not_assessed or bool(self.search)

    def query(self, view: str | None = None) -> str:
        """The same wish as the end of an address, perhaps for another state."""
        query = QueryDict(mutable=True)
        query["view"] = view or self.view
        if self.red_flag:
            query["red_flag"] = "yes"
        if self.not_assessed:
            query["not_assessed"] = "yes"
        if self.search:
            query["search"] = self.search
        return query.urlencode()

    def narrow(self, requests: QuerySet[Request]) -> QuerySet[Request]:
        """Everything but the state."""
        if self.red_flag:
            requests = requests.exclude(floor="")
        if self.not_assessed:
            requests = requests.exclude(assessed=Checked.DONE)
        for word in _words(self.search):
            requests = requests.filter(_holds(word))
        return requests


_SPACED_NHS_NUMBER = re.compile(r"\b(\d{3})[ -](\d{3})[ -](\d{4})\b")
_REFERENCE = re.compile(r"[0-9a-f]{8}", re.IGNORECASE)  # as the patient was given it: how the request's id begins


def _words(search: str) -> list[str]:
    """The words to look for; an NHS number is one of them, in threes and fours or not. A comma parts names only."""
    return _SPACED_NHS_NUMBER.sub(r"\1\2\3", search).replace(",", " ").split()


def _holds(word: str) -> Q:
    names = Q(patient__family_name__icontains=word) | Q(patient__given_names__icontains=word)
    numbers = Q(patient__nhs_number=word) | Q(nhs_number_typed=word)
    found = Q(text__icontains=word) | Q(name_typed__icontains=word) | names | numbers
    if _REFERENCE.fullmatch(word):
        found |= Q(pk__gte=UUID(word + 24 * "0"), pk__lte=UUID(word + 24 * "f"))
    return found


def shown(practice: Practice, wish: Filter) -> QuerySet[Request]:
    """The requests that were asked for: work to do in the inbox's order, what is done with the newest first."""
    requests = wish.narrow(in_order(practice)).filter(state__in=VIEWS[wish.view][1])
    if wish.view in ("decided", "all"):
        requests = requests.order_by("-received", "id")
    return requests.select_related("patient").prefetch_related("decisions", "first_views__clinician")


# What may be an emergency comes first: a red flag that says so, then whatever could not be checked for one.
# Nothing of a tool's advice is in the order: an order that followed the advice would tell it.
_RANK = Case(
    When(floor=Urgency.EMERGENCY, then=Value(0)),
    When(~Q(red_flags_checked=Checked.DONE), then=Value(1)),
    When(~Q(floor=""), then=Value(2)),
    default=Value(3),
)


def in_order(practice: Practice) -> QuerySet[Request]:
    """Every request of the practice as the inbox orders them: by danger, then the oldest first, then by id."""
    requests: QuerySet[Request] = Request.objects.of(practice)
    return requests.annotate(rank=_RANK).order_by("rank", "received", "id")


def counts(practice: Practice, wish: Filter) -> dict[str, int]:
    """How many there are in each view, with everything else that was asked for."""
    by_state = wish.narrow(Request.objects.of(practice)).values("state").annotate(number=Count("id")).order_by()
    numbers = {row["state"]: row["number"] for row in by_state}
    return {view: sum(numbers.get(state, 0) for state in meant) for view, (_, meant) in VIEWS.items()}


def next_after(request: Request) -> tuple[Request | None, int]:
    """The next one that waits for somebody, and how many wait."""
    waiting = in_order(request.practice).filter(state=State.WAITING).exclude(pk=request.pk)
    return waiting.first(), waiting.count()


def arrived(practice: Practice) -> tuple[int, int]:
    """How many requests there have ever been, and how many of them with a red flag."""
    requests = Request.objects.of(practice)
    return requests.count(), requests.exclude(floor="").count()
