"""After any edit, deletion, insertion or reordering, the check names the first bad row, on both databases."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preceptor.service.ledger import verify as verifying
from preceptor.service.ledger.chain import BEFORE_THE_FIRST, SYSTEM, append, digest_of
from preceptor.service.ledger.guard import lift
from preceptor.service.ledger.models import Entry, Head
from preceptor.service.ledger.verdict import Anchor, Verdict
from preceptor.service.ledger.verify import verify

pytestmark = pytest.mark.django_db
ROWS = 8
COLUMNS = ("at", "practice", "actor", "kind", "subject", "body", "previous", "digest")


@pytest.fixture(autouse=True, params=[3, 2000], ids=["batches of 3", "one batch"])
def _batch(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "BATCH", request.param)


@pytest.fixture
def ledger() -> list[Entry]:
    """Eight rows, and an intruder who has removed the database's own guard."""
    entries = [append("note", "test:1", {"n": n}, actor=SYSTEM, practice=None) for n in range(1, ROWS + 1)]
    lift()
    return entries


def named(verdict: Verdict) -> str:
    assert verdict.fault is not None, "found whole"
    return verdict.fault.row


def change(seq: int, /, **columns: object) -> None:
    assert Entry.objects.filter(seq=seq).update(**columns) == 1


def rewrite(seq: int, /, **columns: object) -> str:
    """A cunning intruder: the row's digest is computed anew, so that by itself it looks in order."""
    change(seq, **columns)
    digest = digest_of(Entry.objects.get(seq=seq))
    change(seq, digest=digest)
    return digest


def set_head(**columns: object) -> None:
    Head.objects.update(**columns)


def test_a_ledger_that_nobody_touched_is_whole_and_gives_an_anchor_to_note_down(ledger):
    verdict = verify()
    assert verdict.whole
    assert verdict.entries == ROWS
    assert verdict.head == Anchor(ROWS, ledger[-1].digest)
    assert verify(verdict.head).whole


def test_an_empty_ledger_is_whole():
    assert verify() == Verdict(0, head=Anchor(0, BEFORE_THE_FIRST))
    assert verify(Anchor(0, BEFORE_THE_FIRST)).whole


@pytest.mark.parametrize("seq", [1, 4, ROWS])
@pytest.mark.parametrize("column", COLUMNS)
def test_an_edit_of_any_column_of_any_row_names_the_row(ledger, column, seq):
    change(seq, **{column: "f" * 10})
    verdict = verify()
    assert named(verdict) == f"ledger row {seq}"
    assert "changed" in verdict.fault.what
    assert verdict.entries == seq - 1


@pytest.mark.parametrize("seq", [1, 4, 7])
def test_an_edit_with_a_new_digest_names_the_row_because_the_next_one_vouches_for_the_old(ledger, seq):
    rewrite(seq, body='{"n":0}')
    assert named(verify()) == f"ledger row {seq}"


def test_an_edit_of_the_last_row_with_a_new_digest_disagrees_with_the_head(ledger):
    rewrite(ROWS, body='{"n":0}')
    verdict = verify()
    assert named(verdict) == f"ledger row {ROWS}"
    assert "head" in verdict.fault.what


def test_a_row_hung_onto_another_with_a_new_digest_is_itself_named(ledger):
    rewrite(5, previous="a" * 64)
    assert named(verify()) == "ledger row 5"


@pytest.mark.parametrize("seq", [1, 4, ROWS])
def test_a_deletion_names_the_missing_row(ledger, seq):
    Entry.objects.filter(seq=seq).delete()
    verdict = verify()
    assert named(verdict) == f"ledger row {seq}"
    assert "missing" in verdict.fault.what


def test_a_truncated_tail_is_seen_by_the_head(ledger):
    Entry.objects.filter(seq__gt=5).delete()
    verdict = verify()
    assert named(verdict) == "ledger row 6"
    assert f"goes on to row {ROWS}" in verdict.fault.what


def test_every_row_removed_names_the_first(ledger):
    Entry.objects.all().delete()
    assert named(verify()) == "ledger row 1"


def test_a_deletion_closed_up_by_renumbering_names_where_it_was_closed(ledger):
    Entry.objects.filter(seq=4).delete()
    for seq in range(5, ROWS + 1):
        change(seq, seq=seq - 1)
    set_head(seq=ROWS - 1)
    assert named(verify()) == "ledger row 4"


def test_a_row_inserted_in_the_middle_names_the_place(ledger):
    for seq in range(ROWS, 3, -1):
        change(seq, seq=seq + 1)
    Entry.objects.create(**_columns(ledger[0]) | {"seq": 4, "body": '{"n":99}', "previous": ledger[2].digest})
    set_head(seq=ROWS + 1)
    assert named(verify()) == "ledger row 4"


def test_a_row_added_behind_the_end_is_named_however_well_it_is_made(ledger):
    forged = Entry(**_columns(ledger[-1]) | {"seq": ROWS + 1, "previous": ledger[-1].digest})
    forged.digest = digest_of(forged)
    forged.save(force_insert=True)
    verdict = verify()
    assert named(verdict) == f"ledger row {ROWS + 1}"
    assert "behind the end" in verdict.fault.what


@pytest.mark.parametrize("seq", [0, -5])
def test_a_row_before_the_first_is_named(ledger, seq):
    Entry.objects.create(**_columns(ledger[0]) | {"seq": seq})
    assert named(verify()) == f"ledger row {seq}"


