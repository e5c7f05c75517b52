"""A table of decisions from a file, and the command that measures it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from preceptor.cli import app
from preceptor.supervision.reading import read_decisions

HEADER = "clinician,case,first_view,advice,final,truth"
GOOD = f"""{HEADER}
a,1,routine,same_day,same_day,same_day
a,2,routine,same_day,routine,same_day
b,3,soon,routine,soon,soon
b,4,,soon,soon,soon
"""


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "decisions.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_the_command_measures_a_file_in_words_and_as_json(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    told = CliRunner().invoke(app, ["reliance", str(path)])
    assert told.exit_code == 0
    assert (
        "4 decisions of 2 clinicians; 3 can speak of reliance, 1 have no first view (not identifiable)" in told.output
    )
    assert "RAIR: put right by right advice            0.500  1/2" in told.output

    found = json.loads(CliRunner().invoke(app, ["reliance", str(path), "--json"]).output)
    assert found["measures"]["rair"]["count"] == 1
    assert found["measures"]["rair"]["n"] == 2
    assert found["measures"]["rsr"]["value"] == 1.0
    assert found["counts"]["no_first_view"] == 1
    assert found["decision_theory"]["baseline"]["value"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        (HEADER.replace("truth", "outcome") + "\n", "no column truth; the header has: clinician, case"),
        (HEADER + ",truth\n", "column truth stands twice"),
        (GOOD + "b,5,soon\n", "row 5 has 3 values, where the header has 6"),
        (GOOD + "b,5,soon,soonish,soon,soon\n", "row 5, column advice: 'soonish' is not one of emergency, same_day"),
        (GOOD + 'b,5,soon,"so"on,soon,soon\n', "is not a CSV file that can be read"),
        (b"\x93\xff\x00\x01", "is not UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_used_gets_one_clear_line(tmp_path: Path, text: str | bytes, words: str) -> None:
    done = CliRunner().invoke(app, ["reliance", str(written(tmp_path, text))])
    assert done.exit_code == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


@pytest.mark.parametrize("name", ["absent.csv", "."])
def test_no_file_there_gets_one_clear_line(tmp_path: Path, name: str) -> None:
    done = CliRunner().invoke(app, ["reliance", str(tmp_path / name)])
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize("more", ["", "a,1,,,,\n", "a,1,1,1,1,1\n" * 3, "a,1,1,1,1,\nb,1,1,1,1,\n"])
def test_a_table_that_says_little_is_answered_in_words_and_never_with_nan(tmp_path: Path, more: str) -> None:
    path = written(tmp_path, f"{HEADER}\n{more}")
    done = CliRunner().invoke(app, ["reliance", str(path), "--json"])
    assert done.exit_code == 0
    assert "NaN" not in done.output
    assert json.loads(done.output)["measures"]["rair"]["words"]
    assert "nan" not in CliRunner().invoke(app, ["reliance", str(path)]).output


def test_columns_may_come_in_any_order_with_others_between_blank_lines_and_a_byte_order_mark(tmp_path: Path) -> None:
    text = 'truth, final,advice,first_view,case,clinician,note\n\n1,1,0,NA,7,a,"x,\ny"\n\n'
    found = read_decisions(written(tmp_path, b"\xef\xbb\xbf" + text.encode()))
    assert (len(found), found.options, found.ordered) == (1, ("1", "0"), True)
    assert (found.first_view[0], found.advice[0]) == (-1, 1)


def test_a_scale_of_ones_own_gives_the_order_and_refuses_what_is_not_on_it(tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEADER}\na,1,amber,red,red,amber\nb,2,amber,green,green,amber\n")
    found = json.loads(CliRunner().invoke(app, ["reliance", str(path), "--json", "--scale", "red,amber,green"]).output)
    assert found["measures"]["commissions"]["n"] == found["measures"]["omissions"]["n"] == 1
    done = CliRunner().invoke(app, ["reliance", str(path), "--scale", "red,amber"])
    assert done.exit_code == 2
    assert "row 2, column advice: 'green' is not one of red, amber" in done.stderr


def test_each_arm_is_measured_beside_the_whole(tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEADER},arm\na,1,0,1,1,1,early\na,1,0,1,0,1,late\nb,2,0,1,1,1,late\n")
    found = json.loads(CliRunner().invoke(app, ["reliance", str(path), "--json"]).output)
    assert found["measures"]["rair"]["n"] == 3
    assert {arm: part["measures"]["rair"]["n"] for arm, part in found["arms"].items()} == {"early": 1, "late": 2}
