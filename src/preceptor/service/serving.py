"""Running the service: the web server, and the assessor beside it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType

WORKERS = 2
THREADS = 8
LONGEST_STOP = 10  # seconds
BETWEEN_STARTS = 5  # seconds: an assessor that cannot start must not keep the machine busy trying


def serve(host: str, port: int) -> int:
    """Serve until told to stop; the exit status of the web server.

    An assessor that dies is started again. Without one requests still come in, unassessed, and say so.
    """
    web = subprocess.Popen(  # noqa: S603 -- our own interpreter and modules
        [
            sys.executable, "-m", "gunicorn", "preceptor.service.wsgi:application",
            "--bind", f"{host}:{port}", "--worker-class", "gthread",
            "--workers", str(WORKERS), "--threads", str(THREADS),
            # Read once, before the workers part: one that dies is replaced in a moment, its rules in memory already.
            "--preload", "--log-level", "warning", "--no-control-socket",
        ]
    )  # fmt: skip
    assessor, started = _start_assessor(), time.monotonic()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        web.terminate()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    while web.poll() is None:
        if assessor.poll() is not None and time.monotonic() - started > BETWEEN_STARTS:
            print("The assessor stopped and is started again.", file=sys.stderr)
            assessor, started = _start_assessor(), time.monotonic()
        time.sleep(0.5)
    assessor.terminate()
    try:
        assessor.wait(LONGEST_STOP)
    except subprocess.TimeoutExpired:
        assessor.kill()
    return web.returncode if web.returncode > 0 else 0


def is_free(host: str, port: int) -> bool:
    """True when this address can be listened on."""
    try:
        with socket.create_server((host, port), reuse_port=False):
            return True
    except OSError:
        return False


def _start_assessor() -> subprocess.Popen[bytes]:
    itself = str(os.getpid())  # the assessor stops when this process is gone
    return subprocess.Popen([sys.executable, "-m", "preceptor.service.assessor", itself])  # noqa: S603
