"""Tools that go wrong, installed for one test as a package of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from preceptor.service.requests.toolbox import Toolbox


@pytest.fixture(scope="module")
def faulty_toolbox() -> Iterator[Toolbox]:
    """One for a module's tests: it starts its tools afresh by itself, whatever became of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parent / "faulty_tools"))
        with Toolbox(seconds=1.0) as toolbox:
            yield toolbox
