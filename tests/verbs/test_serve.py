"""The verb serve: it starts, says where, stops cleanly, and refuses in one sentence."""

import os
import signal
import socket
from http.client import HTTPConnection
from pathlib import Path

import pytest
from served import address, start

LONG = b'gradients["dba"][4] = [0.12345678]\ngradients["dWax"][3][1] = 0.31234567\n'


def children(pid: int) -> list[int]:
    """The processes that a process has started and not waited for."""
    return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_and_takes_its_searches_along(number):
    """By Ctrl-C or the system: exit status 0, one word, no traceback, no process left."""
    process = start("--port", "0")
    connection = HTTPConnection(address(process).removeprefix("http://"))
    connection.request("POST", "/diagnose", LONG)
    response = connection.getresponse()
    assert b"progress" in response.readline()
    (search,) = children(process.pid)
    process.send_signal(number)
    assert process.communicate(timeout=10) == ("Stopped.\n", "")
    assert process.returncode == 0
    with pytest.raises(ProcessLookupError):
        os.kill(search, 0)
    assert b"error" not in response.read()  # the answer ends as others do
    connection.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "no.such.host.invalid"])
def test_an_address_that_is_taken_or_unknown_is_one_sentence(host):
    """With the next step."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        process = start("--host", host, "--port", str(port))
        _, said = process.communicate(timeout=20)
    assert process.returncode == 1
    assert said.startswith(f"Error: Nothing can listen on port {port} of {host} (")
    assert "--port" in said
    assert said.count("\n") == 1


def test_only_this_machine_reaches_it_by_default():
    """Nothing is said of others then, and the page is at a numeric address."""
    process = start("--port", "0")
    assert address(process).startswith("http://127.0.0.1:")
    process.terminate()
    assert process.communicate(timeout=10)[1] == ""


def test_it_warns_if_others_can_reach_it():
    """On stderr, in one sentence."""
    process = start("--host", "0.0.0.0", "--port", "0")
    try:
        assert address(process).startswith("http://0.0.0.0:")
    finally:
        process.terminate()
    said = process.communicate(timeout=10)[1]
    assert said.startswith("Whoever reaches 0.0.0.0 can")
    assert said.count("\n") == 1


def test_the_page_is_opened_unless_that_is_not_wanted(tmp_path):
    """In the browser that the system names."""
    seen = tmp_path / "seen"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {seen}\n')
    browser.chmod(0o755)
    environment = os.environ | {"BROWSER": str(browser)}
    for wanted in (False, True):
        process = start("--port", "0", browser=wanted, env=environment)
        url = address(process)
        process.terminate()
        process.communicate(timeout=10)
        assert seen.exists() is wanted
    assert seen.read_text() == f"{url}/\n"
