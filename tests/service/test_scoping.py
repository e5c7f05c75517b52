"""Pages and APIs see one practice: their queries start from `.of(practice)`."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import preceptor.service

SERVICE = Path(preceptor.service.__file__).parent
FRONTS = sorted(
    path for name in ("pages.py", "api.py", "asking.py", "inbox.py", "search.py") for path in SERVICE.rglob(name)
)
# A practice is found by its ODS code; what a person signs in with, by the person.
WITHOUT_A_PRACTICE = {"Practice", "Authenticator"}


def unscoped(source: str) -> list[str]:
    """Every query of a whole table: one that neither starts from `of` nor names the practice in its first filter."""
    found = []
    tree = ast.parse(source)
    started_well = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "of"}
    # Accounts have Django's own manager, without `of`: there the practice is named in the filter.
    started_well |= {
        id(call.func.value)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and _names_the_practice(call)
        if ast.unparse(call.func.value) == "User.objects" and call.func.attr in ("filter", "create_user")
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager"):
            name = ast.unparse(node.value)
            if id(node) not in started_well and name not in WITHOUT_A_PRACTICE:
                found.append(f"line {node.lineno}: {name}.{node.attr} without of(practice)")
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("get_object_or_404", "get_list_or_404"):
            first = ast.unparse(node.args[0])
            if first == "User" and _names_the_practice(node):
                continue
            if first[:1].isupper() and ".of(" not in first and first not in WITHOUT_A_PRACTICE:
                found.append(f"line {node.lineno}: {first} in {ast.unparse(node.func)} without of(practice)")
    return found


def _names_the_practice(call: ast.Call) -> bool:
    return any(keyword.arg == "practice" for keyword in call.keywords)


@pytest.mark.parametrize("path", FRONTS, ids=lambda path: str(path.relative_to(SERVICE)))
def test_every_query_of_a_page_starts_from_its_practice(path):
    assert unscoped(path.read_text()) == []


@pytest.mark.parametrize(
    "slip",
    [
        "Request.objects.all()",
        "Request.objects.filter(practice=practice)",
        "User.objects.filter(is_active=True)",
        "get_object_or_404(User, pk=1)",
        "rows = Patient.objects",
        "get_object_or_404(Patient, pk=1)",
        "models.Request._default_manager.get(pk=1)",
    ],
)
def test_the_check_finds_a_slip(slip):
    assert unscoped(slip)


@pytest.mark.parametrize(
    "right",
    [
        "Request.objects.of(p).all()",
        "get_object_or_404(Request.objects.of(p), pk=1)",
        "User.objects.filter(practice=p)",
        "get_object_or_404(User, practice=p, pk=1)",
    ],
)
def test_the_check_lets_pass_what_is_right(right):
    assert unscoped(right) == []
