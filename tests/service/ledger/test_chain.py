"""Writing the ledger: with what it describes or not at all, one row after another, and never over again."""

import json
import sqlite3
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from preceptor.service.accounts.models import User
from preceptor.service.ledger.chain import BEFORE_THE_FIRST, PATIENT, SYSTEM, Actor, append, digest_of
from preceptor.service.ledger.models import Entry, Head
from preceptor.service.ledger.verify import verify
from preceptor.service.practices.models import Practice


def note(text: str = "hello") -> Entry:
    return append("note", "test:1", {"text": text}, actor=SYSTEM, practice=None)


@pytest.mark.django_db
def test_an_entry_says_who_did_what_and_is_chained_to_the_one_before():
    practice = Practice.objects.create(name="Synthetic Surgery", ods_code="Z00001")
    first = append("request.received", "request:7", {"source": "page"}, actor=PATIENT, practice=practice)
    second = append("request.red_flags", "request:7", {"red_flags": []}, actor=SYSTEM, practice=practice)
    assert (first.seq, second.seq) == (1, 2)
    assert first.previous == BEFORE_THE_FIRST
    assert second.previous == first.digest == digest_of(first)
    kept = Entry.objects.get(seq=2)
    assert (kept.practice, kept.actor, kept.subject) == ("Z00001", "system", "request:7")
    assert json.loads(kept.body) == {"red_flags": []}
    head = Head.objects.get()
    assert (head.seq, head.digest) == (2, second.digest)


@pytest.mark.django_db
def test_words_of_any_script_come_back_as_they_were_hashed():
    body = {"text": 'naïve "quoted" 東京 😷 \u0000 \u2028', "number": 0.1, "nothing": None}
    entry = append("note", "test:1", body, actor=SYSTEM, practice=None)
    kept = Entry.objects.get(seq=entry.seq)
    assert json.loads(kept.body) == body
    assert digest_of(kept) == entry.digest


@pytest.mark.django_db
def test_nobody_acts_unnamed():
    with pytest.raises(ValueError, match="anonymous"):
        Actor.person(User())


def test_an_entry_is_refused_outside_the_transaction_of_what_it_describes(transactional_db):
    with pytest.raises(RuntimeError, match=r"transaction\.atomic"):
        note()
    assert not Entry.objects.exists()


def test_what_fails_leaves_neither_the_row_nor_its_entry(transactional_db):
    with transaction.atomic():
        note("kept")

    @transaction.atomic
    def start_a_practice_and_fail() -> None:
        Practice.objects.create(name="Never Surgery", ods_code="Z00009")
        note("never")
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        start_a_practice_and_fail()
    assert not Practice.objects.exists()
    assert [json.loads(entry.body)["text"] for entry in Entry.objects.all()] == ["kept"]
    assert Head.objects.get().seq == 1
    assert verify().whole


@pytest.mark.django_db
@pytest.mark.parametrize("body", [{"value": float("nan")}, {"value": float("inf")}, {"value": object()}])
def test_a_body_that_is_not_json_is_refused(body):
    with pytest.raises((ValueError, TypeError)):
        append("note", "test:1", body, actor=SYSTEM, practice=None)


@pytest.mark.django_db
class TestTheDatabaseRefuses:
    """Even somebody with a database prompt meets the triggers first."""

    @pytest.fixture(autouse=True)
    def _two_entries(self):
        note("one")
        note("two")

    def refused(self, statement: str) -> None:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert verify().whole

    def test_a_change(self):
        self.refused("UPDATE ledger_entry SET body = '{}' WHERE seq = 1")

    def test_a_deletion(self):
        self.refused("DELETE FROM ledger_entry WHERE seq = 2")

    def test_emptying_the_table(self):
        if connection.vendor != "postgresql":
            pytest.skip("TRUNCATE is PostgreSQL's; SQLite has DELETE alone")
        self.refused("TRUNCATE ledger_entry")

    def test_overwriting_a_row(self):
        if connection.vendor == "postgresql":
            self.refused(
                "INSERT INTO ledger_entry SELECT * FROM ledger_entry WHERE seq = 1 "
                "ON CONFLICT (seq) DO UPDATE SET body = '{}'"
            )
        else:
            self.refused(
                "INSERT OR REPLACE INTO ledger_entry SELECT seq, at, practice, actor, kind, subject, '{}', "
                "previous, digest FROM ledger_entry WHERE seq = 1"
            )


@pytest.fixture
def storage_for_threads(transactional_db, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite in memory is one connection's own: let the threads meet in a copy of it on the disk, as in a practice."""
    if connection.vendor == "sqlite":
        copy = tmp_path / "threads.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(copy)])
        with sqlite3.connect(copy) as on_disk:
            on_disk.execute("PRAGMA journal_mode=WAL")
        on_disk.close()
        monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(copy))


def test_writers_at_once_do_not_fork_the_chain(storage_for_threads):
    verdicts, faults = [], []

    def in_a_thread(work) -> threading.Thread:
        def run() -> None:
            try:
                work()
            except Exception as fault:  # a thread's fault must not pass unseen
                faults.append(fault)
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def write_ten() -> None:
        for number in range(10):
            with transaction.atomic():
                note(str(number))

    threads = [in_a_thread(write_ten) for _ in range(4)]
    # A verification among them sees an honest chain at every moment.
    threads.append(in_a_thread(lambda: verdicts.extend(verify() for _ in range(5))))
    for thread in threads:
        thread.join()
    in_a_thread(lambda: verdicts.append(verify())).join()
    assert not faults
    assert [verdict.fault for verdict in verdicts] == [None] * 6
    assert verdicts[-1].entries == 40
