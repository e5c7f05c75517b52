from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from preceptor.record.fhir import Entry, Problem, files_of, read
from record.fhir.samples import a_bundle, a_patient, an_observation, written


def told(*paths: Path) -> tuple[list[str], list[str]]:
    """The ids of the resources that were read, and the problems without the folder's name."""
    items = list(read(files_of(paths)))
    ids = [item.resource["id"] for item in items if isinstance(item, Entry)]
    problems = [str(item).rpartition("/")[2] for item in items if isinstance(item, Problem)]
    return ids, problems


def test_a_folder_of_every_kind_of_file_is_read_patients_first(tmp_path: Path) -> None:
    (tmp_path / "Condition.ndjson").write_text('{"resourceType": "Condition", "id": "c1"}\n\n')
    (tmp_path / "1.Patient.ndjson.gz").write_bytes(gzip.compress(b'{"resourceType": "Patient", "id": "p1"}\n' * 2))
    written(tmp_path / "b.json", a_bundle(a_patient(id="p2"), an_observation(id="o2")), indent=2)
    (tmp_path / "c.json.gz").write_bytes(gzip.compress(json.dumps(a_patient(id="p3")).encode()))
    (tmp_path / "LICENSE").write_text("words")
    assert told(tmp_path) == (["p1", "p1", "c1", "p2", "o2", "p3"], [])


def test_a_place_is_the_entry_of_a_bundle_and_the_line_of_a_file(tmp_path: Path) -> None:
    lines = written(tmp_path / "a.ndjson", a_patient())
    lines.write_text("\n" + lines.read_text() + "\nnot json\n")
    bundle = written(tmp_path / "b.json", a_bundle(a_patient(), an_observation()))
    found = [(item.place, type(item)) for item in read([lines, bundle])]
    assert found == [(2, Entry), (3, Problem), (1, Entry), (2, Entry)]


@pytest.mark.parametrize("kind", ["transaction", "batch", "collection", "searchset", "history", "document"])
def test_bundles_of_every_type_are_read(tmp_path: Path, kind: str) -> None:
    assert told(written(tmp_path / "a.json", a_bundle(a_patient(), kind=kind))) == (["p1"], [])


def test_the_order_of_a_bundles_members_does_not_matter(tmp_path: Path) -> None:
    bundle = written(tmp_path / "a.json", a_bundle(a_patient(), an_observation()), sort_keys=True)
    assert bundle.read_text().startswith('{"entry"')
    assert told(bundle) == (["p1", "r1"], [])
    # A List has entries too, and is one resource.
    assert told(written(tmp_path / "b.json", {"entry": [{"item": {}}], "id": "l1", "resourceType": "List"})) == (
        ["l1"],
        [],
    )


def test_lines_are_told_by_what_is_in_them_not_by_the_name(tmp_path: Path) -> None:
    lines = tmp_path / "export.json"
    lines.write_text("\n".join(json.dumps(a_patient(id=f"p{n}")) for n in range(3)))
    pretty = written(tmp_path / "one.ndjson", a_patient(), indent=2)
    assert told(lines, pretty) == (["p0", "p1", "p2", "p1"], [])


def test_a_bundle_on_a_line_gives_its_entries(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text(json.dumps(a_bundle(a_patient(), an_observation())) + "\n" + json.dumps(a_patient(id="p2")))
    assert told(path) == (["p1", "r1", "p2"], [])


def test_a_byte_order_mark_is_stepped_over(tmp_path: Path) -> None:
    for name in ("a.json", "b.ndjson"):
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + json.dumps(a_patient()).encode())
    assert told(tmp_path) == (["p1", "p1"], [])


def test_numbers_keep_the_digits_they_were_sent_with(tmp_path: Path) -> None:
    text = '{"resourceType": "Observation", "id": "r1", "valueQuantity": {"value": 6.20}}'
    (tmp_path / "a.ndjson").write_text(text)
    (tmp_path / "b.json").write_text('{"resourceType": "Bundle", "entry": [{"resource": ' + text + "}]}")
    values = [str(item.resource["valueQuantity"]["value"]) for item in read(files_of([tmp_path])) if item.place]
    assert values == ["6.20", "6.20"]


BUNDLE = json.dumps(a_bundle(a_patient(), an_observation(), an_observation(id="r2"))).encode()


def test_a_bundle_cut_short_keeps_the_entries_before_the_break(tmp_path: Path) -> None:
    path = tmp_path / "cut.json"
    path.write_bytes(BUNDLE[: BUNDLE.index(b'"r2"')])
    assert told(path) == (
        ["p1", "r1"],
        ["cut.json, entry 3: the file ends in the middle: it was cut short; the 2 entries before the break were read"],
    )


