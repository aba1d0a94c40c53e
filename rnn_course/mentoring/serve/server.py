"""The mentor's page as a web server: a few files, and one address that takes a post."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from http.client import responses
from importlib.resources import files
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.web import Application, HTTPError, RequestHandler, stream_request_body

from .. import page
from .guard import HEADERS, refusal
from .searches import FullError, Searches

MOST = 1_000_000  # bytes of a post
BODY_SECONDS = 30.0
TOO_LONG = f"The post is longer than {MOST:,} bytes: paste only the cells that it is about."
EMPTY = "The post is empty: paste what the test cell printed."
UNKNOWN = "There is no such page here: the mentor's page is at /."
FAULT = "The server made a mistake; what it was stands in the terminal of rnn-course serve."
KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
STATIC = ("index.html", "mentor.css", "mentor.js", "link.js", "notebook.js", "icon.svg")


class Guarded(RequestHandler):
    """Answers those only who may ask; says in one sentence of JSON why not."""

    def set_default_headers(self) -> None:
        """The same for all answers, the refusals too."""
        self.clear_header("Server")
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Raises HTTPError for whoever may not ask."""
        if words := refusal(self.request, self.settings["host"]):
            raise HTTPError(403, words)

    def log_exception(self, kind: Any, error: Any, trace: Any) -> None:
        """Our faults; those of others are told to them."""
        if not isinstance(error, HTTPError):
            super().log_exception(kind, error, trace)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """The sentence of an HTTPError of ours; others have none."""
        told = getattr(kwargs["exc_info"][1], "log_message", None) if kwargs else None
        self.finish(
            {"error": told or (FAULT if status_code == 500 else f"{responses[status_code]}.")}
        )


class Unknown(Guarded):
    """Any other address."""

    def prepare(self) -> None:
        """Raises HTTPError."""
        super().prepare()
        raise HTTPError(404, UNKNOWN)


class File(Guarded):
    """A file that is in memory."""

    def initialize(self, name: str, data: bytes) -> None:
        """Called by tornado with what stands in the table of addresses."""
        self.kind, self.data = KINDS[name.rpartition(".")[2]], data

    def get(self) -> None:
        """The file."""
        self.set_header("Content-Type", f"{self.kind}; charset=utf-8")
        self.finish(self.data)


@stream_request_body
class Diagnose(Guarded):
    """Takes a post, answers with a line of JSON for each event; who hangs up ends the search."""

    def initialize(self, searches: Searches) -> None:
        """Called by tornado with what stands in the table of addresses."""
        self.searches, self.body = searches, bytearray()
        self.search: asyncio.Future[None] | None = None

    def prepare(self) -> None:
        """Raises HTTPError, before anything of a post is read that is too long."""
        super().prepare()
        length = self.request.headers.get("Content-Length", "")
        if length.isdecimal() and int(length) > MOST:
            raise HTTPError(413, TOO_LONG)

    def data_received(self, chunk: bytes) -> None:
        """No more than is needed to know that it is too much."""
        self.body += chunk[: MOST + 1 - len(self.body)]

    async def post(self) -> None:
        """All events of a search."""
        if len(self.body) > MOST:
            raise HTTPError(413, TOO_LONG)
        if not self.body.strip():
            raise HTTPError(400, EMPTY)
        self.set_header("Content-Type", "application/x-ndjson")
        self.search = asyncio.ensure_future(self.searches.run(bytes(self.body), self._tell))
        await asyncio.wait([self.search])
        if not self.search.cancelled():
            try:
                self.search.result()
            except FullError as error:
                raise HTTPError(503, str(error)) from None

    async def _tell(self, line: bytes) -> None:
        self.write(line)
        with suppress(StreamClosedError):  # on_connection_close ends the search
            await self.flush()

    def on_connection_close(self) -> None:
        """The page was closed, or Cancel was pressed."""
        super().on_connection_close()
        if self.search:
            self.search.cancel()


def application(host: str, searches: Searches) -> Application:
    """All addresses of a server that is bound to host."""
    folder = files(__package__) / "static"
    texts = {name: (folder / name).read_bytes() for name in STATIC}
    texts["page.css"] = (files(page) / "page.css").read_bytes()
    found: list[Any] = [
        (f"/{'' if name == 'index.html' else name}", File, {"name": name, "data": data})
        for name, data in texts.items()
    ]
    return Application(
        [*found, ("/diagnose", Diagnose, {"searches": searches})],
        default_handler_class=Unknown,
        log_function=lambda handler: None,
        host=host,
    )


async def serve(
    sockets: list[socket.socket], host: str, searches: Searches, started: Callable[[], None]
) -> None:
    """Serve the page until it is cancelled; call started once it can be opened."""
    server = HTTPServer(
        application(host, searches), max_body_size=2 * MOST, body_timeout=BODY_SECONDS
    )
    server.add_sockets(sockets)
    started()
    try:
        await asyncio.Event().wait()
    finally:
        server.stop()
        await searches.close()
        await server.close_all_connections()
