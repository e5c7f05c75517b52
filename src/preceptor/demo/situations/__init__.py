"""What is planted in the records, and its counterfeits: things that look alike with nothing to find in them."""

from __future__ import annotations

from preceptor.demo.situations.drugs import DRUG_HAZARDS
from preceptor.demo.situations.missed import MISSED
from preceptor.demo.situations.shape import Situation
from preceptor.demo.situations.trends import TRENDS

# Found in every record at the end (see kidneys.noticed); the two below are planted as well, so that the smallest
# practice has one of each.
SITUATIONS: tuple[Situation, ...] = (*MISSED, *TRENDS, *DRUG_HAZARDS)

__all__ = ["SITUATIONS", "Situation"]
