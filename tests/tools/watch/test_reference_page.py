"""The reference page says what the watches say."""

from __future__ import annotations

from tools.watch.reference_page import PAGE, page


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text() == page(), "run: python tests/tools/watch/reference_page.py"
