"""Installs a plug-in's folder into a target without a network: its files, and the entry points of its pyproject."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path


def install(folder: Path, target: Path) -> None:
    """What an installer leaves behind: the package's files and a dist-info with metadata and entry points."""
    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    shutil.copytree(folder / "src", target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    info = target / f"{project['name']}-{project['version']}.dist-info"
    info.mkdir(parents=True)
    info.joinpath("METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n", "utf-8"
    )
    groups = project["entry-points"].items()
    info.joinpath("entry_points.txt").write_text(
        "".join(
            f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in points.items())
            for group, points in groups
        ),
        "utf-8",
    )
