"""Who is on the list: ages and sexes like an English practice, and names that nobody could take for real."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from preceptor.demo.dice import Dice, Stream
from preceptor.demo.figures import ages_of_the_list, figure, table
from preceptor.demo.moments import years_before
from preceptor.record.check_digits import nhs_number_check_digit

STREETS = ("Example Street", "Sample Road", "Placeholder Lane", "Test Avenue", "Fixture Close", "Demo Court")

# The ethnic categories of the NHS data dictionary; shares: see figures.csv (White and Asian totals from the census).
ETHNICITIES: tuple[tuple[str, str, float], ...] = (
    ("A", "White - British", 74.4),
    ("B", "White - Irish", 0.9),
    ("C", "White - Any other White background", 6.4),
    ("D", "Mixed - White and Black Caribbean", 0.9),
    ("F", "Mixed - White and Asian", 0.8),
    ("G", "Mixed - Any other mixed background", 1.2),
    ("H", "Asian or Asian British - Indian", 3.1),
    ("J", "Asian or Asian British - Pakistani", 2.7),
    ("K", "Asian or Asian British - Bangladeshi", 1.1),
    ("L", "Asian or Asian British - Any other Asian background", 2.4),
    ("M", "Black or Black British - Caribbean", 1.0),
    ("N", "Black or Black British - African", 2.5),
    ("P", "Black or Black British - Any other Black background", 0.5),
    ("S", "Other Ethnic Groups - Any other ethnic group", 2.1),
)


@cache
def names(of: str) -> tuple[str, ...]:
    """Given names, female or male, or family names: the columns of data/names.csv."""
    return tuple(row[of] for row in table("names.csv") if row[of])


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up patient: what the practice knows before it has written anything in the record."""

    number: int
    born: date
    sex: str  # female or male
    given: str
    family: str
    nhs_number: str
    ethnicity: tuple[str, str]  # NHS category and its words
    phone: str
    street: str

    @property
    def id(self) -> str:
        return f"demo-{self.number:05d}"

    def age_on(self, day: date) -> float:
        return (day - self.born).days / 365.25


def the_list(seed: int, patients: int, monday: date) -> list[Person]:
    """Everybody registered on `monday`, as chance made them."""
    numbers = nhs_numbers(seed)
    bands = ages_of_the_list()
    return [_somebody(seed, n, monday, bands, next(numbers)) for n in range(1, patients + 1)]


def made_to_measure(person: Person, dice: Dice, monday: date, sex: str | None, low: float, high: float) -> Person:
    """The same person, of the sex and age that a story needs: for a list too small to hold somebody who fits."""
    sex = sex or person.sex
    given = person.given if sex == person.sex else dice.pick(names(sex))
    span = int((high - low) * 365.25)
    born = years_before(monday, low) - timedelta(days=dice.whole(min(5, span // 4), max(5, span - span // 4)))
    return Person(
        person.number, born, sex, given, person.family, person.nhs_number, person.ethnicity, person.phone, person.street
    )


def nhs_numbers(seed: int) -> Iterator[str]:
    """Valid NHS numbers, none twice, all in 999 000 0000 to 999 999 9999: never issued to anybody."""
    place = (seed * 104_729) % 1_000_000
    while True:
        place = (place + 618_033) % 1_000_000  # no common factor with a million: every number once
        first_nine = f"999{place:06d}"
        digit = nhs_number_check_digit(first_nine)
        if digit is not None:
            yield f"{first_nine}{digit}"


def _somebody(seed: int, number: int, monday: date, bands: list[tuple[float, float, float]], nhs_number: str) -> Person:
    dice = Dice(seed, Stream.PERSON, number)
    low, high, _ = dice.weighted(bands, [share for _, _, share in bands])
    born = years_before(monday, dice.between(low, high)) - timedelta(days=1)
    # More women than men in great age; a share of one half elsewhere makes 51% overall.
    sex = (
        "female"
        if dice.chance(0.62 if high > 85 else 0.545 if low >= 65 else figure("female_share") - 0.01)
        else "male"
    )
    code, words, _ = dice.weighted(ETHNICITIES, [share for _, _, share in ETHNICITIES])
    return Person(
        number=number,
        born=born,
        sex=sex,
        given=dice.pick(names(sex)),
        family=dice.pick(names("family")),
        nhs_number=nhs_number,
        ethnicity=(code, words),
        phone=f"07700 900{dice.whole(0, 999):03d}",
        street=f"{dice.whole(1, 99)} {dice.pick(STREETS)}",
    )
