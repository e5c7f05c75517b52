"""What the record says that a rule may rest on."""

from __future__ import annotations

import pytest

from preceptor.tools.triage.facts import is_active, with_concept
from tools.triage.cases import AS_OF, event


@pytest.mark.parametrize(
    ("kind", "status", "days_ago", "active"),
    [
        ("medication", "active", 2000, True),
        ("medication", "completed", 30, True),  # a supply that was handed out and is still in use
        ("medication", "completed", 200, False),
        ("medication", "stopped", 1, False),
        ("medication", "", 300, True),
        ("medication", "", 500, False),
        ("medication", "active", -3, False),
        ("condition", "active", 9000, True),
        ("condition", "", 9000, True),
        ("condition", "resolved", 9000, False),
        ("plan", "revoked", 10, False),
    ],
)
def test_active_is_what_has_begun_and_is_not_over(kind: str, status: str, days_ago: int, active: bool) -> None:
    assert is_active(event(kind, "x", days_ago, status=status), AS_OF) is active


def test_a_class_of_medicines_holds_its_members() -> None:
    taken = event("medication", "Apixaban", concept="apixaban")
    assert with_concept((taken,), "anticoagulant") == (taken,)
    assert with_concept((taken,), "lithium", "a_slug_that_no_table_has") == ()
