"""Every command shown in the documentation runs, and prints what the page says that it prints.

A block marked `console` is run: lines that start with "$ " are commands (a line ending in a backslash goes on), the
others must each stand in what the command before them printed. All blocks of a page share one empty folder and one
installation of their own. A block with a title becomes the file of that name.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from machine import REPOSITORY

PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
BLOCK = re.compile(r'^```(?P<kind>\w+)(?: title="(?P<file>[^"]+)")?\n(?P<body>.*?)^```$', re.MULTILINE | re.DOTALL)
ELSEWHERE = {"write-a-tool.md"}  # its package is built and installed by tests/tools/test_write_a_tool.py


def runnable(page: Path) -> bool:
    return page.name not in ELSEWHERE and any(block["kind"] == "console" for block in BLOCK.finditer(page.read_text()))


@pytest.mark.parametrize("page", [page for page in PAGES if runnable(page)], ids=lambda page: page.stem)
def test_a_page_can_be_followed_from_top_to_bottom(page: Path, tmp_path: Path) -> None:
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "PRECEPTOR_HOME": str(tmp_path / "home"),
        "COLUMNS": "120",
        "LANG": "C.UTF-8",
    }
    for block in BLOCK.finditer(page.read_text()):
        if block["file"]:
            (tmp_path / block["file"]).write_text(block["body"])
        if block["kind"] != "console":
            continue
        printed = ""
        for line in block["body"].replace("\\\n", " ").splitlines():
            if line.startswith("$ "):
                done = subprocess.run(  # noqa: S602 -- the documentation's own commands
                    line[2:], shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300
                )
                printed = done.stdout + done.stderr
                assert done.returncode in (0, 1), f"{line}\n{printed}"
            elif line.strip() and line.strip() != "...":
                assert line.strip() in printed, f"{page.name} says\n  {line}\nbut the command printed\n{printed}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_link_inside_the_documentation_is_broken(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text())
    broken = [link for link in links if not (page.parent / link).exists()]
    assert not broken