def test_a_gzip_file_cut_short_keeps_the_entries_before_the_break(tmp_path: Path) -> None:
    patients = [a_patient(id=f"p{n}", text=f"{n * 7919:x}" * 40) for n in range(3000)]
    lines = "\n".join(map(json.dumps, patients))
    for name, text in (("a.ndjson.gz", lines), ("b.json.gz", json.dumps(a_bundle(*patients)))):
        packed = gzip.compress(text.encode())
        (tmp_path / name).write_bytes(packed[: len(packed) * 9 // 10])
        ids, problems = told(tmp_path / name)
        assert 1000 < len(ids) < 3000
        assert len(problems) == 1
        assert "the gzip file ends in the middle: it was cut short" in problems[0]


def test_a_damaged_gzip_file_is_one_problem(tmp_path: Path) -> None:
    (tmp_path / "a.json.gz").write_bytes(b"\x1f\x8b" + b"nonsense" * 10)
    assert told(tmp_path) == ([], ["a.json.gz: the gzip file is damaged"])


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b'{"resource": {"a": NaN}}', "is not JSON (NaN is not a JSON number)"),
        (b'{"resource": {"a": 1,}}', "is not JSON ("),
        (b'{"resource": {"a": "caf\xe9"}}', "holds bytes that are not UTF-8 text (after"),
        (b'{"resource": {"a": ' + b"1" * 5000 + b"}}", "holds a number that is too long"),
        (b'{"resource": ' + b"[" * 5000 + b"]" * 5000 + b"}", "is nested too deeply"),
        (b"nonsense", "is not JSON (expecting value)"),
        (b"3", "is not a JSON object"),
        (b"{}", "has no resource in it"),
        (b'{"request": {"method": "DELETE"}}', "asks for a deletion, which is not carried out"),
        (b'{"resource": {"resourceType": "Bundle"}}', "is a Bundle without entries"),
    ],
)
def test_one_bad_entry_costs_one_line_and_not_the_rest(tmp_path: Path, bad: bytes, why: str) -> None:
    path = tmp_path / "a.json"
    good = json.dumps({"resource": a_patient()}).encode()
    path.write_bytes(b'{"resourceType": "Bundle", "entry": [' + good + b", " + bad + b",\n" + good + b"]}")
    ids, problems = told(path)
    assert ids == ["p1", "p1"]
    assert len(problems) == 1
    assert problems[0].startswith(f"a.json, entry 2: {why}")


@pytest.mark.parametrize("bad", [b"{", b'{"a": NaN}', b'{"id": "caf\xe9"}', b'{"a": 1} {"b": 2}', b"\0"])
def test_one_bad_line_costs_one_line_and_not_the_rest(tmp_path: Path, bad: bytes) -> None:
    path = tmp_path / "a.ndjson"
    good = json.dumps(a_patient()).encode()
    path.write_bytes(b"\n".join([good, bad, good]))
    ids, problems = told(path)
    assert (ids, len(problems)) == (["p1", "p1"], 1)
    assert problems[0].startswith("a.ndjson, entry 2: ")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b" \n\n ", "is empty"),
        (b'<Patient xmlns="http://hl7.org/fhir">', "is XML; this program reads FHIR in JSON"),
        ("{}".encode("utf-16"), "is not UTF-8 text (it looks like UTF-16), which FHIR JSON has to be"),
        (b"[]", "is not FHIR in JSON: it does not begin with {"),
        (b"PK\x03\x04", "is not FHIR in JSON: it does not begin with {"),
        (b'{"resourceType": "Bundle", "type": "searchset", "total": 0}', "is a Bundle without entries"),
        (b'{"resourceType": "Bundle", "entry": []}', "is a Bundle without entries"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_problem(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "a.json").write_bytes(content)
    assert told(tmp_path) == ([], [f"a.json: {why}"])


def test_a_folder_without_fhir_says_so_and_xml_in_it_is_named(tmp_path: Path) -> None:
    assert "no file in this folder ends in .json" in told(tmp_path)[1][0]
    (tmp_path / "a.xml").write_text("<Patient/>")
    assert told(tmp_path)[1] == ["a.xml: is XML; this program reads FHIR in JSON"]


def test_what_follows_the_end_of_the_json_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(BUNDLE + b" more")
    ids, problems = told(tmp_path)
    assert (len(ids), len(problems)) == (3, 1)
    assert "goes on after the end of its JSON" in problems[0]


def test_an_entry_larger_than_the_window_is_read_whole(tmp_path: Path) -> None:
    long = a_patient(text={"div": "word, " * 200_000})
    path = written(tmp_path / "a.json", a_bundle(a_patient(), long, a_patient(id="p2")))
    entries = [item for item in read([path]) if isinstance(item, Entry)]
    assert [entry.resource["id"] for entry in entries] == ["p1", "p1", "p2"]
    assert entries[1].resource == long


def test_progress_adds_up_to_the_size_of_the_files(tmp_path: Path) -> None:
    written(tmp_path / "a.json", a_bundle(*[an_observation(id=f"r{n}") for n in range(500)]))
    (tmp_path / "b.ndjson.gz").write_bytes(gzip.compress(json.dumps(a_patient()).encode()))
    seen: list[int] = []
    list(read(files_of([tmp_path]), seen.append))
    assert sum(seen) == sum(path.stat().st_size for path in tmp_path.iterdir())


def test_a_problem_is_one_printable_line() -> None:
    problem = Problem("a.json", 12, "why\n\x1b[31mred\ud800", "Observation/abc")
    assert str(problem) == "a.json, entry 12 (Observation/abc): why  [31mred "
