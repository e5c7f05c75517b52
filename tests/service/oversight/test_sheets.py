"""A table leaves as CSV and as PDF, whatever was typed into it."""

from __future__ import annotations

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from preceptor.service.oversight.sheets import Sheet, as_csv, as_pdf


def test_a_sheet_is_the_same_rows_as_csv_and_a_document_as_pdf():
    sheet = Sheet("Hazards", ("Id", "Hazard"), (("H01", "A request is lost"), ("H02", "two\nlines, and a comma")))
    assert list(csv.reader(io.StringIO(as_csv(sheet), newline=""))) == [list(sheet.columns), *map(list, sheet.rows)]
    assert as_pdf(sheet, "A practice").startswith(b"%PDF-")


def test_a_cell_of_many_pages_and_letters_that_no_font_has_still_make_a_document():
    words = "A very long account. " * 2000 + "\n" * 500 + "痛み and Łódź <b>&amp;</b> \x0c \u202e"
    assert as_pdf(Sheet("Incidents", ("Id", "What"), (("1", words),)), "痛み").startswith(b"%PDF-")


def test_nothing_to_tell_is_said():
    assert as_pdf(Sheet("Audits", ("Request",), ()), "A practice").startswith(b"%PDF-")


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(st.text(max_size=80), min_size=2, max_size=2).map(tuple), max_size=4).map(tuple))
def test_any_words_at_all_make_a_document(rows):
    assert as_pdf(Sheet("Anything", ("One", "Other"), rows), "somebody").startswith(b"%PDF-")
