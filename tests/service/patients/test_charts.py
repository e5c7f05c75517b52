"""Charts are SVG that reads without colour, without sight and without a network."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preceptor.service.patients.charts import Band, Point, in_words, number, result_chart, sparkline

START = datetime(2016, 2, 3, 9, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"


def points(*values: float, series: str = "") -> list[Point]:
    return [Point(START + timedelta(days=200 * n), value, series) for n, value in enumerate(values)]


def words_of(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 -- our own


def test_a_chart_names_itself_and_says_in_words_what_it_shows():
    svg = result_chart(points(72, 61, 44), title="Estimated GFR", unit="mL/min/1.73 m²", bands=[Band(60, "G3a")])
    root = ET.fromstring(svg)  # noqa: S314 -- our own
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "Estimated GFR"
    assert root.findtext(f"{SVG}desc") == (
        "3 values from 3 Feb 2016 to 9 Mar 2017: first 72, lowest 44, highest 72, latest 44 mL/min/1.73 m²"
    )
    assert root.get("aria-labelledby") == "chart-title chart-description"
    words = words_of(svg)
    assert "44" in words  # the latest value stands beside its point
    assert "G3a below 60" in words
    assert "mL/min/1.73 m²" in words


def test_two_lines_differ_in_stroke_and_in_mark_not_only_in_place():
    pressure = points(140, 150, series="Systolic") + points(80, 90, series="Diastolic")
    svg = result_chart(sorted(pressure, key=lambda p: p.when), title="Blood pressure", unit="mmHg")
    assert {"Systolic 150", "Diastolic 90"} <= set(words_of(svg))
    assert len(set(re.findall(r'stroke-dasharray="([^"]+)"', svg))) >= 1
    assert set(re.findall(r'stroke="(#[0-9a-f]+)" stroke-width="2"', svg)) == {"#0b2d52"}


@pytest.mark.parametrize("values", [(4.5,), (4.5, 4.5, 4.5), (0.0,), (-2.0, 3.0), (1e9, 2e9), (0.00001, 0.00002)])
def test_any_values_make_a_chart(values):
    ET.fromstring(result_chart(points(*values), title="A test", unit="mmol/L"))  # noqa: S314 -- our own


def test_several_values_of_one_moment_make_a_chart():
    now = [Point(START, 4.0), Point(START, 5.0)]
    assert "5" in words_of(result_chart(now, title="A test", unit="", bands=[Band(4.5, "a")]))


def test_what_a_laboratory_wrote_cannot_break_out_of_the_chart():
    svg = result_chart(points(1, 2), title="<script>alert(1)</script>", unit='"/><script>x</script>')
    assert "<script" not in svg
    ET.fromstring(svg)  # noqa: S314 -- our own


def test_nothing_is_fetched_and_no_style_is_written():
    svg = result_chart(points(1, 2, 3), title="A test", unit="g/L", bands=[Band(2, "a")])
    assert not re.search(r"url\(|@import|@font-face|<style|style=|<image|<a |<script|<foreignObject", svg)
    assert set(re.findall(r"https?://[^\"' ]+", svg)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_the_same_points_make_the_same_chart_whoever_asks_at_once():
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda n: result_chart(points(50 + n % 2, 40), title=f"T{n % 2}", unit="g/L"), range(12)))
    assert len(set(made)) == 2


def test_words_for_one_value_and_for_two_series():
    assert in_words(points(4.5), "mmol/L") == "one value, 4.5 mmol/L on 3 Feb 2016"
    both = points(140, series="Systolic") + points(80, series="Diastolic")
    assert in_words(both, "mmHg") == (
        "Systolic: one value, 140 mmHg on 3 Feb 2016. Diastolic: one value, 80 mmHg on 3 Feb 2016"
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (41.0, "41"), (4.6, "4.6"), (10.9574, "10.96"), (0.309896, "0.3099"), (1234.4, "1,234"), (0.0, "0"),
        (-3.25, "-3.25"), (999.96, "1000"), (123456.0, "123,456"), (0.00002, "0"),
    ],
)  # fmt: skip
def test_numbers_as_a_clinician_writes_them(value, shown):
    assert number(value) == shown


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20), st.integers(20, 200), st.integers(10, 60))
@settings(max_examples=100, deadline=None)
def test_a_sparkline_stays_in_its_box(values, width, height):
    line = sparkline(points(*values), width=width, height=height)
    assert len(line) == len(values)
    assert all(0 <= x <= width and 0 <= y <= height for x, y in line)
    assert [x for x, _ in line] == sorted(x for x, _ in line)
