"""What of a page would run in the browser of the one who reads it, if a submission put it there."""

from collections.abc import Iterator
from html.parser import HTMLParser

MARK = "made-by-a-submission"  # all scripts of the attacks carry it
LINKS = ("javascript:", "data:text/html", "vbscript:")


def active_parts(page: str) -> Iterator[str]:
    """Yield each element of a page that carries the mark in a place where it would run."""
    parser = _Parser(convert_charrefs=True)
    parser.feed(page)
    parser.close()
    yield from parser.found


class _Parser(HTMLParser):
    def __init__(self, **options):
        super().__init__(**options)
        self.found: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag, attrs):
        """A script, a style or a frame is entered; or an attribute runs by itself."""
        self.inside = tag if tag in ("script", "style", "iframe", "object", "embed") else ""
        for name, value in attrs:
            value = (value or "").strip()
            runs = name.startswith("on") or name == "srcdoc" or value.lower().startswith(LINKS)
            if MARK in value and (runs or self.inside):
                self.found.append(f"<{tag} {name}>")

    def handle_endtag(self, tag):
        """It is left."""
        self.inside = "" if tag == self.inside else self.inside

    def handle_data(self, data):
        """Text, or what stands in a script."""
        if self.inside and MARK in data:
            self.found.append(f"<{self.inside}>")
