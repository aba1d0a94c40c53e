"""An IPython shell whose outputs come as nbformat has them, as from a Jupyter kernel."""

import base64
import io
import re
from pathlib import Path
from traceback import extract_tb

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Any, Instance, Type
from traitlets.config import Config

from . import tracebacks
from .compiler import LearningCompiler

MARKS = re.compile(  # magics, help, prompts, indents, and line breaks of other kinds
    r"[%!?]|^\s*[/,;]|>>>|\.\.\.|In \[|\A\s|^[^\S\n]+$|[\r\v\f\x1c-\x1e\x85\u2028\u2029]",
    re.MULTILINE,
)
WARM_UP = ("1", "1 / 0", "%matplotlib inline", "import matplotlib.pyplot as plt\nplt.plot([1, 9]);")
OUTPUT = 500  # characters that a display counts for, beside its own
MAX_LINES, MAX_LINE = 100, 4000  # of a traceback, in characters


class CellStoppedError(BaseException):
    """Raised in the student's cell when it crosses a limit; except Exception does not catch it."""

    def _render_traceback_(self):
        frames = extract_tb(self.__traceback__)
        lines = [frame for frame in frames if frame.filename.startswith(tracebacks.CELL)]
        where = f" It was in line {lines[-1].lineno}: {lines[-1].line}" if lines else ""
        return [f"{type(self).__name__}: {self}{where}"[:MAX_LINE]]


class CellTimeoutError(CellStoppedError):
    """The cell's time is up."""


class TooMuchOutputError(CellStoppedError):
    """The cell puts out more than may be kept."""


class Outputs:
    """The outputs of the cell that runs. What it displays and prints counts, up to a limit."""

    def __init__(self):
        self.kept: list[dict] = []
        self.clear_at_next = False
        self.room = 0
        self.open = False

    def start(self, characters: int | None) -> None:
        """Begin a cell; None throws away all that comes."""
        self.kept, self.clear_at_next = [], False
        self.open, self.room = characters is not None, characters or 0

    def write(self, name: str, text: str) -> None:
        """Text on stdout or stderr, joined to what came there before."""
        if not text or not self.open:
            return
        text = self._take(text)
        if self.kept and self.kept[-1].get("name") == name:
            self.kept[-1]["parts"].append(text)
        else:
            self.kept.append({"output_type": "stream", "name": name, "parts": [text]})
        self._check_room()

    def add(self, output: dict) -> None:
        """A display, a result or an error."""
        if self.open:
            self.room -= OUTPUT  # a million of nothing is too much as well
            data = output.get("data", {})
            for mime, value in data.items():
                data[mime] = self._take(value) if isinstance(value, str) else value
            self.kept.append(output)
            self._check_room()

    def _take(self, text: str) -> str:
        if self.clear_at_next:
            self.kept, self.clear_at_next = [], False
        taken = text[: max(self.room, 0)]
        self.room -= len(text)
        return taken

    def _check_room(self) -> None:
        if self.room < 0:
            raise TooMuchOutputError("The cell put out more than the limit.")

    def finish(self) -> list[dict]:
        """The outputs as nbformat has them."""
        self.open = False
        for output in self.kept:
            if "parts" in output:
                output["text"] = "".join(output.pop("parts"))
        return self.kept


class Stream(io.TextIOBase):
    """sys.stdout or sys.stderr of the student's code."""

    encoding = "UTF-8"

    def __init__(self, name: str, outputs: Outputs):
        self.name, self.outputs = f"<{name}>", outputs
        self._name = name

    def writable(self):
        """Text may be written."""
        return True

    def write(self, text):
        """Keep text. Raises TooMuchOutputError."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self.outputs.write(self._name, text)
        return len(text)


class _Hook(DisplayHook):
    """The value of the last expression."""

    def write_output_prompt(self):
        """The number stands in the output itself."""

    def write_format_data(self, format_dict, md_dict=None):
        """Keep the value's representations."""
        self.shell.outputs.add(
            {
                "output_type": "execute_result",
                "execution_count": self.prompt_count,
                "data": _texts(format_dict),
            }
        )

    def finish_displayhook(self):
        """Nothing is buffered."""
        self._is_active = False


