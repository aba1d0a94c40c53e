"""Who may ask the mentor's page, and what its answers allow a browser to do with them."""

import ipaddress

from tornado.httputil import HTTPServerRequest

LOOPBACK = ("127.0.0.1", "localhost", "::1")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches a server that is bound to host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def refusal(request: HTTPServerRequest, host: str) -> str:
    """Why a request to the server on host is refused, in one sentence; "" if it is not.

    A page elsewhere may have its own name lead here (then Host tells) or send a form here (then
    Origin and Sec-Fetch-Site do). Programs that are no browser send neither of the two.
    """
    names = {*LOOPBACK, host.lower()}
    if request.host_name.lower().strip("[]") not in names:
        told = ", ".join(sorted(names))
        return f"This server answers to {told} alone: use one of these, or start it with --host."
    if request.method in ("GET", "HEAD"):
        return ""  # a link may lead here from anywhere; it does nothing
    origin, site = (request.headers.get(name) for name in ("Origin", "Sec-Fetch-Site"))
    if origin in (None, f"http://{request.host}") and site in (None, "same-origin"):
        return ""
    return "Another page's requests are refused: open this server's own page."
