"""The practice's worklist: every card that waits for somebody, to read, to print, and as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from preceptor.advice import Priority
from preceptor.service.accounts.models import User
from preceptor.service.accounts.signed_in import practice_of, staff_of
from preceptor.service.findings.cards import Card, merged
from preceptor.service.findings.models import PRIORITY_WORDS, Finding, waits_on
from preceptor.service.findings.showing import age_in_days, clinicians_of
from preceptor.service.findings.watches import PACK_TITLES, packs_on
from preceptor.tools.watch import PACKS

_OUTLINED = ("pk", "patient_id", "fingerprint", "priority", "since", "first_noticed")
CARDS_A_PAGE = 50
CARDS_AT_ONCE = 1000  # read from the database, where all are wanted
AGES = {"7": "over a week", "30": "over a month", "91": "over 3 months", "365": "over a year"}
COLUMNS = (
    "priority", "patient", "nhs_number", "born", "finding", "what_to_do", "first_would_have_fired", "age_in_days",
    "owner", "watches",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """What the reader asked to see."""

    priority: str = ""
    owner: str = ""  # me, nobody, or the id of a colleague
    pack: str = ""
    age: str = ""  # at least so many days
    order: str = "priority"  # or age

    @classmethod
    def from_query(cls, query: QueryDict) -> Wish:
        def one_of(name: str, known: Any) -> str:
            return query.get(name, "") if query.get(name, "") in known else ""

        owner = query.get("owner", "")
        is_known = owner in ("me", "nobody") or (owner.isascii() and owner.isdecimal() and len(owner) < 16)
        return cls(
            priority=one_of("priority", set(Priority)),
            owner=owner if is_known else "",
            pack=one_of("pack", PACKS),
            age=one_of("age", AGES),
            order="age" if query.get("order") == "age" else "priority",
        )

    @property
    def narrows(self) -> bool:
        return bool(self.priority or self.owner or self.pack or self.age)

    @property
    def query(self) -> str:
        query = QueryDict(mutable=True)
        wishes = {"priority": self.priority, "owner": self.owner, "pack": self.pack, "age": self.age}
        query.update({name: value for name, value in (wishes | {"order": self.order}).items() if value})
        return query.urlencode()


@dataclass(frozen=True, slots=True)
class Row:
    card: Card
    age: int  # days


@dataclass(frozen=True, slots=True)
class Outline:
    """A card before it is shown: the findings on it, and its age. A practice of 10,000 may have as many."""

    ids: tuple[int, ...]
    age: int  # days


def outlines_of(user: User, wish: Wish) -> list[Outline]:
    """The cards that were asked for, in the order that was asked for."""
    assert user.practice is not None  # noqa: S101 -- staff_of has made sure
    packs = packs_on(user.practice) & ({wish.pack} if wish.pack else set(PACKS))
    now, today = timezone.now(), timezone.localdate()
    watches = [watch.id for pack in packs for watch in PACKS[pack]]
    found = Finding.objects.of(user.practice).filter(waits_on(today), watch__in=watches, patient__died=None)
    if wish.owner == "me":
        found = found.filter(owner=user)
    elif wish.owner == "nobody":
        found = found.filter(owner=None)
    elif wish.owner:
        found = found.filter(owner=int(wish.owner))
    if wish.age:
        then = now - timedelta(days=int(wish.age))
        found = found.filter(Q(since__lt=then.date()) | Q(since=None, first_noticed__lt=then))
    # What order and merging need and no more: the rest is read of those that are shown.
    cards = merged(found.values_list(*_OUTLINED, named=True))
    if wish.priority:
        # By the card's, not by each finding's: of a merged card nothing is left out.
        cards = [card for card in cards if card.priority == wish.priority]
    aged = [(card, age_in_days(card.lead, now)) for card in cards]
    if wish.order == "age":
        aged.sort(key=lambda each: (-each[1], each[0].order))
    return [Outline(tuple(card.ids), age) for card, age in aged]


def in_full(outlines: Sequence[Outline]) -> Iterator[Row]:
    """The same cards with all that is shown of them."""
    for start in range(0, len(outlines), CARDS_AT_ONCE):
        some = outlines[start : start + CARDS_AT_ONCE]
        findings = Finding.objects.filter(pk__in=[pk for each in some for pk in each.ids])
        by_id = findings.select_related("patient", "owner", "answer__clinician").defer("detail", "marks").in_bulk()
        for each in some:
            yield Row(Card(tuple(by_id[pk] for pk in each.ids)), each.age)


@require_GET
def findings(http: HttpRequest) -> HttpResponse:
    wish = Wish.from_query(http.GET)
    page = Paginator(outlines_of(staff_of(http), wish), CARDS_A_PAGE).get_page(http.GET.get("page"))
    rows = list(in_full(list(page.object_list)))
    return render(http, "findings/worklist.jinja", _context(http, wish) | {"rows": rows, "page": page})


@require_GET
def printable(http: HttpRequest) -> HttpResponse:
    """All of them on one page, without what only a screen needs."""
    wish = Wish.from_query(http.GET)
    rows = list(in_full(outlines_of(staff_of(http), wish)))
    return render(http, "findings/print.jinja", _context(http, wish) | {"rows": rows})


@require_GET
def export(http: HttpRequest) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="findings-{timezone.localdate().isoformat()}.csv"'
    writer = csv.writer(answer)
    writer.writerow(COLUMNS)
    for row in in_full(outlines_of(staff_of(http), Wish.from_query(http.GET))):
        writer.writerow([_safe(value) for value in _line(row)])
    return answer


def _line(row: Row) -> list[str]:
    patient, lead = row.card.lead.patient, row.card.lead
    return [
        PRIORITY_WORDS[row.card.priority],
        patient.shown_name,
        patient.nhs_number or "",
        patient.born.isoformat() if patient.born else "",
        "; ".join(each.title for each in row.card.findings),
        " ".join(each.ask for each in row.card.findings),
        row.card.since.isoformat() if row.card.since else "",
        str(row.age),
        lead.owner.shown_name if lead.owner else "",
        " ".join(each.watch for each in row.card.findings),
    ]


def _safe(value: str) -> str:
    """No spreadsheet takes it for a formula."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _context(http: HttpRequest, wish: Wish) -> dict[str, Any]:
    on = packs_on(practice_of(http))
    return {
        "wish": wish,
        "priorities": PRIORITY_WORDS,
        "packs": {pack: PACK_TITLES.get(pack, pack) for pack in PACKS if pack in on},
        "ages": AGES,
        "owners": clinicians_of(staff_of(http)),
        "any_pack_on": bool(on),
    }
