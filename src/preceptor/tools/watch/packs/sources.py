"""The sources that several watches share. Figures are carried in our own words; `verified` is our own reading."""

from __future__ import annotations

from datetime import date

from preceptor.tools.watch.watch import Source

_EFFECTIVE, _REVIEW = date(2026, 11, 1), date(2027, 11, 1)


def source(words: str, version: str, verified: str, effective: date = _EFFECTIVE) -> Source:
    return Source(words=words, version=version, verified=verified, effective=effective, review=_REVIEW)


OWN = source("General knowledge of practice, not checked against a guideline", "none", "no")
CANCER = source(
    "NICE NG12 suspected cancer, as amended to April 2026 (read second-hand)", "April 2026", "partly", date(2026, 4, 15)
)
KIDNEY = source("NICE NG203 chronic kidney disease (read in summaries)", "2021", "partly", date(2021, 8, 25))
SAFETY = source("PINCER prescribing indicators, as OpenSAFELY's public study defines them", "2e15894", "yes")
