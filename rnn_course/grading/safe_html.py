"""What students write becomes HTML that shows something and does nothing.

It acts where a page is made, on the HTML that Markdown became; nbgrader_config.py names the parts.
"""

import re
from contextlib import suppress
from html import escape
from pathlib import Path

import nh3
from jinja2 import pass_context
from mistune import HTMLRenderer
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from pygments.token import STANDARD_TYPES
from traitlets import Unicode
from traitlets.config import LoggingConfigurable

TAGS = (
    "a abbr b blockquote br caption code dd del details div dl dt em figcaption figure h1 h2 h3 h4"
    " h5 h6 hr i img input ins kbd li mark ol p pre s samp small span strong sub summary sup table"
    " tbody td tfoot th thead tr u ul var"
)
ATTRIBUTES = {"*": {"class", "id", "style", "title"}, "a": {"href"}, "details": {"open"}}
ATTRIBUTES |= {"img": {"alt", "height", "src", "width"}, "input": {"checked"}, "ol": {"start"}}
ATTRIBUTES |= {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
VALUES = {
    "href": re.compile(r"(https?://|mailto:|#)\S*", re.IGNORECASE),
    # A picture from elsewhere would tell who reads the page, or have Jupyter do something.
    "src": re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml)[;,]\S+", re.IGNORECASE),
    "style": re.compile(r"text-align: ?(left|right|center);?"),
}
# The other classes are the page's: what Formgrader's buttons listen to, what looks like a grade.
CLASSES = {*STANDARD_TYPES.values(), "anchor-link", "highlight", "table"}
LONGEST = 20_000  # characters of a text cell: reading Markdown takes the square of its length
MINE = "user-content-"  # before an id: those of the scores and comments stay the page's own


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        return " ".join(word for word in value.split() if word in CLASSES) or None
    if name in VALUES and not VALUES[name].fullmatch(value):
        return None
    if name == "id":
        return MINE + value
    return re.sub("^#", f"#{MINE}", value) if name == "href" else value


def sanitise(html: str) -> str:
    """The HTML with nothing in it but what is allowed above."""
    return nh3.clean(
        html,
        tags=set(TAGS.split()),
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        set_tag_attribute_values={
            "input": {"type": "checkbox", "disabled": ""},  # task lists
            "table": {"class": "table"},  # the page's look, where Markdown's tables have none
        },
        url_schemes={"data", "http", "https", "mailto"},
    )


@pass_context
def clean_html(context, html) -> str:
    """In the place of nbconvert's filter: HTML is sanitised, a raw cell is shown as text."""
    raw = (context.get("cell") or {}).get("cell_type") == "raw"
    return f"<pre>{escape(str(html))}</pre>" if raw else sanitise(str(html))


class _Renderer(IPythonRenderer):
    # nbconvert's own look for pictures to embed in each piece of HTML, and close <details> at once.
    block_html, inline_html = HTMLRenderer.block_html, HTMLRenderer.inline_html

    def image(self, text, url, title=None):
        with suppress(Exception):  # a picture that is not there would end the whole page
            return super().image(text, url, title)
        return HTMLRenderer.image(self, text, url, title)


@pass_context
class SafeMarkdown(LoggingConfigurable):
    """In the place of markdown2html: nbconvert's own, sanitised; no Markdown makes it fail."""

    figures = Unicode("source", help="Folder of the assignments' figures.").tag(config=True)

    def __call__(self, context, source: str) -> str:
        """The HTML of one cell."""
        attachments = (context.get("cell") or {}).get("attachments", {})
        where = (context.get("resources") or {}).get("metadata", {}).get("path", "")
        path = str(Path(self.figures, Path(where).name))  # no file of a student's is read
        renderer = _Renderer(escape=False, attachments=attachments, embed_images=True, path=path)
        with suppress(Exception):
            if len(source) <= LONGEST:
                return sanitise(MarkdownWithMath(renderer=renderer).render(source))
        return f"<pre>{escape(source)}</pre>"


class EscapeNames(Preprocessor):
    """Formgrader's template writes names as they are, so they come to it escaped."""

    def preprocess(self, nb, resources):
        """Escape the names in resources."""
        names = ("student", "first_name", "last_name", "notebook_path")
        return nb, resources | {name: escape(resources.get(name) or "") for name in names}
