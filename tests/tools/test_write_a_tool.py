"""The how-to is followed to the letter: its blocks make a package, which is installed, asked and checked."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tools.plugins import install

REPOSITORY = Path(__file__).parents[2]
PAGE = REPOSITORY / "docs" / "how-to" / "write-a-tool.md"
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def blocks() -> list[tuple[str, str, str]]:
    return BLOCK.findall(PAGE.read_text("utf-8"))


def test_the_page_makes_a_tool_that_conforms(tmp_path: Path) -> None:
    folder, site = tmp_path / "paperwork", tmp_path / "site"
    for _, name, content in blocks():
        if name:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content, "utf-8")
    install(folder, site)
    environment = os.environ | {"PYTHONPATH": str(site)}
    test = folder / "tests" / "test_paperwork.py"
    code = test.read_text("utf-8") + "\ntest_it_keeps_to_what_every_tool_must()\n"
    (unnamed,) = (content for language, name, content in blocks() if language == "python" and not name)
    for script in (code, unnamed):
        subprocess.run([sys.executable, "-c", script], env=environment, check=True, cwd=tmp_path)  # noqa: S603
    (console,) = (content for language, _, content in blocks() if language == "console")
    (said,) = re.findall(r"echo '(.*)' \| preceptor advise paperwork", console)
    done = subprocess.run(
        [sys.executable, "-c", "from preceptor.cli import app; app()", "advise", "paperwork"],
        input=said + "\n", capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    assert '"option": "paperwork"' in done.stdout


def test_the_page_and_the_example_package_are_the_same() -> None:
    example = REPOSITORY / "tests" / "plugins" / "paperwork"
    named = {name: content for _, name, content in blocks() if name}
    assert named
    for name, content in named.items():
        assert (example / name).read_text("utf-8") == content
