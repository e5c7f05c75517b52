"""Many cases read by several processes are as one process reads them."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from preceptor.advice import Case, Request
from preceptor.learning import reading
from preceptor.learning.reading import Readers


def test_several_readers_read_as_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["my knee is sore", "?", "crushing pain in my chest", "repeat prescription please"]
    cases = [Case(str(at), datetime(2026, 11, 2, tzinfo=UTC), Request(text)) for at, text in enumerate(words)]
    with Readers() as alone:
        one = alone.read(cases)
    monkeypatch.setattr(reading, "WORTH_IT", 2)
    monkeypatch.setattr(reading, "cores", lambda: 2)
    with Readers() as readers:
        several = readers.read(cases)

    assert [each is None for each in one] == [False, True, False, False]
    for ours, theirs in zip(one, several, strict=True):
        assert (ours is None) == (theirs is None)
        if ours is not None and theirs is not None:
            assert np.array_equal(ours.row, theirs.row)
            assert (ours.floor, ours.about) == (theirs.floor, theirs.about)
