"""mentoring/serve/server: what a running server answers, and how it refuses."""

import json
import re
import time
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
from served import served

from rnn_course.mentoring.serve.guard import HEADERS
from rnn_course.mentoring.serve.server import MOST, STATIC

POST = b'gradients["dWi"][1][2] = 1.05749805522599\n'
LONG = b'gradients["dba"][4] = [0.12345678]\ngradients["dWax"][3][1] = 0.31234567\n'


@pytest.fixture(scope="module")
def url():
    """Of a server for all tests here."""
    with served("--seconds", "20") as address:
        yield address


@contextmanager
def asked(url, method="GET", path="/", body=None, **headers):
    """The response to a request."""
    connection = HTTPConnection(url.removeprefix("http://"), timeout=60)
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, told)
    response = connection.getresponse()
    try:
        yield response
    finally:
        response.close()
        connection.close()


def refused(response: HTTPResponse) -> tuple[int, str]:
    """The status and the sentence, which is all that there is."""
    told = json.loads(response.read())
    assert list(told) == ["error"]
    assert re.fullmatch(r"[^.]+(\.[^ ][^.]*)*\.", told["error"])
    assert response.headers["Content-Type"].startswith("application/json")
    return response.status, told["error"]


def last(response: HTTPResponse) -> dict:
    """The last event of an answer."""
    assert response.status == 200
    return json.loads(response.read().splitlines()[-1])


@pytest.mark.parametrize("path", ["/", "/page.css", "/diagnose", "/no/such/page", "/../server.py"])
def test_every_answer_has_the_headers_and_no_cookie(url, path):
    """Refusals too; and it does not say what serves it."""
    for method in ("GET", "POST", "HEAD"):
        with asked(url, method, path) as response:
            assert {name: response.headers[name] for name in HEADERS} == HEADERS
            assert response.headers["Set-Cookie"] is None
            assert response.headers["Server"] is None


def test_the_files_are_served_as_what_they_are(url):
    """All of them, and what the page names is among them."""
    kinds = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
    with asked(url) as response:
        page = response.read().decode()
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    named = set(re.findall(r'(?:src|href)="([^"]+)"', page))
    assert named <= {*STATIC, "page.css"}
    for name in {*STATIC, "page.css"} - {"index.html"}:
        with asked(url, path=f"/{name}") as response:
            assert response.status == 200
            assert response.headers["Content-Type"].startswith(kinds[name.rpartition(".")[2]])
            assert response.read()


def test_nothing_is_written_into_the_page():
    """No style and no script stands in it, which the policy forbids; no address of elsewhere."""
    import rnn_course.mentoring.serve as room

    for name in STATIC:
        text = Path(room.__file__).with_name("static").joinpath(name).read_text("utf-8")
        assert not re.search(r"<style|style=|\son\w+=|<script>|javascript:|@import|url\(", text)
        assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)", text)


def test_a_post_is_diagnosed(url):
    """As rnn-course diagnose does it; a program that is no browser may ask, too."""
    with asked(url, "POST", "/diagnose", POST) as response:
        assert response.headers["Content-Type"] == "application/x-ndjson"
        assert last(response)["result"]["verdict"] == "right"


def test_a_stray_byte_does_no_harm_and_a_binary_file_is_a_sentence(url):
    """What is not UTF-8 is read as far as it goes."""
    with asked(url, "POST", "/diagnose", b"Ol\xe9!\n" + POST) as response:
        assert last(response)["result"]["verdict"] == "right"
    with asked(url, "POST", "/diagnose", b"\x00\x01" * 99) as response:
        told = last(response)["result"]
        assert told["verdict"] == "unreadable"
        assert "binary file" in told["html"]


@pytest.mark.parametrize("body", [b"", b" \n\t"])
def test_an_empty_post_is_refused(url, body):
    """Before any search."""
    with asked(url, "POST", "/diagnose", body) as response:
        assert refused(response) == (400, "The post is empty: paste what the test cell printed.")


def test_too_long_a_post_is_refused(url):
    """By the length that it says it has, before it is sent, and by what comes without one."""
    for length in (MOST + 1, 10**12):
        with asked(url, "POST", "/diagnose", Content_Length=str(length)) as response:
            status, words = refused(response)
            assert status == 413
            assert "1,000,000 bytes" in words
    chunks = (b"x" * 100_000 for _ in range(MOST // 100_000 + 1))
    with asked(url, "POST", "/diagnose", chunks) as response:
        assert refused(response)[0] == 413
    with asked(url, "POST", "/diagnose", b"x" * MOST) as response:
        assert last(response)["result"]["verdict"] == "unreadable"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/no/such/page", 404),
        ("GET", "/static/mentor.js", 404),
        ("GET", "/index.html", 404),
        ("GET", "/%2e%2e/server.py", 404),
        ("POST", "/nowhere", 404),
        ("GET", "/diagnose", 405),
        ("PUT", "/", 405),
    ],
)
def test_what_is_not_there_is_one_sentence(url, method, path, status):
    """Also a method that an address does not take."""
    with asked(url, method, path) as response:
        assert refused(response)[0] == status


@pytest.mark.parametrize("path", ["/", "/mentor.js", "/diagnose", "/no/such/page"])
def test_a_foreign_name_is_refused_everywhere(url, path):
    """Against names that others make point here."""
    for method in ("GET", "POST"):
        with asked(url, method, path, Host="evil.example") as response:
            assert refused(response)[0] == 403


def test_a_foreign_page_cannot_have_anything_searched(url):
    """Nor can it ask whether it may."""
    for headers in ({"Origin": "http://evil.example"}, {"Sec_Fetch_Site": "cross-site"}):
        with asked(url, "POST", "/diagnose", POST, **headers) as response:
            assert refused(response)[0] == 403
    with asked(url, "OPTIONS", "/diagnose", Origin="http://evil.example") as response:
        assert response.status == 403
        assert not any(name.startswith("Access-Control") for name in response.headers)
    with asked(url, "POST", "/diagnose", POST, Origin=url, Sec_Fetch_Site="same-origin") as ours:
        assert last(ours)["result"]["verdict"] == "right"


def searching() -> list[str]:
    """The processes that search now."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if b"rnn_course.verbs.serve" in command and b"20.0" in command:
            found.append(path.parent.name)
    return found


def within(seconds, condition) -> bool:
    """Whether a condition holds soon."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_who_hangs_up_ends_the_search(url):
    """Its process is gone at once, and the server answers others before and after."""
    with asked(url, "POST", "/diagnose", LONG) as response:
        assert "progress" in json.loads(response.readline())
        assert len(searching()) == 1
        with asked(url) as other:
            assert other.status == 200
    assert within(5, lambda: not searching())
    with asked(url, "POST", "/diagnose", POST) as response:
        assert last(response)["result"]["verdict"] == "right"


def test_a_third_post_waits_and_is_told_so(url):
    """Its search begins as soon as another has ended."""
    with ExitStack() as all_of_them:
        first = all_of_them.enter_context(ExitStack())
        first.enter_context(asked(url, "POST", "/diagnose", LONG))
        second, third = (
            all_of_them.enter_context(asked(url, "POST", "/diagnose", post))
            for post in (LONG, POST)
        )
        assert "waiting" in json.loads(third.readline())["progress"]
        assert "tried" in json.loads(second.readline())["progress"]
        assert len(searching()) == 2
        first.close()  # hangs up
        assert last(third)["result"]["verdict"] == "right"
        assert len(searching()) == 1
    assert within(5, lambda: not searching())
