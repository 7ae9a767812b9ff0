"""A real browser against the real application on a real port."""

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from blueprints import find_doors
from config.settings import Settings
from core.app import create_app
from core.platform.parts import free_port
from tests.journeys.axe import Axe, beside

# The shell first: the same engine without a window around it, at two thirds of the cost.
USUAL_PLACES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # All offices are ours here: a process for each would only cost.
    "--disable-site-isolation-trials",
    # A page lives for a second: optimizing its scripts, axe above all, costs more than it gives.
    "--js-flags=--no-opt,--no-maglev",
    "--in-process-gpu",
]
PHONE, DESKTOP = {"width": 360, "height": 780}, {"width": 1280, "height": 900}


def find_chromium() -> str | None:
    """CHROMIUM, then the usual names on the PATH."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for name in USUAL_PLACES if (found := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser the journeys say plainly that they did not run, and how to get one."""
    here = Path(__file__).parent
    missing = find_chromium() is None
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)
            if missing:
                reason = "NOT RUN: no Chromium. `apt-get install chromium` or set CHROMIUM=/path"
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def live(app: Flask, settings: Settings) -> Iterator[int]:
    """The application on a port of the loopback; the port."""
    port = free_port()
    served = create_app(replace(settings, port=port), find_doors())
    server = make_server("127.0.0.1", port, beside(served), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield port
    server.shutdown()
    thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole session."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        browser.close()


class Windows:
    """`windows("london", lang="en", size=PHONE)`: a page in a context of its own; what went wrong
    on any of them is told when they close."""

    def __init__(self, browser: Browser, port: int) -> None:
        self.browser, self.port = browser, port
        self.contexts: list[BrowserContext] = []
        self.faults: list[str] = []

    def __call__(
        self, site: str = "london", lang: str = "fa", size: Any = None, **options: Any
    ) -> Page:
        """A page that has not been anywhere; `options` are Playwright's, of the context.

        Nothing moves on it unless that is asked for: movement is drawn anew at every step.
        """
        options.setdefault("reduced_motion", "reduce")
        address = f"http://{site}.localhost:{self.port}"
        context = self.browser.new_context(
            viewport=size or DESKTOP, base_url=address, locale=lang, **options
        )
        context.add_cookies([{"name": "lang", "value": lang, "url": address}])
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", lambda line: _note_violation(self.faults, page.url, line.text))
        return page

    def close(self) -> None:
        """Raise AssertionError with every page error and every violation of the CSP."""
        for context in self.contexts:
            context.close()
        assert not self.faults, "\n".join(self.faults)


@pytest.fixture
def browse(browser: Browser, live: int) -> Iterator[Windows]:
    """Pages for one test."""
    windows = Windows(browser, live)
    yield windows
    windows.close()


@pytest.fixture(scope="module")
def browse_on(browser: Browser, live: int) -> Iterator[Windows]:
    """Pages that a whole file goes on with."""
    windows = Windows(browser, live)
    yield windows
    windows.close()


def _note_violation(faults: list[str], url: str, text: str) -> None:
    if "Content Security Policy" in text or "Content-Security-Policy" in text:
        faults.append(f"{url}: {text}")


@pytest.fixture(scope="session")
def axe() -> Axe:
    """`axe(page)` fails on any violation of WCAG 2.2 AA."""
    return Axe()
