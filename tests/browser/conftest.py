"""A real Chromium, and what every page must hold: no accessibility violation, no request to another server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from service.factories import PASSWORD

_PATIENCE = 30_000  # milliseconds: only a fault waits so long, on however busy a machine
expect.set_options(timeout=_PATIENCE)

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_RUN_AXE = "tags => axe.run({runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"
DESK, PHONE = 1280, 375  # pixels
_QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="package", autouse=True)
def _async_is_no_danger() -> Iterator[None]:
    # Playwright keeps an event loop in this thread, and nothing of ours runs in it.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
        yield


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_QUIET)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, live_server: Any) -> Iterator[Callable[..., Visitor]]:
    """Open a window: `visit()`, for nobody or for somebody who has signed in."""
    contexts: list[BrowserContext] = []
    visitors: list[Visitor] = []

    def open_window(user: Any = None) -> Visitor:
        context = browser.new_context(viewport={"width": DESK, "height": 900}, base_url=live_server.url)
        context.set_default_timeout(_PATIENCE)
        contexts.append(context)
        if user is not None:
            context.add_cookies([{"name": "sessionid", "value": _session_of(user), "url": live_server.url}])
        visitor = Visitor(context.new_page(), live_server.url)
        visitors.append(visitor)
        return visitor

    yield open_window
    for context in contexts:
        context.close()
    for visitor in visitors:
        assert visitor.faults == []
        assert visitor.asked_elsewhere == []


def _session_of(user: Any) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


class Visitor:
    """A person at a screen."""

    def __init__(self, page: Page, home: str) -> None:
        self.page = page
        self.faults: list[str] = []
        self.asked_elsewhere: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._hear)
        page.on("request", lambda asked: self._note(asked.url, home))

    def _hear(self, message: Any) -> None:
        # Chromium also logs every answer of 4xx, which is how a form with a mistake in it comes back.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(message.text)

    def _note(self, url: str, home: str) -> None:
        if not url.startswith((home + "/", "data:")):
            self.asked_elsewhere.append(url)

    def sign_in(self, user: Any) -> None:
        self.page.goto("/accounts/login/")
        self.page.get_by_label("Username").fill(user.username)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.press("Sign in")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def check_the_page(self) -> None:
        """At a desk and on a phone: no WCAG 2.2 A or AA violation, and nothing that sticks out to the right."""
        self.page.evaluate(AXE)
        for width in (PHONE, DESK):
            self.page.set_viewport_size({"width": width, "height": 900})
            found = self.page.evaluate(_RUN_AXE, STANDARDS)
            told = [
                {"rule": rule["id"], "help": rule["help"], "at": [node["html"][:200] for node in rule["nodes"]]}
                for rule in found["violations"]
            ]
            assert not told, f"{self.page.url} at {width}: {json.dumps(told, indent=1)}"
            assert found["passes"], "axe looked at nothing"
            beyond = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert beyond <= 0, f"{self.page.url} is {beyond} pixels too wide for {width}"
