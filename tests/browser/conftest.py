"""A real browser and a real Jupyter for the tests; pictures of what they see are kept."""

import os
import shutil
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
from conftest import ROOT

NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic"]
OPTIONS += ["--no-first-run", "--disable-background-networking", "--disable-component-update"]
OPTIONS += ["--disable-sync"]
OPTIONS += ["--disable-features=LocalNetworkAccessChecks"]  # or a plain page could not ask either
TOKEN = "a-token-of-the-test"  # of a server that lives as long as the test
SCREENSHOTS = ROOT / "screenshots"


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium; without one the tests are skipped, all in one line, but not in CI."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        lacking = "there is no Chromium: apt-get install chromium"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(lacking)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=OPTIONS)
        yield browser
        browser.close()


def keep(page, name: str, **options) -> None:
    """Keep a picture of the page as screenshots/<name>.png, for people to look at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", **options)


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
