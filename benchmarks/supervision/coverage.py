"""How often 95% intervals hold the truth: those that no long test simulates.

    python benchmarks/supervision/coverage.py [TABLES]

Made-up decisions of clinicians who differ in how often they follow advice (standard deviation .15). The truth of a
figure is what the same measure gives on 600,000 decisions of 3,000 such clinicians. RAIR, RSR, calibration, the running
bound, non-inferiority, Wilson, Clopper-Pearson, Newcombe, fatigue and pacing are covered by tests: `make test-long`.
"""

from __future__ import annotations

import sys

import numpy as np

from preceptor.advice import URGENCIES
from preceptor.supervision.calibration import net_benefit
from preceptor.supervision.decision_theory import FIGURES, split
from preceptor.supervision.decisions import Column, Decisions, tabulate
from preceptor.supervision.figures import Figure, wilson
from preceptor.supervision.reliance import rsr_change

SCALE = tuple(map(str, URGENCIES))
FROM = 0.1  # chance from which one acts, for net benefit


def decisions(rng: np.random.Generator, clinicians: int, each: int) -> Decisions:
    """First views right in 68 of 100, advice in 73; wrong ones fall anywhere. Differing advice is taken by habit."""
    n = clinicians * each
    truth = rng.choice(5, n, p=[0.05, 0.2, 0.25, 0.4, 0.1])
    view, advice = (np.where(rng.random(n) < p, truth, rng.integers(0, 5, n)) for p in (0.6, 0.66))
    habit = np.clip(rng.normal(0.45, 0.15, clinicians), 0.02, 0.98).repeat(each)
    final = np.where(rng.random(n) < habit, advice, view)
    names = [f"c{i:05}" for i in range(clinicians)]
    columns = {
        "clinician": Column(np.arange(clinicians).repeat(each), names),
        "case": Column(np.arange(n), [f"k{i}" for i in range(n)]),
    }
    views = {"first_view": view, "advice": advice, "final": final, "truth": truth}
    return tabulate(columns | {name: Column(codes, SCALE) for name, codes in views.items()}, SCALE)


def chances(rng: np.random.Generator, patients: int) -> tuple[list[float], list[bool], list[str]]:
    """Three requests a patient, alike in their risk; the tool says it well, with some noise."""
    risk = rng.beta(1, 6, patients).repeat(3)
    said = np.clip(risk * rng.lognormal(0, 0.4, len(risk)), 0.001, 0.999)
    return said.tolist(), (rng.random(len(risk)) < risk).tolist(), [f"p{i // 3}" for i in range(len(risk))]


def main(tables: int) -> None:
    whole = split(decisions(np.random.default_rng(1), 3_000, 200))
    truths = {name: getattr(whole, name).value for name in FIGURES} | {"change of RSR": 0.0}
    benefit = net_benefit(*chances(np.random.default_rng(2), 200_000)[:2], [FROM])[0]
    truths |= {
        "net benefit, tool": benefit.tool.value,
        "net benefit over acting for all": benefit.over_act_for_all.value,
    }
    held, short = dict.fromkeys(truths, 0), dict.fromkeys(truths, 0)
    for run in range(tables):
        rng = np.random.default_rng([3, run])
        found = split(decisions(rng, 30, 20))
        figures: dict[str, Figure] = {name: getattr(found, name) for name in FIGURES}
        figures["change of RSR"] = rsr_change(decisions(rng, 30, 40), decisions(rng, 30, 40)).difference
        said, happened, patients = chances(rng, 200)
        benefit = net_benefit(said, happened, [FROM], patients)[0]
        figures |= {"net benefit, tool": benefit.tool, "net benefit over acting for all": benefit.over_act_for_all}
        for name, figure in figures.items():
            if figure.interval is None:
                short[name] += 1
            else:
                held[name] += figure.interval.low <= truths[name] <= figure.interval.high
    print(f"| interval | truth | held it, of {tables:,} tables (95%) | had none |\n|---|---|---|---|")
    for name, truth in truths.items():
        of = tables - short[name]
        between = wilson(held[name], of)
        share = f"{held[name] / of:.1%} ({between.low:.1%} to {between.high:.1%})"
        print(f"| {name} | {truth:.3f} | {share} | {short[name]} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
