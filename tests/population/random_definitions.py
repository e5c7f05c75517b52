"""Random definitions: any criterion of the vocabulary, with any numbers, put together in any way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from hypothesis import strategies as st

from preceptor.advice import EventKind, Priority
from preceptor.record.concepts import concept
from preceptor.tools.watch import Source, Watch
from preceptor.tools.watch.criteria import Points, When, all_of, any_of, at_least, holds
from preceptor.tools.watch.nodes import Row, Selection
from preceptor.tools.watch.words import (
    MAN,
    WOMAN,
    active,
    age,
    aged,
    baseline,
    before,
    by_age,
    by_sex,
    count_in,
    entries,
    ever,
    in_the_last,
    latest,
    medicines,
    no,
    not_taking,
    previous,
    projected,
    ratio_to_baseline,
    referrals,
    repeatedly,
    saying,
    slope,
    taking,
    taking_for,
    up_to,
)

DAYS = st.sampled_from([0, 1, 14, 60, 90, 92, 183, 365, 730, 3000])
LIMITS = st.sampled_from([4.35, 5.8, 6.0, 30.0, 57.0, 60, 62.5])
SOURCE = Source(words="random", version="0", verified="no", effective=date(2026, 1, 1), review=date(2027, 1, 1))


def definitions(slugs: Sequence[str]) -> st.SearchStrategy[Watch]:
    parts = st.lists(criteria(slugs), min_size=1, max_size=3)
    together = st.sampled_from([all_of, any_of, lambda *each: at_least(max(1, len(each) - 1), *each), _score])
    return st.builds(_watch, together, parts)


def _score(*parts: When) -> When:
    return Points(2, tuple((part, 1 + place % 2) for place, part in enumerate(parts)))


def _watch(together: Callable[..., When], parts: list[When]) -> Watch:
    return Watch(
        id="random", title="Random", pack="random", priority=Priority.ROUTINE, why="", ask="", when=together(*parts),
        source=SOURCE,
    )  # fmt: skip


def criteria(slugs: Sequence[str]) -> st.SearchStrategy[When]:
    measured = [slug for slug in slugs if concept(slug).kind is EventKind.RESULT]
    others = [slug for slug in slugs if concept(slug).kind is not EventKind.RESULT]
    return st.one_of(
        st.builds(_of_results, st.sampled_from(_RESULT_WORDS), st.sampled_from(measured), LIMITS, DAYS),
        st.builds(_of_entries, st.sampled_from(_ENTRY_WORDS), st.sampled_from(others), DAYS),
        st.sampled_from([MAN, WOMAN, aged(65), aged(30, 74), holds("age", age() >= 65, value=age())]),
    )


def _of_results(word: Callable[[Selection, float, int], When], slug: str, limit: float, days: int) -> When:
    from preceptor.tools.watch.words import results

    return word(results(slug), limit, days)


def _of_entries(word: Callable[[Selection, int], When], slug: str, days: int) -> When:
    kind = concept(slug).kind
    return word(medicines(slug) if kind is EventKind.MEDICATION else entries(kind, about=(slug,)), days)


_RESULT_WORDS: list[Callable[[Selection, float, int], When]] = [
    lambda s, limit, _: latest(s) >= limit,
    lambda s, limit, _: latest(s) < limit,
    lambda s, limit, _: latest(s) > by_age((30, limit), (65, limit * 1.2), until=90),
    lambda s, limit, _: latest(s) <= by_sex(limit, limit * 0.9),
    lambda s, _, days: latest(s).days_ago(days),
    lambda s, _, days: latest(s).in_the_last(days),
    lambda s, limit, days: repeatedly(s, Row("value") < limit, days, "low again and again"),
    lambda s, _, days: count_in(days, s, 2),
    lambda s, _, days: no(s).for_days(days),
    lambda s, _, days: no(referrals()).since(s.last, days_before=min(days, 14)),
    lambda s, _, days: _shown(ratio_to_baseline(s, days) > 1.0, s, ratio_to_baseline(s, days)),
    lambda s, _, days: _shown(slope(s, days) < -1.0, s, slope(s, days)),
    lambda s, limit, days: _shown(projected(s, days, 365) < limit, s, projected(s, days, 365)),
    lambda s, _, days: _shown(s.last.value < up_to(days, s.last, s).highest * 0.95, s, up_to(days, s.last, s).lowest),
    lambda s, limit, _: _shown(before(s.last, s).median > limit, s, previous(s).value),
    lambda s, _, days: latest(s) > baseline(s, days) * 1.1,
]

_ENTRY_WORDS: list[Callable[[Selection, int], When]] = [
    lambda s, _: ever(s),
    lambda s, _: active(s),
    lambda s, _: no(s).at_all,
    lambda s, days: taking(s, days),
    lambda s, days: taking_for(s, days),
    lambda s, _: not_taking(s),
    lambda s, days: ever(in_the_last(days, s)),
    lambda s, _: ever(saying(s, "colposcopy", "film")),
    lambda s, days: no(s).for_days(days),
]


def _shown(test, selection: Selection, value) -> When:  # type: ignore[no-untyped-def]
    return holds("a comparison", test, selection.last.day, selection.last, value=value)
