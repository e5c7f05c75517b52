"""How often the intervals of a trend hold the truth, on simulated results, for the method chosen and for others.

    python benchmarks/trends/coverage.py [PEOPLE]

Everybody here is simulated: results of known course, with within-person and analytical variation as published (times a
factor that differs from person to person, or doubled as in the ill), at uneven times, some grossly wrong. For each way
of fitting: how many of 100 95% intervals for the slope hold the true slope, how wide they are beside those of the
method chosen. Then, how often a change is called real where there is one and where there is none.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import stats

from preceptor.trends import fit_trend, line
from preceptor.trends.line import Numbers, line_through
from preceptor.trends.variation import variation_of

Fit = Callable[[Numbers, Numbers, float], tuple[float, float]]
SIZES = (3, 4, 6, 10, 30)


@dataclass(frozen=True)
class World:
    """How results come about. `varies` spreads the factor on a person's variation, `wrong` is the share gone wrong."""

    name: str
    factor: float = 1.0
    varies: float = 0.0
    wrong: float = 0.0
    linked: float = 0.0  # correlation of results three weeks apart


WORLDS = (
    World("variation as published"),
    World("differs by person", varies=0.35),
    World("differs by person, 5% gross errors", varies=0.35, wrong=0.05),
    World("differs by person, 10% gross errors", varies=0.35, wrong=0.10),
    World("ill: twice the variation", factor=2.0, varies=0.35),
    World("neighbouring results alike", varies=0.35, linked=0.5),
)


def main(people: int) -> None:
    print(f"Simulated: {people:,} people a cell, seed 1. Range of a cell's sampling error: about +-"
          f"{196 * (0.95 * 0.05 / people) ** 0.5:.1f} points at 95%.\n")  # fmt: skip
    for world in WORLDS:
        print(f"\n**{world.name}** (analyte: creatinine, on the log scale; slope 0 and 5% a year alike)\n")
        print("| method | " + " | ".join(f"n = {size}" for size in SIZES) + " |")
        print("|---|" + "---|" * len(SIZES))
        cells = {size: list(simulated(world, size, people)) for size in SIZES}
        widths: dict[int, float] = {}
        for name, fit in METHODS.items():
            row = []
            for size in SIZES:
                covered, width = judged(fit, cells[size])
                widths.setdefault(size, width)
                row.append(f"{100 * covered:.1f} (x{width / widths[size]:.2f})")
            print(f"| {name} | " + " | ".join(row) + " |")

    print("\n**How often a change is called real** (p_real_change above 0.95), of 100 people\n")
    print("| results come about | true change | " + " | ".join(f"n = {size}" for size in (2, *SIZES)) + " |")
    print("|---|---|" + "---|" * (len(SIZES) + 1))
    for world in WORLDS:
        for slope in (0.0, 0.1):
            shares = (called_real(world, size, people, slope) for size in (2, *SIZES))
            print(
                f"| {world.name} | {100 * slope:g}% a year | " + " | ".join(f"{share:.1f}" for share in shares) + " |"
            )


def called_real(world: World, size: int, people: int, slope: float) -> float:
    """In 100."""
    cases = simulated(world, size, people, (slope,))
    found = [fit_trend(times.tolist(), np.exp(heights).tolist(), "creatinine") for times, heights, _ in cases]
    return float(100 * np.mean([(trend.p_real_change or 0) > 0.95 for trend in found]))


def simulated(
    world: World, size: int, people: int, slopes: tuple[float, ...] = (0.0, 0.05)
) -> Iterator[tuple[Numbers, Numbers, float]]:
    """Times in years, logarithms of results, and the true slope."""
    rng = np.random.default_rng(1)
    spread = variation_of("creatinine").spread(1.0)
    for _ in range(people):
        times = np.cumsum(rng.exponential(4 / size, size))
        own = spread * world.factor * np.exp(world.varies * rng.standard_normal())
        noise = rng.standard_normal(size)
        for place in range(1, size):
            alike = world.linked ** ((times[place] - times[place - 1]) / (21 / 365.25)) if world.linked else 0.0
            noise[place] = alike * noise[place - 1] + np.sqrt(1 - alike**2) * noise[place]
        slope = rng.choice(slopes)
        wrong = np.where(rng.random(size) < world.wrong, rng.choice([-1, 1], size) * np.log(2.0), 0.0)
        yield times, np.log(90) + slope * times + own * noise + wrong, slope


def judged(fit: Fit, cases: list[tuple[Numbers, Numbers, float]]) -> tuple[float, float]:
    """The share of intervals that hold the truth, and their median width."""
    spread = variation_of("creatinine").spread(1.0)
    found = [(*fit(times, heights, spread), slope) for times, heights, slope in cases]
    covered = np.mean([low <= slope <= high for low, high, slope in found])
    return float(covered), float(np.median([high - low for low, high, _ in found]))


def chosen(times: Numbers, heights: Numbers, spread: float) -> tuple[float, float]:
    fitted = line_through(times, heights, spread)
    far = fitted.reach * fitted.slope_error
    return fitted.slope - far, fitted.slope + far


def least_squares(times: Numbers, heights: Numbers, _: float) -> tuple[float, float]:
    """By the person's own results alone."""
    fitted = stats.linregress(times, heights)
    far = float(stats.t.ppf(0.975, times.size - 2)) * fitted.stderr
    return fitted.slope - far, fitted.slope + far


def published_alone(times: Numbers, heights: Numbers, spread: float) -> tuple[float, float]:
    """Least squares, and the published spread as if it were known of this person."""
    slope = float(np.polyfit(times, heights, 1)[0])
    far = 1.96 * spread / float(np.sqrt(((times - times.mean()) ** 2).sum()))
    return slope - far, slope + far


def theil_sen(times: Numbers, heights: Numbers, _: float) -> tuple[float, float]:
    found = stats.theilslopes(heights, times, 0.95)
    return float(found.low_slope), float(found.high_slope)


def with_setting(**setting: float) -> Fit:
    def fit(times: Numbers, heights: Numbers, spread: float) -> tuple[float, float]:
        before = {name: getattr(line, name) for name in setting}
        try:
            for name, value in setting.items():
                setattr(line, name, value)
            return chosen(times, heights, spread)
        finally:
            for name, value in before.items():
                setattr(line, name, value)

    return fit


METHODS: dict[str, Fit] = {
    "**chosen**: Huber, spread pooled, published worth 2 results": chosen,
    "the same, published worth 4": with_setting(PRIOR_RESULTS=4.0),
    "the same, published worth 10": with_setting(PRIOR_RESULTS=10.0),
    "least squares, own spread": least_squares,
    "least squares, published spread": published_alone,
    "Theil-Sen with Sen's interval": theil_sen,
}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
