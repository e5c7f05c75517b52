"""The page stands alone: charts with words, a table beside each, nothing fetched, nothing that a patient wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from evaluation.parrot import NOW, Parrot
from preceptor.cli import app
from preceptor.evaluation.evaluation import Evaluation, evaluate
from preceptor.evaluation.page import page

FileOf = Callable[..., Path]
NASTY = '<script>alert("x")</script>'


@pytest.fixture
def found(parrot: Parrot, file_of: FileOf) -> Evaluation:
    words = ["emergency", "soon", "routine", "self_care", "same_day"]
    lines = [
        {"id": f"r{at}", "text": f"{words[at % 5]} my own words", "label": words[at % 4], "style": NASTY, "age": at}
        for at in range(60)
    ]
    lines += [{"id": NASTY, "text": "crash", "label": "emergency", "style": "plain"}]
    return evaluate(parrot, file_of(*lines), NOW)


def test_the_page_stands_alone(found: Evaluation) -> None:
    html = page(found)

    assert html.count("<svg") == 6
    assert html.count("<table") >= html.count("<svg")
    assert "No clinician has reviewed or validated this tool" in html
    assert found.data.sha256 in html
    assert not re.search(r'(?:src|href)="(?!#)', html.replace("xlink:href", "href"))
    assert "url(http" not in html
    assert set(re.findall(r"https?://[^\"' <]+", html)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert "default-src &#39;none&#39;" in html or "default-src 'none'" in html


def test_nothing_of_the_data_becomes_markup_and_no_patient_is_quoted(found: Evaluation) -> None:
    html = page(found)

    assert NASTY not in html
    assert "my own words" not in html


def test_every_chart_is_well_formed_has_words_and_ids_of_its_own(found: Evaluation) -> None:
    html = page(found)
    drawn = re.findall(r"<svg.*?</svg>", html, re.DOTALL)

    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for svg in drawn:
        root = ElementTree.fromstring(svg)  # noqa: S314 -- our own drawing
        words = {child.tag.rpartition("}")[2]: child.text for child in root}
        assert words["title"]
        assert words["desc"]


def test_the_command_measures_and_writes_and_its_exit_code_says_how_it_went(file_of: FileOf, tmp_path: Path) -> None:
    good = file_of({"id": "r1", "text": "crushing pain in my chest", "age": 60, "label": "emergency"})
    out, html = tmp_path / "evidence.json", tmp_path / "page.html"
    ran = CliRunner().invoke(app, ["evaluate", "triage", str(good), "--out", str(out), "--html", str(html), "--json"])

    assert ran.exit_code == 0
    told = json.loads(ran.stdout)
    assert told == json.loads(out.read_text("utf-8"))
    assert (told["tool"], told["n"], len(told["data"]["sha256"])) == ("triage", 1, 64)
    assert told["measures"]["emergency_recall"]["n"] == 1
    assert "<svg" in html.read_text("utf-8")

    faulty = file_of({"id": "r1", "text": "sore throat", "label": "self_care"}, "not json", name="faulty.jsonl")
    ran = CliRunner().invoke(app, ["evaluate", "triage", str(faulty)])
    assert ran.exit_code == 1
    assert "line 2: not JSON" in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody", "data.jsonl"], "no tool is called 'nobody'"),
        (["triage", "nowhere.jsonl"], "cannot be read"),
        (["triage", "nowhere.jsonl", "--out", "nofolder/x.json"], "there is no folder"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_one_line(arguments: list[str], words: str) -> None:
    ran = CliRunner().invoke(app, ["evaluate", *arguments])

    assert ran.exit_code == 2
    assert words in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1
