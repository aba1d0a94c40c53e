"""mentoring/serve/guard: the page's own requests are answered, and nobody else's."""

import pytest
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from rnn_course.mentoring.serve.guard import HEADERS, is_loopback, refusal

HERE = "127.0.0.1:8642"


def refused(method="POST", host="127.0.0.1", **headers):
    """The refusal of a request with these headers, whose names are written with underscores."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    line = RequestStartLine(method, "/", "HTTP/1.1")
    return refusal(HTTPServerRequest(start_line=line, headers=HTTPHeaders(told)), host)


@pytest.mark.parametrize("host", [HERE, "localhost:8642", "LOCALHOST", "[::1]:8642", "127.0.0.1"])
def test_the_names_of_this_machine_are_answered(host):
    """By the page's own requests, by programs that send no Origin, and by a browser's first."""
    assert refused(Host=host) == ""
    assert refused(Host=host, Origin=f"http://{host}", Sec_Fetch_Site="same-origin") == ""
    assert refused("GET", Host=host, Sec_Fetch_Site="none") == ""
    assert refused("GET", Host=host, Sec_Fetch_Site="cross-site") == ""  # a link


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example:8642", "localhost.", "", "10.0.0.1:8642"]
)
def test_another_name_that_leads_here_is_refused(host):
    """As an attacker's does who makes their own name point to this machine."""
    for method in ("GET", "POST"):
        assert "use one of these" in refused(method, Host=host)


def test_the_bound_name_is_answered_too():
    """Beside the machine's own."""
    assert refused(host="Mentors.example", Host="mentors.example:80") == ""
    assert refused(host="10.0.0.1", Host="10.0.0.1") == ""
    assert refused(host="10.0.0.1", Host="10.0.0.2")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8888"},  # another server of this machine
        {"Origin": f"https://{HERE}"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
        {"Origin": f"http://{HERE}", "Sec_Fetch_Site": "cross-site"},
    ],
)
def test_another_page_cannot_post(headers):
    """Whatever it says of itself."""
    assert "Another page" in refused(Host=HERE, **headers)
    assert "Another page" in refused("DELETE", Host=HERE, **headers)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        *[(name, True) for name in ("127.0.0.1", "127.1.2.3", "::1", "localhost")],
        *[(name, False) for name in ("0.0.0.0", "::", "10.0.0.1", "example.org", "")],
    ],
)
def test_an_address_that_others_reach_is_known(host, loopback):
    """A name that is not localhost counts as one."""
    assert is_loopback(host) is loopback


def test_the_policy_allows_nothing_inline():
    """And nothing of another origin."""
    policy = HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "frame-ancestors 'none'" in policy
    for word in ("unsafe", "http", "data:", "*"):
        assert word not in policy