@pytest.mark.parametrize(("one", "other"), [(1, 2), (3, 6), (7, 8), (1, 8)])
def test_two_rows_that_change_places_name_the_first_of_them(ledger, one, other):
    change(one, seq=-1)
    change(other, seq=one)
    change(-1, seq=other)
    assert named(verify()) == f"ledger row {one}"


def test_a_head_that_was_moved_back_names_the_first_row_behind_it(ledger):
    set_head(seq=6, digest=ledger[5].digest)
    assert named(verify()) == "ledger row 7"


def test_a_head_that_was_moved_on_names_the_row_that_it_invents(ledger):
    set_head(seq=ROWS + 2)
    assert named(verify()) == f"ledger row {ROWS + 1}"


def test_a_head_with_another_digest_disagrees_with_the_last_row(ledger):
    set_head(digest="b" * 64)
    assert named(verify()) == f"ledger row {ROWS}"


def test_a_head_that_is_gone_or_doubled_is_named(ledger):
    Head.objects.create(pk=2, seq=1, digest=ledger[0].digest)
    assert named(verify()) == "the head"
    Head.objects.all().delete()
    assert named(verify()) == "the head"


class TestAnAnchor:
    """What is noted down elsewhere is the only thing that sees a rewrite of everything."""

    @pytest.fixture
    def anchor(self, ledger) -> Anchor:
        return Anchor(5, ledger[4].digest)

    def rewrite_everything_from(self, seq: int) -> None:
        digest = rewrite(seq, body='{"n":0}')
        for later in range(seq + 1, ROWS + 1):
            digest = rewrite(later, previous=digest)
        set_head(digest=digest)

    def test_sees_what_the_chain_alone_cannot(self, anchor):
        self.rewrite_everything_from(2)
        assert verify().whole
        verdict = verify(anchor)
        assert named(verdict) == "ledger row 5"
        assert "after the anchor was noted" in verdict.fault.what

    def test_vouches_for_nothing_after_it(self, anchor):
        self.rewrite_everything_from(6)
        assert verify(anchor).whole

    def test_sees_a_tail_cut_off_with_the_head_set_back(self, anchor, ledger):
        Entry.objects.filter(seq__gt=3).delete()
        set_head(seq=3, digest=ledger[2].digest)
        assert verify().whole
        assert named(verify(anchor)) == "ledger row 4"

    def test_of_no_ledger_is_refused(self):
        assert named(verify(Anchor(0, "a" * 64))) == "the anchor"

    def test_is_read_as_it_was_printed(self, anchor):
        assert Anchor.parse(f" {str(anchor).upper()}\n") == anchor

    @pytest.mark.parametrize("words", ["", "5:", ":" + "a" * 64, "5:" + "a" * 63, "x:" + "a" * 64, "-1:" + "a" * 64])
    def test_that_is_none_is_refused(self, words):
        with pytest.raises(ValueError, match="64 hexadecimal digits"):
            Anchor.parse(words)


def _columns(entry: Entry) -> dict[str, object]:
    return {field.attname: getattr(entry, field.attname) for field in Entry._meta.fields}


# Any single change of any one row: what is done, to which row, and which row is then the first bad one.
rows = st.integers(1, ROWS)
words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=10)
changes = st.one_of(
    st.tuples(st.just("edit"), rows, st.tuples(st.sampled_from(COLUMNS), words)),
    st.tuples(st.just("edit with a new digest"), rows, st.tuples(st.sampled_from(COLUMNS[:-1]), words)),
    st.tuples(st.just("delete"), rows, st.none()),
    st.tuples(st.just("renumber"), rows, st.one_of(st.integers(-9, 0), st.integers(ROWS + 1, 2**40))),
    st.tuples(st.just("copy"), rows, st.one_of(st.integers(-9, 0), st.integers(ROWS + 1, 2**40))),
)


def make(what: str, seq: int, how) -> int:
    """Make the change; the row that must be named."""
    if what == "delete":
        Entry.objects.filter(seq=seq).delete()
    elif what == "renumber":
        change(seq, seq=how)
        return min(seq, how)
    elif what == "copy":
        Entry.objects.create(**_columns(Entry.objects.get(seq=seq)) | {"seq": how})
        return min(how, ROWS + 1)
    else:
        column, value = how
        before = getattr(Entry.objects.get(seq=seq), column)
        value = value if value != before else value + "."
        (change if what == "edit" else rewrite)(seq, **{column: value})
    return seq


@given(made=changes)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_single_change_of_any_row_is_found_and_the_first_bad_row_is_named(ledger, made):
    with transaction.atomic():
        expected = make(*made)
        verdict = verify()
        transaction.set_rollback(True)
    assert named(verdict) == f"ledger row {expected}"
    assert verdict.entries == max(expected, 1) - 1


@pytest.fixture
def _only_sqlite() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's columns hold nothing but text")


@pytest.mark.usefixtures("_only_sqlite")
@pytest.mark.parametrize("value", ["X'FF00'", "CAST(X'FF41' AS TEXT)", "CAST(X'EDA080' AS TEXT)", "7"])
def test_bytes_that_are_no_text_do_not_hide_a_row(ledger, value):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE ledger_entry SET body = {value} WHERE seq = 5")  # noqa: S608 -- of this test
    assert named(verify()) == "ledger row 5"


@pytest.mark.usefixtures("_only_sqlite")
@pytest.mark.parametrize("value", ["'abc'", "4.5"])
def test_a_row_whose_number_is_no_number_is_found(ledger, value):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE ledger_entry SET seq = {value} WHERE seq = 5")  # noqa: S608 -- of this test
    assert verify().fault is not None
