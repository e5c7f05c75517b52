"""Every watch there is, by pack."""

from __future__ import annotations

from functools import cache

from preceptor.tools.watch.packs import (
    cancer,
    cancer_results,
    diabetes,
    heart,
    kidney,
    monitoring,
    prescribing,
    qrisk3,
    results,
    symptoms,
)
from preceptor.tools.watch.watch import Watch

_MODULES = (results, kidney, diabetes, monitoring, prescribing, cancer, cancer_results, symptoms, heart, qrisk3)
PACKS = {module.__name__.rpartition(".")[2]: module.WATCHES for module in _MODULES}


def all_watches() -> tuple[Watch, ...]:
    return tuple(watch for watches in PACKS.values() for watch in watches)


@cache
def _by_id() -> dict[str, Watch]:
    return {watch.id: watch for watch in all_watches()}


def watch_named(name: str) -> Watch:
    """KeyError, in words, when there is none."""
    try:
        return _by_id()[name]
    except KeyError:
        raise KeyError(f"no watch is called {name!r}") from None
