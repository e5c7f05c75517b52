"""Trends of one person's results: has something changed by more than it varies, how fast, and where is it heading?"""

from preceptor.trends.fitting import fit_trend
from preceptor.trends.trend import NO_REASSURANCE, Crossing, Trend
from preceptor.trends.variation import Variation, known, variation_of

__all__ = ["NO_REASSURANCE", "Crossing", "Trend", "Variation", "fit_trend", "known", "variation_of"]
