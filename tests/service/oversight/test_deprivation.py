"""A practice says how deprived its patients' areas are: all of a file or nothing, in the ledger, shown as fifths."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from typer.testing import CliRunner

from preceptor.cli import app
from preceptor.service.accounts.models import Role
from preceptor.service.ledger.models import Entry
from preceptor.service.ledger.verify import verify
from preceptor.service.oversight import measuring
from preceptor.service.oversight.deprivation import BadTable, Taken, quintile_in_words, take_deciles
from preceptor.service.oversight.models import Deprivation
from preceptor.service.oversight.tables import audited
from service.factories import a_patient, a_practice, a_user
from service.oversight.histories import an_auditor, decided

pytestmark = pytest.mark.django_db


@pytest.fixture
def practice():
    return a_practice()


@pytest.fixture
def pat(practice):
    return a_patient(practice, key="Patient/p1", nhs_number="9990000018")


@pytest.fixture
def sam(practice):
    return a_patient(practice, key="Patient/p2", sex="male")


def a_file(folder: Path, *rows: str, head: str = "patient,decile") -> Path:
    path = folder / "deciles.csv"
    path.write_text("\n".join((head, *rows)) + "\n")
    return path


def deciles() -> dict[str, int]:
    return {row.patient.key: row.decile for row in Deprivation.objects.select_related("patient")}


def test_deciles_are_kept_shown_as_fifths_and_entered_in_the_ledger(practice, pat, sam, tmp_path):
    taken = take_deciles(practice, a_file(tmp_path, "999 000 0018,1", "p2,10"))
    assert taken == Taken(added=2, changed=0, unchanged=0, unknown=0)
    assert deciles() == {"Patient/p1": 1, "Patient/p2": 10}
    entry = Entry.objects.get(kind="oversight.deprivation")
    assert json.loads(entry.body)["added"] == 2
    assert "9990000018" not in entry.body
    assert verify().whole

    decided(practice, a_user(practice), an_auditor(practice), [("soon",) * 4] * 40, tool="triage", patients=[pat, sam])
    fifths = [row.attributes["deprivation"] for row in audited(practice, "triage", "1.0.0").rows]
    assert fifths == ["1 (most deprived fifth)", "5 (least deprived fifth)"] * 20
    found = measuring.gates(practice, "triage", "1.0.0").measured.subgroups
    assert {group.value for group in found.groups if group.attribute == "deprivation"} == set(fifths)


def test_the_same_again_changes_nothing_and_a_new_decile_takes_the_place_of_the_old(practice, pat, sam, tmp_path):
    take_deciles(practice, a_file(tmp_path, "Patient/p1,1", "p2,10"))
    assert take_deciles(practice, a_file(tmp_path, "p1,1", "p2,10")) == Taken(0, 0, 2, 0)
    assert Entry.objects.filter(kind="oversight.deprivation").count() == 1
    assert take_deciles(practice, a_file(tmp_path, "p2,9")) == Taken(0, 1, 0, 0)
    assert deciles() == {"Patient/p1": 1, "Patient/p2": 9}
    assert Entry.objects.filter(kind="oversight.deprivation").count() == 2


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (["p1,1", "p2,11"], "row 3: the decile '11' is not a whole number from 1 to 10"),
        (["p1,1", "p2,0"], "row 3: the decile '0'"),
        (["p1,1", "p2,"], "row 3: the decile ''"),
        (["p1,1", "p2,3.5"], "row 3: the decile '3.5'"),
        (["p1,1", ",3"], "row 3: it names no patient"),
        (["p1,1", "p2,3,4"], "row 3: it has 3 columns"),
        (["p1,1", "p1,2"], "row 3: it gives another decile than row 2"),
        (["p1,1", "9990000018,2"], "row 3: this patient has another decile under another name"),
        (["nobody,1"], "none of its 1 patients is a patient of"),
        ([], "names no patient"),
        (['"p1,1'], "is not CSV"),
    ],
)
@pytest.mark.usefixtures("pat", "sam")
def test_a_file_with_anything_wrong_is_refused_in_a_line_and_nothing_of_it_is_kept(practice, tmp_path, rows, why):
    with pytest.raises(BadTable) as refused:
        take_deciles(practice, a_file(tmp_path, *rows))
    assert why in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not Deprivation.objects.exists()
    assert not Entry.objects.exists()


def test_what_is_no_table_is_refused(practice, tmp_path):
    with pytest.raises(BadTable, match="first line should be patient,decile"):
        take_deciles(practice, a_file(tmp_path, "p1,1", head="nhs,imd"))
    (tmp_path / "deciles.csv").write_bytes(b"patient,decile\n\xff\xfe,1\n")
    with pytest.raises(BadTable, match="not CSV in UTF-8"):
        take_deciles(practice, tmp_path / "deciles.csv")


def test_patients_of_another_practice_are_out_of_reach(practice, pat, tmp_path):
    a_patient(a_practice(), key="Patient/far")
    assert take_deciles(practice, a_file(tmp_path, "p1,4", "far,1")) == Taken(1, 0, 0, unknown=1)
    assert deciles() == {pat.key: 4}


def test_the_command_tells_counts_and_what_it_could_not_place(practice, pat, sam, tmp_path):
    def run(*rows: str):
        words = [str(a_file(tmp_path, *rows)), "--practice", practice.ods_code]
        return CliRunner().invoke(app, ["deprivation", *words, "--json"])

    done = run("p1,1", "p2,2")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {"added": 2, "changed": 0, "unchanged": 0, "unknown": 0}
    placed = run("p1,1", "nobody,2")
    assert placed.exit_code == 1
    assert "1 are no patients of this practice" in placed.stderr
    bad = run("p1,1", "p2,twelve")
    assert bad.exit_code == 2
    assert bad.stderr.splitlines() == [
        "preceptor: deciles.csv, row 3: the decile 'twelve' is not a whole number from 1 to 10"
    ]


def test_a_page_that_was_read_before_shows_deciles_given_since(practice, pat, sam, tmp_path):
    decided(practice, a_user(practice), an_auditor(practice), [("soon",) * 4] * 40, tool="triage", patients=[pat, sam])
    client = Client()
    client.force_login(a_user(practice, Role.SAFETY_OFFICER))
    page = reverse("tool_figures", args=["triage"])
    version = {"version": "1.0.0"}
    assert "nothing of it is known here, and nothing has been passed" in client.get(page, version).content.decode()
    take_deciles(practice, a_file(tmp_path, "p1,1", "p2,10"))
    after = client.get(page, version).content.decode()
    assert "nothing of it is known here" not in after
    assert "most deprived fifth" in after


def test_ten_deciles_make_five_fifths():
    words = [quintile_in_words(decile) for decile in range(1, 11)]
    assert words == [
        *["1 (most deprived fifth)"] * 2, "2", "2", "3", "3", "4", "4", *["5 (least deprived fifth)"] * 2
    ]  # fmt: skip
