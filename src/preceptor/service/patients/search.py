"""Finding a patient by what somebody at a desk or on the telephone says: a name, an NHS number, a date of birth."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from preceptor.service.patients.models import Patient
from preceptor.service.practices.models import Practice

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR_FIRST = re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})\b")
_DAY_FIRST = re.compile(r"\b(?P<day>\d{1,2})[/. -](?P<month>\d{1,2}|[a-z]{3,9})[/. -](?P<year>\d{4})\b", re.IGNORECASE)
_NHS_NUMBER = re.compile(r"\b\d{3}[ -]?\d{3}[ -]?\d{4}\b")


@dataclass(frozen=True, slots=True)
class Sought:
    """What the words ask for; each part that is there must fit."""

    names: tuple[str, ...] = ()
    nhs_number: str = ""
    born: date | None = None


def sought(words: str) -> Sought:
    """Read the words: "testley 1/3/1972", "999 000 0018", "Pat Testley"."""
    rest, nhs_number, born = words.replace("\0", " "), "", None
    if number := _NHS_NUMBER.search(rest):
        nhs_number = re.sub(r"\D", "", number[0])
        rest = rest.replace(number[0], " ", 1)
    if found := _YEAR_FIRST.search(rest) or _DAY_FIRST.search(rest):
        born = _date(found)
        if born:
            rest = rest.replace(found[0], " ", 1)
    return Sought(tuple(rest.replace(",", " ").split()), nhs_number, born)


def matching(practice: Practice | None, words: str) -> QuerySet[Patient]:
    """This practice's patients whom the words fit, by name; all of them when there are no words."""
    wanted = sought(words)
    fits = Q()
    if wanted.nhs_number:
        fits &= Q(nhs_number=wanted.nhs_number)
    if wanted.born:
        fits &= Q(born=wanted.born)
    for name in wanted.names:
        # A name may have two parts: "van Testley" is found by either.
        fits &= (
            Q(family_name__istartswith=name) | Q(given_names__istartswith=name)
            | Q(family_name__icontains=f" {name}") | Q(given_names__icontains=f" {name}")
            | Q(family_name__icontains=f"-{name}")
        )  # fmt: skip
    return Patient.objects.of(practice).filter(fits).order_by("family_name", "given_names", "pk")


def _date(found: re.Match[str]) -> date | None:
    month = found["month"]
    if not month.isdecimal():
        if month[:3].lower() not in _MONTHS:
            return None
        month = str(_MONTHS.index(month[:3].lower()) + 1)
    try:
        return date(int(found["year"]), int(month), int(found["day"]))
    except ValueError:
        return None
