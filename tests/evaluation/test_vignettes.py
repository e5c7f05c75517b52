"""The vignettes are what their README says: whole, well formed, and unchanged since it was written."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path

ROOM = Path(__file__).resolve().parents[2] / "evaluation" / "vignettes"
LEVELS = {"emergency", "practice", "self_care"}
VIGNETTES = [json.loads(line) for line in (ROOM / "vignettes.jsonl").read_text("utf-8").splitlines()]


def test_the_readme_tells_the_digest_of_the_file() -> None:
    digest = hashlib.sha256((ROOM / "vignettes.jsonl").read_bytes()).hexdigest()
    assert f"sha256: `{digest}`" in (ROOM / "README.md").read_text("utf-8")


def test_every_vignette_is_whole() -> None:
    assert [each["id"] for each in VIGNETTES] == [f"v{at:03}" for at in range(1, 301)]
    for each in VIGNETTES:
        assert each["level"] in LEVELS, each["id"]
        assert each["second"] in LEVELS, each["id"]
        assert LEVELS.issuperset(each["also"] + each["second_also"]), each["id"]
        assert each["level"] not in each["also"], each["id"]
        assert 0 <= each["age"] <= 110, each["id"]
        assert each["sex"] in {"female", "male"}, each["id"]
        assert each["text"].strip() == each["text"] != "", each["id"]


def test_the_readme_counts_them_right() -> None:
    assert Counter(each["level"] for each in VIGNETTES) == {"emergency": 103, "practice": 100, "self_care": 97}
    assert set(Counter(each["form"] for each in VIGNETTES).values()) == {100}
    assert sum(bool(each["also"]) for each in VIGNETTES) == 50
    assert sum(each["second"] != each["level"] for each in VIGNETTES) == 4
    assert len({each["diagnosis"].casefold() for each in VIGNETTES}) == 227
