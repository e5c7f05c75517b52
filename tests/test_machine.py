"""A test that needs what a machine lacks is skipped in words; on CI the lack is a failure."""

from __future__ import annotations

import pytest

import machine


def test_what_is_missing_skips_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "ON_CI", False)
    with pytest.raises(pytest.skip.Exception, match="needs Chromium, which this machine lacks"):
        machine.needed("Chromium", None)


def test_what_is_missing_fails_on_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "ON_CI", True)
    with pytest.raises(pytest.fail.Exception, match="CI must have it"):
        machine.needed("Chromium", None)


def test_the_network_is_out_of_reach() -> None:
    import socket

    from pytest_socket import SocketConnectBlockedError

    with socket.socket() as outside, pytest.raises((SocketConnectBlockedError, UserWarning)):
        outside.connect(("192.0.2.1", 80))  # an address reserved for documentation: nobody is there
