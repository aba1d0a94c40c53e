"""A real browser and a real Jupyter for the tests; pictures of what they see are kept."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from conftest import CHROMIUM, NO_CHROMIUM, ROOT

OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic"]
OPTIONS += ["--no-first-run", "--disable-background-networking", "--disable-component-update"]
OPTIONS += ["--disable-sync"]
OPTIONS += ["--disable-features=LocalNetworkAccessChecks"]  # or a plain page could not ask either
TOKEN = "a-token-of-the-test"  # of a server that lives as long as the test
SCREENSHOTS = ROOT / "screenshots"
# JupyterLab asks nobody for news, wears the browser's colours, and draws every cell at once.
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "apputils-extension/themes": {"adaptive-theme": True},
    "notebook-extension/tracker": {"windowingMode": "none"},
}


collect_ignore_glob = [] if CHROMIUM or os.environ.get("CI") else ["test_*"]


@pytest.fixture(scope="module")
def browser():
    """Headless Chromium; it ends with the module, for its event loop keeps others from theirs."""
    from playwright.sync_api import sync_playwright

    assert CHROMIUM, NO_CHROMIUM
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


def keep(page, name: str, **options) -> None:
    """Keep a picture of the page as screenshots/<name>.png, for people to look at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", **options)


def settled(folder: Path) -> list[str]:
    """The arguments of a JupyterLab with SETTINGS, kept in a folder."""
    for name, settings in SETTINGS.items():
        path = folder / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings))
    return [f"--LabApp.user_settings_dir={folder}", f"--LabApp.workspaces_dir={folder}"]


@contextmanager
def window(browser, server: str, beside: tuple[str, ...] = (), **options) -> Iterator:
    """A page that is signed in; in the end it has asked no one but the server and who is beside."""
    with browser.new_context(viewport={"width": 1280, "height": 900}, **options) as context:
        page, asked = context.new_page(), []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{server}/api/status?token={TOKEN}")
        yield page
        known = (server, "data:", "blob:", *beside)
        assert [url for url in asked if not url.startswith(known)] == []


def wear(page, theme: str) -> None:
    """Let JupyterLab change to the light or the dark theme."""
    page.emulate_media(color_scheme=theme)
    light = str(theme == "light").lower()
    page.locator(f"body[data-jp-theme-light={light}]").wait_for(state="attached")
    page.locator("#jupyterlab-splash").wait_for(state="detached")


def choose(page, menu: str, entry: str) -> None:
    """Choose an entry from one of JupyterLab's menus."""
    page.locator("#jp-MainMenu").get_by_text(menu, exact=True).click()
    page.locator(".lm-Menu").get_by_text(entry, exact=True).click()


@contextmanager
def jupyter(folder: Path, *arguments: str) -> Iterator[str]:
    """Jupyter's server with JupyterLab and Formgrader, started in a folder; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", f"--port={port}"]
    command += [f"--IdentityProvider.token={TOKEN}", "--allow-root", "--ip=127.0.0.1", *arguments]
    with open(folder / "jupyter.log", "w") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            yield _when_up(f"http://127.0.0.1:{port}", process)
        finally:
            process.terminate()
            process.wait()


def _when_up(server: str, process: subprocess.Popen) -> str:
    for _ in range(240):
        assert process.poll() is None
        try:
            urlopen(f"{server}/api", timeout=5).close()
            return server
        except URLError:
            time.sleep(0.25)
    raise TimeoutError(server)
