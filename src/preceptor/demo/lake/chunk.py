"""Some thousands of synthetic patients and all their events, in columns.

Each chunk has dice of its own, so that it comes out the same however many others there are. Times are in days before
the lake's today; kinds of entries are places in the `vocabulary`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from preceptor.demo.figures import ages_of_the_list, figure, variation
from preceptor.demo.illness import BANDS, problems
from preceptor.demo.lake.vocabulary import CONTACT, LETTER, REFERRAL, Test, column_of, panels, place_of
from preceptor.population.tables import EVENT_SCHEMA, PATIENT_SCHEMA

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]

HISTORY = 7.5  # years that tests and contacts go back
ISSUES = 2.0  # years that prescriptions go back, one every 56 days
EVERY = 56.0
_STATUSES = ("final", "active", "completed", "")
_FINAL, _ACTIVE, _COMPLETED, _NONE = range(4)
# Own choices: how often a year, and the shares of contacts that a letter or a referral follows.
_CONTACTS = (2.2, 2.3, 3.4, 5.6)  # from 0, 18, 40, 65
_LETTER, _REFERRAL = 0.12, 0.05
_KIDNEYS_FAIL = (0.0, 0.002, 0.03, 0.19, 0.42)  # by BANDS: a true eGFR below 60, as in the demo practice
_DIED = 0.02  # of those over 80, in the last two years


@dataclass(frozen=True)
class Chunk:
    patients: pa.Table
    events: pa.Table


@dataclass(frozen=True)
class _People:
    age: Floats
    female: Truths
    band: Numbers
    died: Floats  # days ago; NaN for the living
    has: dict[str, Floats]  # by problem: years since it began, NaN where it did not


@dataclass(frozen=True)
class _Rows:
    """Events: one array a column, all of one length."""

    patient: Numbers
    days: Floats
    what: Numbers
    value: Floats
    until: Floats  # days before today on which it ended; NaN for what has no end
    status: Numbers


def chunk(seed: int, number: int, size: int, first: int, today: date) -> Chunk:
    """`size` patients, of whom `first` were made before."""
    dice = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, number])))
    people = _people(dice, size)
    rows = [*_conditions(people), *_prescriptions(dice, people), *_results(dice, people), *_contacts(dice, people)]
    together = _Rows(*(np.concatenate([getattr(each, name) for each in rows]) for name in _Rows.__dataclass_fields__))
    names = pc.binary_join_element_wise("lake-", _padded(np.arange(first, first + size) + 1), "")
    return Chunk(_patients(people, names, today), _events(together, people, names, today))


# People ---------------------------------------------------------------------------------------------------------------


def _people(dice: np.random.Generator, size: int) -> _People:
    bands = ages_of_the_list()
    low, high, share = (np.array(column) for column in zip(*bands, strict=True))
    which = np.searchsorted(np.cumsum(share) / share.sum(), dice.random(size), side="right").clip(max=len(bands) - 1)
    age = low[which] + (high - low)[which] * dice.random(size)
    female = dice.random(size) < np.where(age > 85, 0.62, np.where(age >= 65, 0.545, figure("female_share") - 0.01))
    band = np.searchsorted(np.array(BANDS), age, side="right") - 1
    died = np.where((age >= 80) & (dice.random(size) < _DIED), dice.random(size) * 730, np.nan)
    has = {}
    for problem in problems():
        struck = dice.random(size) < np.array(problem.shares)[band]
        struck &= age >= problem.youngest
        if problem.sex:
            struck &= female == (problem.sex == "female")
        years = 0.4 + dice.random(size) * np.where(age < 60, 13.6, 21.6)
        has[problem.concept] = np.where(struck, np.minimum(0.8 * (age - problem.youngest), years), np.nan)
    return _People(age, female, band, died, has)


# Events ---------------------------------------------------------------------------------------------------------------


def _rows(
    patient: Numbers, days: Floats, what: int | Numbers, status: int | Numbers,
    value: Floats | float = np.nan, until: Floats | float = np.nan,
) -> _Rows:  # fmt: skip
    size = len(patient)
    return _Rows(
        patient, days, np.broadcast_to(what, size), np.broadcast_to(value, size), np.broadcast_to(until, size),
        np.broadcast_to(status, size),
    )  # fmt: skip


def _conditions(people: _People) -> list[_Rows]:
    found = []
    for name, years in people.has.items():
        patient = np.flatnonzero(~np.isnan(years))
        found.append(_rows(patient, years[patient] * 365.25, place_of(name), _ACTIVE))
    return found


def _prescriptions(dice: np.random.Generator, people: _People) -> list[_Rows]:
    found = []
    for problem in problems():
        years = people.has[problem.concept]
        for medicine, share in problem.medicines:
            takes = np.flatnonzero(~np.isnan(years) & (dice.random(len(years)) < share))
            since = np.minimum(years[takes], ISSUES) * 365.25
            times = np.ceil(since / EVERY).astype(np.int64).clip(min=1)
            patient, issue = np.repeat(takes, times), _counted(times)
            days = issue * EVERY + np.repeat(dice.random(len(takes)) * EVERY, times)
            days = np.minimum(days, np.repeat(since, times))
            status = np.where(issue == 0, _ACTIVE, _COMPLETED)
            until = np.where(issue == 0, np.nan, days - EVERY)
            found.append(_rows(patient, days, place_of(medicine), status, until=until))
    return found


def _results(dice: np.random.Generator, people: _People) -> list[_Rows]:
    found = []
    group = np.searchsorted(np.array((0, 18, 40, 65)), people.age, side="right") - 1
    ill = np.sum([~np.isnan(years) for name, years in people.has.items() if name in _WATCHED], axis=0)
    years_back = np.minimum(people.age, HISTORY)
    for panel in panels():
        times = dice.poisson(np.array(panel.a_year)[group] * (1 + 0.5 * ill) * years_back)
        patient = np.repeat(np.arange(len(times)), times)
        days = dice.random(len(patient)) * years_back[patient] * 365.25
        of_panel: dict[str, Floats] = {}
        for test in panel.tests:
            level = _level(dice, test, people, days, patient, of_panel)
            value = level * (1 + variation(test.concept) * dice.standard_normal(len(patient)))
            of_panel[test.concept] = level
            value = np.asarray(np.round(np.maximum(value, 0.1), test.decimals), np.float64)
            found.append(_rows(patient, days, place_of(test.concept), _FINAL, value=value))
    return found


_WATCHED = ("hypertension", "diabetes_type_2", "diabetes_type_1", "coronary_heart_disease", "heart_failure")


def _level(
    dice: np.random.Generator, test: Test, people: _People, days: Floats, patient: Numbers, of_panel: dict[str, Floats]
) -> Floats:
    """What is true of each patient on the day of each result."""
    size, years_ago = len(people.age), days / 365.25
    if test.concept == "egfr":
        healthy = np.clip(118 - 0.6 * np.maximum(people.age - 25, 0) + 7 * dice.standard_normal(size), 65, 125)
        fails = dice.random(size) < np.array(_KIDNEYS_FAIL)[people.band]
        now = np.where(fails, 57 - 30 * dice.random(size) ** 2, healthy)
        slope = np.where(fails, -figure("ckd_slope_stage_3"), 0.4)
        return np.minimum((now[patient] + slope[patient] * years_ago), 125)
    if test.concept == "creatinine":
        return _creatinine(of_panel["egfr"], people.female[patient], people.age[patient] - years_ago)
    level = np.where(people.female, test.female, test.male) + test.spread * dice.standard_normal(size)
    if test.concept == "hba1c":
        level = level + 21 * (~np.isnan(people.has["diabetes_type_2"]) | ~np.isnan(people.has["diabetes_type_1"]))
    if test.concept == "systolic_bp":
        level = level + 14 * ~np.isnan(people.has["hypertension"])
    if test.concept == "weight":
        level = level * np.clip(people.age / 17, 0.06, 1)
    return level[patient]


def _creatinine(egfr: Floats, female: Truths, age: Floats) -> Floats:
    """In umol/L, that at which CKD-EPI 2009 gives this eGFR: see `body.creatinine_for`, in columns."""
    kappa, alpha, factor = np.where(female, 0.7, 0.9), np.where(female, -0.329, -0.411), np.where(female, 1.018, 1.0)
    at_kappa = 141 * 0.993**age * factor
    exponent = np.where(egfr < at_kappa, 1 / 1.209, -1 / alpha)
    return np.asarray(88.4 * kappa * (at_kappa / np.maximum(egfr, 4)) ** exponent)


def _contacts(dice: np.random.Generator, people: _People) -> list[_Rows]:
    group = np.searchsorted(np.array((0, 18, 40, 65)), people.age, side="right") - 1
    years_back = np.minimum(people.age, HISTORY)
    times = dice.poisson(np.array(_CONTACTS)[group] * years_back)
    patient = np.repeat(np.arange(len(times)), times)
    days = dice.random(len(patient)) * years_back[patient] * 365.25
    found = [_rows(patient, days, place_of(CONTACT), _COMPLETED)]
    for name, share, later, status in ((LETTER, _LETTER, 40, _NONE), (REFERRAL, _REFERRAL, 0, _ACTIVE)):
        some = np.flatnonzero(dice.random(len(patient)) < share)
        found.append(_rows(patient[some], np.maximum(days[some] - later, 0), place_of(name), status))
    return found


def _counted(times: Numbers) -> Numbers:
    """0, 1, 2, ... for each of them: `times` (2, 3) gives 0 1 0 1 2."""
    ends = np.cumsum(times)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - times, times)


# To Arrow -------------------------------------------------------------------------------------------------------------


def _patients(people: _People, names: pa.Array, today: date) -> pa.Table:
    day = np.datetime64(today, "D")
    born = day - np.ceil(people.age * 365.25).astype("timedelta64[D]")
    sex = pa.array(np.where(people.female, "female", "male"), pa.string())
    died = pa.array(day - np.nan_to_num(people.died).astype("timedelta64[D]"), mask=np.isnan(people.died))
    return pa.table([names, pa.array(born), sex, died.cast(pa.date32())], PATIENT_SCHEMA)


def _events(rows: _Rows, people: _People, names: pa.Array, today: date) -> pa.Table:
    """In order of patient and time. What would have come after a death did not."""
    alive = ~(rows.days < np.nan_to_num(people.died, nan=-1.0)[rows.patient])
    order = np.lexsort((-rows.days, rows.patient))
    order = order[alive[order]]
    patient, what, status = (each[order] for each in (rows.patient, rows.what, rows.status))
    value = rows.value[order]
    ids = pc.binary_join_element_wise("e", pa.array(np.arange(len(order))).cast(pa.string()), "")
    words = {field: _words(field, what) for field in ("kind", "concept", "unit", "text")}
    columns = {
        "patient": names.take(pa.array(patient)),
        "id": ids,
        "when": _moments(rows.days[order], today),
        "end": _moments(rows.until[order], today),
        "status": pa.DictionaryArray.from_arrays(pa.array(status.astype(np.int32)), list(_STATUSES)).cast(pa.string()),
        "value": pa.array(value, mask=np.isnan(value)),
        "note": pa.array([""]).take(pa.array(np.zeros(len(order), np.int32))),
        **words,
    }
    return pa.table([columns[field.name] for field in EVENT_SCHEMA], EVENT_SCHEMA)


def _words(field: str, what: Numbers) -> pa.Array:
    numbers, words = column_of(field)
    return pa.array(words, pa.string()).take(pa.array(numbers[what]))


def _moments(days: Floats, today: date) -> pa.Array:
    """So many days before the noon of today, to the second."""
    noon = np.datetime64(datetime(today.year, today.month, today.day, 12), "s")
    seconds = np.round(np.nan_to_num(days) * 86_400).astype("timedelta64[s]")
    moments = pa.array((noon - seconds).astype("datetime64[us]"), mask=np.isnan(days))
    return moments.cast(pa.timestamp("us")).cast(pa.timestamp("us", tz="UTC"))


def _padded(numbers: Numbers) -> pa.Array:
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), 9, "0")