class _Publisher(DisplayPublisher):
    """What display() is given."""

    def publish(self, data, metadata=None, *_, transient=None, update=False, **__):
        """Keep the representations, in the place of what they update."""
        outputs = self.shell.outputs
        mark = (transient or {}).get("display_id")
        output = {"output_type": "display_data", "data": _texts(data)}
        if not update:
            if mark is not None:
                output["display_id"] = mark
            outputs.add(output)
            return
        for old in outputs.kept:
            if mark is not None and old.get("display_id") == mark:
                old["data"] = output["data"]

    def clear_output(self, wait=False):
        """Forget the cell's outputs, now or when the next one comes."""
        self.shell.outputs.clear_at_next = wait
        if not wait:
            self.shell.outputs.kept = []


def _texts(data: dict) -> dict:
    return {
        str(mime): base64.b64encode(value).decode() if isinstance(value, bytes) else value
        for mime, value in data.items()
        if isinstance(value, (str, bytes))
    }


class _Transformer(TransformerManager):
    """IPython's rewriting of magics, help and prompts; plain Python is not searched for them.

    Each of the rewritings needs one of the marks, so the result is the same.
    """

    def transform_cell(self, cell):
        """The cell as Python."""
        if MARKS.search(cell):
            return super().transform_cell(cell)
        return cell if cell.endswith("\n") else f"{cell}\n"


class CellShell(InteractiveShell):
    """Runs cells one by one; run(cell) returns their outputs."""

    outputs = Any()
    input_transformer_manager = Instance(_Transformer, ())
    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    compiler_class = Type(LearningCompiler)

    def should_run_async(self, raw_cell, *, transformed_cell=None, preprocessing_exc_tuple=None):
        """Whether the cell awaits something; where neither word stands it is not even compiled."""
        if "await" not in raw_cell and "async" not in raw_cell:
            return False
        return super().should_run_async(
            raw_cell,
            transformed_cell=transformed_cell,
            preprocessing_exc_tuple=preprocessing_exc_tuple,
        )

    def enable_gui(self, gui=None):
        """There is no window to open; %matplotlib inline needs none."""

    def warm_up(self):
        """Do once what each cell, error and figure needs, so that no child does it first."""
        for source in WARM_UP:
            self.run(source, 10**6)
        self.reset(new_session=True)
        self.user_ns |= {"_": "", "__": "", "___": ""}
        # Figures are shown before matplotlib would draw the same ones for nobody.
        self.events.callbacks["post_execute"].sort(key=lambda f: f.__name__ != "flush_figures")

    def learn(self, source):
        """Compile a cell that may come. Whoever wrote it must be trusted."""
        self.compile.learn(self.transform_cell(source))

    def _format_exception_for_storage(self, exception, *_, **__):
        """There is no history to keep it in, and to format an error takes longer than a cell."""

    def ask_exit(self):
        """exit and quit end nothing: the cells that follow are run."""

    def _showtraceback(self, etype, evalue, stb):
        try:
            words = str(evalue)
        except Exception as error:  # the student's own __str__
            words = f"<no words: {type(error).__name__}>"
        lines = [str(line)[:MAX_LINE] for line in stb][-MAX_LINES:]
        told = {"ename": etype.__name__, "evalue": words[:MAX_LINE], "traceback": lines}
        self.outputs.kept.append({"output_type": "error", **told})  # even if there is no room

    def run(self, source: str, characters: int) -> list[dict]:
        """Run a cell; at most so many characters of output are kept."""
        self.outputs.start(characters)
        try:
            self.run_cell(source, store_history=True)
        except BaseException as error:  # raised between two lines of the student's
            self._showtraceback(type(error), error, [f"{type(error).__name__}: {error}"])
        return self.outputs.finish()


def new_shell(folder: Path) -> CellShell:
    """The one shell of this process, with IPython's own files in a folder."""
    tracebacks.hasten()
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "neutral"
    config.InteractiveShell.cache_size = 1000
    outputs = Outputs()
    shell = CellShell.instance(config=config, ipython_dir=str(folder))
    shell.outputs = outputs
    shell.display_formatter.active_types = ["text/plain", "image/png"]
    return shell
