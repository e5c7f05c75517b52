"""An evaluation as one page of HTML that stands alone: charts drawn here, a table beside each, nothing fetched."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from preceptor.advice import URGENCIES
from preceptor.evaluation import charts, telling
from preceptor.evaluation.evaluation import Evaluation
from preceptor.supervision.figures import Figure


def page(found: Evaluation) -> str:
    """The page. Everything in it that came from outside (names of groups, ids, a card's words) is escaped."""
    # The template marks these as safe: they are our own drawing, and `charts` escapes the words that it is given.
    drawn = {
        "measures": charts.shares(
            [(measure.title, share) for measure, share in found.measures], "measures", "Main figures"
        ),
        "confusion": charts.confusion(found, "confusion"),
        "groups": charts.shares(
            [(f"{group.attribute}: {group.value} (n {group.n:,})", group.acceptable) for group in found.groups.groups],
            "groups",
            "Acceptable advice, by group",
        ),
    }
    reliability = [
        charts.reliability(each, f"reliability-{place}", f"Reliability: {title}")
        for place, (title, each) in enumerate(found.calibration)
    ]
    return _template().render(
        found=found,
        charts=drawn,
        reliability=reliability,
        columns=[*map(str, URGENCIES), *(["none"] if found.no_advice else [])],
        set_rows=[(title, getattr(found.sets, key)) for key, title in telling.SET_TITLES.items()],
        calibration_titles=telling.CALIBRATION_TITLES,
        uncalibrated=telling.UNCALIBRATED,
        validation=telling.validation(found),
        records=telling.records_in_words(found) if found.records.requests else "",
        preceptor=version("preceptor"),
    )


@cache
def _template() -> Template:
    rooms = Environment(
        loader=PackageLoader("preceptor.evaluation", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    rooms.filters |= {"percent": telling.percent, "of": telling.of, "number": telling.number, "named": charts.named}
    rooms.tests["figure"] = lambda value: isinstance(value, Figure)
    return rooms.get_template("page.html.jinja")
