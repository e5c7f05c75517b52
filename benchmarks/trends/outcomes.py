# /// script
# requires-python = ">=3.11"
# dependencies = ["lifelines==0.30.3", "preceptor"]
# [tool.uv.sources]
# preceptor = { path = "../..", editable = true }
# ///
"""Does a trend tell more of what happens than the last result alone? On real patients with known outcomes.

    uv run benchmarks/trends/outcomes.py FOLDER

FOLDER holds pbc.csv and pbcseq.csv (Mayo Clinic, primary biliary cholangitis, as in R's survival) and renal/gfr.csv
and renal/surv.csv (kidney transplants, Leuven, as in R's JMbayes and joineRML). They are never committed. lifelines
(MIT) needs an older pandas than the rest of the house, so it stands here and not among the development packages.

First the published figures of R's survival vignette on time-dependent covariates are reproduced. Then, at each
landmark, of those still under observation: Cox models by age and the last result, with and without the trend of the
results of the three years before, told by `fit_trend`. Everything was set before the first run: landmarks, horizon,
window, covariates. Predictions are cross-validated in ten parts, and intervals resample patients.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from lifelines import CoxPHFitter
from survival import brier, concordance, interval

from preceptor.trends import Trend, fit_trend

WINDOW = 3.0  # years before the landmark
HORIZON = 3.0  # years after it
PARTS = 10
EXACTLY = {"precision": 1e-12}
MODELS = {
    "last result": ["age", "last"],
    "last result + trend": ["age", "last", "slope"],
    "fitted level": ["age", "level"],
    "fitted level + trend": ["age", "level", "slope"],
}


@dataclass(frozen=True)
class Study:
    """`results`: id, years, value. `people`: id, age at the start, years, event."""

    name: str
    analyte: str
    outcome: str
    landmarks: tuple[float, ...]
    results: pd.DataFrame
    people: pd.DataFrame
    not_before: float = 0.0  # years: results before it are of another state (a new kidney that settles in)


def main(folder: Path) -> None:
    print("\n".join(_vignette(folder)))
    for study in _studies(folder):
        print("\n".join(_report(study)), flush=True)


def _vignette(folder: Path) -> Iterator[str]:
    """Therneau, Crowson, Atkinson: Using time dependent covariates (vignette of R's survival), section on pbcseq."""
    pbc = pd.read_csv(folder / "pbc.csv")
    pbc = pbc.assign(death=pbc.status == 2, log_bili=np.log(pbc.bili), log_protime=np.log(pbc.protime))
    whole = pbc[["time", "death", "log_bili", "log_protime"]].dropna()
    baseline = CoxPHFitter().fit(whole, "time", "death", fit_options=EXACTLY).params_
    trial = pbc[pbc.id <= 312]
    ends = trial.set_index("id")
    visits = pd.read_csv(folder / "pbcseq.csv").sort_values(["id", "day"])
    ends = pbc.set_index("id")
    visits = visits[visits.day < visits.id.map(ends.time)].copy()
    visits["stop"] = visits.groupby("id").day.shift(-1).fillna(visits.id.map(ends.time))
    visits["death"] = (visits.stop == visits.id.map(ends.time)) & visits.id.map(ends.death).astype(bool)
    visits = visits.assign(log_bili=np.log(visits.bili), log_protime=np.log(visits.protime))
    columns = ["day", "stop", "death", "log_bili", "log_protime"]
    varying = CoxPHFitter().fit(visits[columns], "stop", "death", entry_col="day", fit_options=EXACTLY).params_
    yield "| Cox model | coefficient | published | here |"
    yield "|---|---|---|---|"
    for name, found, told in (
        (f"baseline, n = {len(whole)}, {whole.death.sum()} deaths", baseline, (0.930592, 2.890573)),
        (f"time-dependent, {len(trial)} of the trial, {len(visits):,} intervals", varying, (1.241214, 3.983400)),
    ):
        for covariate, published in zip(("log_bili", "log_protime"), told, strict=True):
            yield f"| {name} | {covariate.replace('_', ' ')} | {published:.6f} | {found[covariate]:.6f} |"
    alone = CoxPHFitter().fit(trial[whole.columns], "time", "death", fit_options=EXACTLY).params_
    for covariate in ("log_bili", "log_protime"):
        yield f"| baseline, the 312 of the trial alone | {covariate.replace('_', ' ')} | - | {alone[covariate]:.6f} |"


def _studies(folder: Path) -> Iterator[Study]:
    visits = pd.read_csv(folder / "pbcseq.csv")
    people = visits.groupby("id").first().reset_index()
    people = people.assign(years=people.futime / 365.25, event=people.status == 2)[["id", "age", "years", "event"]]
    visits = visits.assign(years=visits.day / 365.25)
    death = "death (a transplant ends observation)"
    for analyte, column, factor in (
        ("bilirubin", "bili", 17.1),
        ("albumin", "albumin", 10.0),
        ("platelets", "platelet", 1.0),
    ):
        results = visits.assign(value=visits[column] * factor)[["id", "years", "value"]].dropna()
        yield Study(f"pbcseq: {analyte}", analyte, death, (1.0, 2.0, 3.0, 4.0, 5.0), results, people)
    renal = pd.read_csv(folder / "renal" / "surv.csv")
    renal = renal.assign(years=renal.fuyears, event=renal.failure == 1)[["id", "age", "years", "event"]]
    gfr = pd.read_csv(folder / "renal" / "gfr.csv").rename(columns={"gfr": "value"})[["id", "years", "value"]]
    yield Study(
        "renal: estimated GFR", "egfr", "failure of the transplant", (1.0, 2.0, 3.0, 5.0, 7.0), gfr, renal, 0.25
    )


def _report(study: Study) -> Iterator[str]:
    yield f"\n### {study.name}\n\nOutcome: {study.outcome} within {HORIZON:g} years of the landmark.\n"
    tables = {f"year {mark:g}": _at(study, mark) for mark in study.landmarks}
    tables = {name: table for name, table in tables.items() if table.event.sum() >= 10}
    tables["all together"] = pd.concat(
        [table.assign(mark=name) for name, table in tables.items()], ignore_index=True
    )  # fmt: skip
    yield "| landmark | people | rows | events | C: last result | + trend: gain in C | Brier: last result | + trend: fall in Brier | fitted level: gain in C by trend |"  # noqa: E501
    yield "|---|---|---|---|---|---|---|---|---|"
    for name, table in tables.items():
        yield _row(name, table)
    yield ""
    yield "| all landmarks together | hazard ratio for one sd of slope, beside age and the last result |"
    yield "|---|---|"
    yield _hazard(tables["all together"])


def _at(study: Study, mark: float) -> pd.DataFrame:
    """Those under observation at the landmark with three results or more before it: what was known then, and what came
    of it by the horizon."""
    rows = []
    for person in study.people[study.people.years > mark].itertuples():
        own = study.results[(study.results.id == person.id) & (study.results.years <= mark)]
        own = own[(own.years > mark - WINDOW) & (own.years >= study.not_before)].sort_values("years")
        if len(own) < 3:
            continue
        trend = fit_trend(own.years.tolist(), own.value.tolist(), study.analyte)
        if trend.slope is None:
            continue
        after = min(person.years - mark, HORIZON)
        happened = bool(person.event) and person.years - mark <= HORIZON
        rows.append((person.id, person.age + mark, *_told(trend, float(own.value.iloc[-1])), after, happened))
    return pd.DataFrame(rows, columns=["id", "age", "last", "level", "slope", "time", "event"])


def _told(trend: Trend, last: float) -> tuple[float, float, float]:
    """Last result, level and slope: on the log scale, and relative, where the analyte varies in proportion."""
    level, slope = float(trend.level or 0), float(trend.slope or 0)
    if trend.scale == "log":
        return float(np.log(last)), float(np.log(level)), slope / level
    return last, level, slope


def _row(name: str, table: pd.DataFrame) -> str:
    risks = {model: _out_of_fold(table, columns) for model, columns in MODELS.items()}
    time, event, people = table.time.to_numpy(), table.event.to_numpy(bool), table.id.to_numpy()
    c = {model: concordance(time, event, risk) for model, risk in risks.items()}
    b = {model: brier(time, event, risk, HORIZON) for model, risk in risks.items()}
    cells = [
        interval(c["last result"], people),
        interval(lambda w: c["last result + trend"](w) - c["last result"](w), people),
        interval(b["last result"], people),
        interval(lambda w: b["last result"](w) - b["last result + trend"](w), people),
        interval(lambda w: c["fitted level + trend"](w) - c["fitted level"](w), people),
    ]
    said = [
        (f"{value:.3f} ({low:.3f} to {high:.3f})" if place in (0, 2) else f"{value:+.3f} ({low:+.3f} to {high:+.3f})")
        for place, (value, low, high) in enumerate(cells)
    ]
    return f"| {name} | {table.id.nunique()} | {len(table)} | {int(table.event.sum())} | " + " | ".join(said) + " |"


def _out_of_fold(table: pd.DataFrame, columns: list[str]) -> Any:
    """The risk by the horizon of each row, by a model that has not seen that person; parts are drawn by person."""
    ids = np.random.default_rng(1).permutation(table.id.unique())
    part = table.id.map({person: place % PARTS for place, person in enumerate(ids)}).to_numpy()
    risk = np.empty(len(table))
    for held_out in range(PARTS):
        seen, unseen = table[part != held_out], table[part == held_out]
        model = _cox(seen, columns)
        chance = model.predict_survival_function(_covariates(unseen, columns, seen), times=[HORIZON - 1e-9])
        risk[part == held_out] = 1 - chance.to_numpy()[0]
    return risk


def _covariates(table: pd.DataFrame, columns: list[str], seen: pd.DataFrame) -> pd.DataFrame:
    return (table[columns] - seen[columns].mean()) / seen[columns].std()


def _cox(table: pd.DataFrame, columns: list[str], people: bool = False) -> CoxPHFitter:
    scaled = _covariates(table, columns, table).assign(time=table.time, event=table.event)
    if people:
        return CoxPHFitter().fit(scaled.assign(id=table.id), "time", "event", cluster_col="id")
    return CoxPHFitter().fit(scaled, "time", "event")


def _hazard(table: pd.DataFrame) -> str:
    found = _cox(table, MODELS["last result + trend"], people=True).summary.loc["slope"]
    ratio, low, high = (found[name] for name in ("exp(coef)", "exp(coef) lower 95%", "exp(coef) upper 95%"))
    return (
        f"| {table.id.nunique()} people, {len(table)} rows, {int(table.event.sum())} events; 1 sd of slope "
        f"= {table.slope.std():.3g} | {ratio:.2f} ({low:.2f} to {high:.2f}) |"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
