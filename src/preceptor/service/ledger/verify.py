"""Proving that the ledger is whole: every row is as it was written, none is missing, none was added.

It reads without a lock while the practice works on. Rows are read before the head, and the two are written
together, so a head that is behind the rows, or rows that stay behind the head, cannot be an honest race.

What it cannot see: somebody who rewrites every row from one point on, the digests and the head with them. Against
that there is only an anchor, printed by an earlier run and kept where that person cannot reach.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import DatabaseError

from preceptor.service.ledger.agreement import disagreement
from preceptor.service.ledger.chain import BEFORE_THE_FIRST, digest_of
from preceptor.service.ledger.models import Entry, Head
from preceptor.service.ledger.verdict import Anchor, Fault, Verdict

BATCH = 2000


def verify(anchor: Anchor | None = None) -> Verdict:
    """Walk the whole chain, then compare what it says with the tables it describes."""
    last, fault = _walk(anchor)
    if fault:
        good = last.seq if fault.seq is None else min(last.seq, max(fault.seq - 1, 0))
        return Verdict(good, fault=fault)
    if fault := disagreement():
        return Verdict(last.seq, fault=fault)
    return Verdict(last.seq, head=last)


def _walk(anchor: Anchor | None) -> tuple[Anchor, Fault | None]:
    """The last row that was reached, and what is wrong with it or after it."""
    last = Anchor(0, BEFORE_THE_FIRST)
    promised = 0  # how far the head said that the rows go, when it was last read
    while True:
        rows = _rows_after(last.seq)
        try:
            for row in rows:
                if fault := _fault_of(row, last, rows):
                    return last, fault
                last = Anchor(row.seq, row.digest)
                if anchor and anchor.seq == last.seq and anchor.digest != last.digest:
                    return last, _row(last.seq, "it, or a row before it, was rewritten after the anchor was noted down")
        except DatabaseError as error:
            return last, _row(last.seq + 1, f"it cannot be read ({error})")
        if promised > last.seq:
            return last, _row(last.seq + 1, f"it is missing: the head says that the ledger goes on to row {promised}")
        heads = list(Head.objects.order_by("pk")[:2])
        if [head.pk for head in heads] != [1]:
            return last, Fault("the head", "it is missing, or there are several: it was removed or added to")
        promised = heads[0].seq
        if promised <= last.seq:
            return last, _fault_of_end(heads[0], last, anchor)


def _fault_of(row: Entry, last: Anchor, rows: Iterator[Entry]) -> Fault | None:
    """What is wrong with a row that should follow `last`; `rows` are those after it."""
    if row.seq != last.seq + 1:
        if isinstance(row.seq, int) and row.seq > last.seq:
            return _row(last.seq + 1, f"it is missing: the next one there is row {row.seq}")
        return _row(row.seq, "it has a number that no entry is given")
    try:
        as_it_is = digest_of(row)
    except (TypeError, ValueError):
        as_it_is = "not even text"
    if row.digest != as_it_is:
        return _row(row.seq, "it was changed: what it says does not give its digest")
    if row.previous != last.digest:
        return _fault_of_link(row, last, rows)
    return None


def _fault_of_link(row: Entry, last: Anchor, rows: Iterator[Entry]) -> Fault:
    """Two rows, each in order by itself, do not fit together. What comes next vouches for the second, or not."""
    after = next(rows, None)
    witness = after.previous if after else next((head.digest for head in Head.objects.all()[:1]), None)
    if last.seq and witness == row.digest:
        return _row(last.seq, f"it was rewritten, with a new digest: row {row.seq} was written after another one")
    return _row(row.seq, "it was rewritten, with a new digest: it does not follow the row before it")


def _fault_of_end(head: Head, last: Anchor, anchor: Anchor | None) -> Fault | None:
    if head.seq < last.seq:
        return _row(max(head.seq, 0) + 1, f"it is behind the end of the ledger, which the head puts at row {head.seq}")
    if head.digest != last.digest:
        return _row(last.seq, "it and the head disagree: the last row was rewritten, or the head was changed")
    if anchor and anchor.seq > last.seq:
        return _row(last.seq + 1, f"it is missing: the anchor shows that the ledger went on to row {anchor.seq}")
    if anchor and anchor.seq == 0 and anchor.digest != BEFORE_THE_FIRST:
        return Fault("the anchor", "no ledger begins with it")
    return None


def _row(seq: object, what: str) -> Fault:
    return Fault(f"ledger row {seq}", what, seq if isinstance(seq, int) else None)


def _rows_after(seq: int) -> Iterator[Entry]:
    """The rows in order, a batch at a time: first those below 1, where no honest row is."""
    if seq == 0:
        yield from Entry.objects.filter(seq__lt=1).order_by("seq")[:1]
    size = BATCH
    while True:
        try:
            batch = list(Entry.objects.filter(seq__gt=seq).order_by("seq")[:size])
        except DatabaseError:
            if size == 1:
                raise
            size = 1  # one of them cannot be read: come to it row by row, to name it
            continue
        yield from batch
        if not batch:
            return
        seq = batch[-1].seq
