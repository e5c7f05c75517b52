"""A table that leaves a page: as it is shown, as CSV and as PDF."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

FONT = "Vera"  # comes with ReportLab, and has the letters of western Europe alone


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of words under named columns; `widths` are their shares of a page's width."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    widths: tuple[float, ...] = ()


def safe(value: str) -> str:
    """No spreadsheet takes it for a formula."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def as_csv(sheet: Sheet) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(sheet.columns)
    writer.writerows([safe(value) for value in row] for row in sheet.rows)
    return out.getvalue()


def as_pdf(sheet: Sheet, about: str) -> bytes:
    """Landscape A4, with `about` (whose it is, who made it and when) on every page.

    It is not tagged, so a screen reader does better with the page to print. A letter that the font lacks is shown as
    "?", and a line says so.
    """
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

    has = _letters()
    plain = ParagraphStyle("plain", fontName=FONT, fontSize=7.5, leading=9.5)
    head = ParagraphStyle("head", parent=plain, fontName=f"{FONT}-Bold")
    title = ParagraphStyle("title", parent=head, fontSize=14, leading=18)
    spoilt = False

    def cell(words: str, style: ParagraphStyle = plain) -> Paragraph:
        nonlocal spoilt
        shown = "".join(letter if letter in has or letter.isspace() else "?" for letter in words)
        spoilt = spoilt or shown != words
        return Paragraph(escape(shown).replace("\n", "<br/>"), style)

    page = landscape(A4)
    margin = 14 * mm
    width = page[0] - 2 * margin
    shares = sheet.widths or (1.0,) * len(sheet.columns)
    data = [[cell(name, head) for name in sheet.columns]]
    # A row that is longer than a page cannot be set: its cells are cut into pieces that can, one below the other.
    for row in sheet.rows:
        data += [[cell(piece) for piece in pieces] for pieces in _in_pieces(row)]
    table = LongTable(data, colWidths=[width * share / sum(shares) for share in shares], repeatRows=1)
    rule = ("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.HexColor("#c9d3dc"))
    shade = ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#e8eef5"))
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), rule, shade]))
    story = [cell(sheet.title, title), cell(about), *(cell(note) for note in sheet.notes), Spacer(1, 4 * mm)]
    story.append(table if sheet.rows else cell("None."))
    if spoilt:
        story.append(cell("Letters that this document's font lacks are shown as ?; the CSV has them."))
    out = io.BytesIO()
    made = SimpleDocTemplate(
        out, pagesize=page, leftMargin=margin, rightMargin=margin, topMargin=margin, bottomMargin=margin,
        title=sheet.title, author="Preceptor",
    )  # fmt: skip

    def footer(canvas: object, document: object) -> None:
        canvas.setFont(FONT, 7)  # type: ignore[attr-defined]
        foot = "".join(letter if letter in has else "?" for letter in about)
        canvas.drawString(margin, 8 * mm, f"{foot}  Page {document.page}")  # type: ignore[attr-defined]

    made.build(story, onFirstPage=footer, onLaterPages=footer)
    return out.getvalue()


LONGEST_CELL = 1200  # characters


def _in_pieces(row: Sequence[str]) -> list[list[str]]:
    """The row as one or more rows whose cells each fit on a page."""
    cut = [_cut(value) for value in row]
    return [[pieces[n] if n < len(pieces) else "" for pieces in cut] for n in range(max(map(len, cut), default=1))]


def _cut(value: str) -> list[str]:
    # Lines count as well as letters: thirty of them fill a page, however short they are.
    lines = value.splitlines() or [""]
    whole = ["\n".join(lines[start : start + 30]) for start in range(0, len(lines), 30)]
    return [piece[at : at + LONGEST_CELL] for piece in whole for at in range(0, max(1, len(piece)), LONGEST_CELL)]


def _letters() -> frozenset[str]:
    """Make the font known to ReportLab; the letters that it has."""
    import reportlab
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    folder = Path(reportlab.__file__).parent / "fonts"
    for name, file in ((FONT, "Vera.ttf"), (f"{FONT}-Bold", "VeraBd.ttf")):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(folder / file)))
    return frozenset(map(chr, pdfmetrics.getFont(FONT).face.charToGlyph))
