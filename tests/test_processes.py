"""Work given to other processes is done once it is waited for, however they end."""

import os
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from preceptor import processes
from preceptor.processes import Processes

ASKS = """
import os, time
from preceptor.processes import Processes
if __name__ == "__main__":
    with Processes(2) as others:
        for done in [others.give(os.getpid) for _ in range(8)]:
            done()
        print(*others._pool._processes, flush=True)
        time.sleep(60)
"""


@pytest.fixture
def two():
    with Processes(2) as others:
        yield others


def kill_all(others):
    for process in list(others._pool._processes.values()):
        os.kill(process.pid, 9)


def test_work_is_done_beside_and_comes_back(two):
    given = [two.give(pow, base, 2) for base in range(50)]
    assert [done() for done in given] == [base**2 for base in range(50)]
    assert two.give(os.getpid)() != os.getpid()


def test_what_the_work_raises_is_raised_where_it_is_waited_for(two):
    done = two.give(int, "no number")
    with pytest.raises(ValueError, match="no number"):
        done()


def test_what_a_killed_process_was_to_do_is_done_here(two):
    two.give(os.getpid)()
    before = [two.give(time.sleep, 30), two.give(os.getpid)]
    kill_all(two)
    two.give(os.getpid)  # given before anybody noticed, or after
    assert before[1]() == os.getpid()
    assert two.give(os.getpid)() == os.getpid()


@pytest.mark.parametrize("number", [1, 2])
def test_an_answer_that_breaks_off_in_the_middle_is_waited_for_no_longer(monkeypatch, number):
    monkeypatch.setattr(processes, "_PATIENCE", 0.2)
    with Processes(number) as others:
        others.give(os.getpid)()
        others._pool._result_queue._writer._send(struct.pack("!i", 2**20))  # an answer of a megabyte is announced
        done = others.give(os.getpid)
        kill_all(others)
        assert done() == os.getpid()


def test_they_end_with_whoever_asked_for_them(tmp_path):
    script = tmp_path / "asks.py"
    script.write_text(ASKS)
    told = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen([sys.executable, str(script)], **told) as asks:  # noqa: S603 - ours
        pids = [int(pid) for pid in asks.stdout.readline().split()]
        asks.kill()
    assert pids
    until = time.monotonic() + 20
    while any(map(alive, pids)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(alive, pids))


def alive(pid):
    """Whether a process runs; one that has ended and that nobody has asked after does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
