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
PLATELETS = source("Bailey and others 2017, British Journal of General Practice (abstract)", "2017", "yes")
CALCIUM = source("F. Hamilton and others 2014, British Journal of Cancer", "2014", "yes")
HAEMOGLOBIN = source("Virdee and others 2022 (the trend); the limit of 10 g/L is our own", "2022", "no")
PANCREAS = source("Lemanska and others 2022, PLoS ONE (abstract); the limits are our own", "2022", "partly")
KIDNEY = source("NICE NG203 chronic kidney disease (read in summaries)", "2021", "partly", date(2021, 8, 25))
KIDNEY_RISK = source(
    "Kidney failure risk equation, 4 variables, UK recalibration (Major and others 2019)", "2019", "yes"
)
AKI = source(
    "NHS England AKI detection algorithm (read in a Stata implementation and its validation)", "2014", "partly"
)
SAFETY = source("PINCER prescribing indicators, as OpenSAFELY's public study defines them", "2e15894", "yes")
DOAC = source("AF toolkit on DOAC dosing; Cockcroft-Gault with actual weight", "2026", "yes")
ATRIAL_FIBRILLATION = source("CHA2DS2-VASc points; NICE NG196 on when to offer (secondary pages)", "2021", "yes")
DMARD_LIMITS = source("BSR 2017 action limits (Dumfries and Galloway page)", "2017", "yes")
LITHIUM = source("NHS GGC lithium page; SPS lithium monitoring", "2026", "yes")
ACE = source("SPS ACE inhibitor page; gpnotebook", "2026", "yes")
