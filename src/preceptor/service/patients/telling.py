"""What an import did, in words for the command line."""

from __future__ import annotations

from dataclasses import asdict

from preceptor.service.patients.importing import Counts, ImportReport

_HEADINGS = {
    "read": "read",
    "added": "added",
    "replaced": "replaced",
    "unchanged": "unchanged",
    "older": "older",
    "not_kept": "not kept",
    "reported": "reported",
    "flagged": "flagged",
}


def in_words(report: ImportReport) -> str:
    """A table of counts by type with a sum, and a line for each thing that the reader may wonder about."""
    rows = [_row("", _HEADINGS)]
    rows += [_row(kind, _figures(report.types[kind])) for kind in sorted(report.types)]
    rows.append(_row("all", _figures(report.total)))
    if unkept := sorted(kind for kind, counts in report.types.items() if counts.not_kept):
        rows += ["", f"Not kept, having no place in a record here: {', '.join(unkept)}."]
    if report.total.older:
        rows += ["", "Older: a newer version of these is held, and stays."]
    if report.reported:
        rows += ["", "Reported: not taken in, each for the reason told above."]
    if report.flagged:
        rows += ["", "Flagged: kept as sent, with something told above that is not trusted."]
    return "\n".join(rows)


def _figures(counts: Counts) -> dict[str, str]:
    return {name: f"{value:,}" if value else "-" for name, value in asdict(counts).items()}


def _row(kind: str, cells: dict[str, str]) -> str:
    return f"{kind:<28}" + "".join(f"{cells[name]:>10}" for name in _HEADINGS)
