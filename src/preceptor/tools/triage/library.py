"""The body of knowledge, loaded once: words, features, red flags, presentations and context rules from the data files.

Everything is validated as it is loaded, so that a wrong data file stops the tool at its start and never at a patient.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from preceptor.collecting import no_collecting
from preceptor.tools.triage.features import Feature, Library, LibraryError
from preceptor.tools.triage.presentations import Presentation
from preceptor.tools.triage.red_flags import Rule, alarms, read_rules
from preceptor.tools.triage.text.spelling import real_words


@dataclass(frozen=True)
class Knowledge:
    """All that the tool knows."""

    features: Library
    rules: tuple[Rule, ...]
    presentations: tuple[Presentation, ...]

    @cached_property
    def alarming(self) -> frozenset[str]:
        """The features that red flags name."""
        return frozenset[str]().union(*(rule.when.names for rule in self.rules))


@cache
@no_collecting()
def the_library() -> Knowledge:
    """The knowledge that ships with the tool. Raises LibraryError when a file is wrong."""
    here = files("preceptor.tools.triage")
    flag_tables = _tables(here / "red_flags")
    presentation_tables = _tables(here / "presentations")
    presentations = tuple(Presentation.read(table, name) for name, table in presentation_tables)
    lexicon: dict[str, list[str]] = {}
    features: list[Feature] = [presentation.feature for presentation in presentations]
    for name, table in _tables(here / "lexicon"):
        for listed, words in table.pop("words", {}).items():
            if listed in lexicon:
                raise LibraryError(f"{name}: the list {listed} is defined twice")
            lexicon[listed] = words
        features += _features(table)
    for _, table in (*flag_tables, *presentation_tables):
        features += _features(table)
    misspellings = tomllib.loads((here / "text" / "misspellings.toml").read_text("utf-8"))
    library = Library.build(lexicon, features, misspellings, real_words())
    for presentation in presentations:
        presentation.check(library)
    rules = read_rules([table for _, table in flag_tables], library)
    return Knowledge(replace(library, alarms=alarms(rules, library.features)), rules, presentations)


def _features(table: dict[str, Any]) -> list[Feature]:
    return [Feature.read(name, stated) for name, stated in table.get("feature", {}).items()]


def _tables(folder: Traversable) -> list[tuple[str, dict[str, Any]]]:
    """The TOML files of a folder by name, in the order of their names: no file system's order decides anything."""
    found = sorted((entry.name, entry) for entry in folder.iterdir() if entry.name.endswith(".toml"))
    tables = []
    for name, entry in found:
        try:
            tables.append((name, tomllib.loads(entry.read_text("utf-8"))))
        except tomllib.TOMLDecodeError as wrong:
            raise LibraryError(f"{name}: {wrong}") from None
    return tables
