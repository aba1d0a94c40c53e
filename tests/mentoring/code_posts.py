"""Posts as students write them, of our own words: numbers of the forum, code of our own."""

from rnn_course.mentoring.printed import MISTAKES, SOURCE
from rnn_course.mentoring.trace import language
from rnn_course.subject.mistakes import apply

TWO_LINES = """I use this for the output gate and the candidate, what is wrong?
dot = da_next * np.tanh(dc_next) * ot * (1 - ot)
dcct = (dc_next * ot + ot * (1 - np.tanh(np.square(dc_next))) * ot * da_next) * (1 - cct**2)
Thank you!
"""
NONE = "".join(f"    {gate} = None\n" for gate in ("dit", "dft", "dot", "dcct"))
NOTEBOOK_MISTAKES = {
    "rnn_cell_backward": (),
    "rnn_backward": (
        "rnn_backward/caches-not-unpacked",
        "rnn_backward/minus-for-underscore",
        "rnn_backward/adds-to-itself-dwax",
        "rnn_backward/adds-to-itself-dwaa",
    ),
    "lstm_cell_backward": (
        "lstm_cell_backward/np-dcct",
        "lstm_cell_backward/dbi-from-dcct",
        "lstm_cell_backward/dbc-from-dft",
        "lstm_cell_backward/dxt-takes-a-columns",
    ),
    "lstm_backward": ("lstm_backward/nothing-carried",),
}
TEST_CELL = """np.random.seed(1)
xt = np.random.randn(3,10)
b = np.random.randn(5,1)
parameters = {"Wax": Wax, "Waa": Waa, "Wya": Wya, "ba": ba, "by": by}
gradients = rnn_cell_backward(da_next, cache)
print("gradients[\\"dxt\\"][1][2] =", gradients["dxt"][1][2])
"""


def flat(text: str) -> str:
    """The text without indentation, a bullet before each line."""
    return "\n".join(f"- {line.strip()}" for line in text.splitlines())


def with_mistakes(function: str, *labels: str) -> str:
    """The published form of a function with mistakes of the catalogue."""
    mistakes = [MISTAKES[label] for label in labels]
    return apply(*mistakes)[function] if mistakes else SOURCE[function]


def notebook() -> str:
    """A notebook that was pasted: bullets, no indentation, comments, test cells."""
    cells = ["# coding: utf-8", "import numpy as np"]
    for function, labels in NOTEBOOK_MISTAKES.items():
        source = with_mistakes(function, *labels)
        source = source.replace("    dWf = np.dot(", f"{NONE}    dWf = np.dot(")
        source = source.replace("    return", "    ### END CODE HERE ###\n    return")
        cells += [f"# ## {function}", "# In[7]:", source, "# In[8]:", TEST_CELL]
    return "Sign up to see more\n" + flat("\n".join(cells)) + "\nAdvertisement\n"


def language_post(source: str, *edits: tuple[str, str]) -> str:
    """A backward pass of the language network as a method, what comes before the loop left out."""
    loop = "    dy = " + source.partition("    dy = ")[2]
    for was, becomes in edits:
        assert was in loop, was
        loop = loop.replace(was, becomes)
    for name in ("V", "Wi", "Wf", "Wo", "Wg"):
        for before in ("(", "= "):
            loop = loop.replace(f"{before}{name}.T", f"{before}self.{name}.T")
    loop = loop.replace("(hidden_dim)", "((1, self.hidden_dim))")
    start = "def bptt(self, x, y, cache):\n    cache = self.forward_propagation(x)\n    #...\n\n"
    return f"My gradient check fails.\n\n{start}{loop}\nAny idea?\n"


FIRST_TRY = language_post(
    language.RUN_A_STEP,
    ("np.arange(t + 1)[::-1]", "np.arange(t)[::-1]"),
    ("dctmp = np.zeros(hidden_dim)", "dctmp = dct[0] * (1.0 - ct[0] ** 2)"),
    ("np.outer(diga[bptt_step], ", "np.dot(diga[bptt_step].T, "),
    ("np.outer(dfga[bptt_step], ", "np.dot(dfga[bptt_step].T, "),
    ("np.outer(doga[bptt_step], ", "np.dot(doga[bptt_step].T, "),
    ("np.outer(dgga[bptt_step], ", "np.dot(dgga[bptt_step].T, "),
    ("dctmp = dctmp * f", "dctmp += dctmp * f"),
)
REPAIRED = language_post(language.ONE_RUN)
