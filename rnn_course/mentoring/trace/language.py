"""The backward pass of an LSTM language network, as posts hold it that are not about the course.

One-hot tokens x, the next ones y, no biases, the softmax's loss; h, c and ct = tanh(c) have one
row more than there are steps, so that the index -1 is the initial state, zero. Two forms are right:
one pass back over the steps, and one pass for each step's loss (slower, with the same gradients).
"""

import numpy as np

from rnn_utils import sigmoid, softmax

STEPS, HIDDEN, WORDS, SEED = 5, 4, 6, 1
GATES = "ifog"

_START = '''
def network_backward(x, y, cache, V, Wi, Wf, Wo, Wg, hidden_dim):
    """The gradients of an LSTM language network."""
    T = len(y)
    cache = forward_propagation(x)
    h, c, ct = cache["h"], cache["c"], cache["ct"]
    i, f, o, g = cache["i"], cache["f"], cache["o"], cache["g"]
    dV = np.zeros(V.shape)
    dWi = np.zeros(Wi.shape)
    dWf = np.zeros(Wf.shape)
    dWo = np.zeros(Wo.shape)
    dWg = np.zeros(Wg.shape)
    dUi = np.zeros((hidden_dim, len(V)))
    dUf = np.zeros((hidden_dim, len(V)))
    dUo = np.zeros((hidden_dim, len(V)))
    dUg = np.zeros((hidden_dim, len(V)))
    do = np.zeros((T, hidden_dim))
    dct = np.zeros((T, hidden_dim))
    di = np.zeros((T, hidden_dim))
    df = np.zeros((T, hidden_dim))
    dg = np.zeros((T, hidden_dim))
    diga = np.zeros((T, hidden_dim))
    dfga = np.zeros((T, hidden_dim))
    doga = np.zeros((T, hidden_dim))
    dgga = np.zeros((T, hidden_dim))
    dh = np.zeros((T, hidden_dim))
    dy = cache["y"].copy()
    dy[np.arange(len(y)), y] -= 1.0
'''
_STEP = """
do[s] = dhtmp * ct[s]
dct[s] = dhtmp * o[s]
dctmp += dct[s] * (1 - ct[s] ** 2)
di[s] = dctmp * g[s]
df[s] = dctmp * c[s - 1]
dg[s] = dctmp * i[s]
diga[s] = di[s] * i[s] * (1 - i[s])
dfga[s] = df[s] * f[s] * (1 - f[s])
doga[s] = do[s] * o[s] * (1 - o[s])
dgga[s] = dg[s] * (1 - g[s] ** 2)
dWi += np.outer(diga[s], h[s - 1])
dWf += np.outer(dfga[s], h[s - 1])
dWo += np.outer(doga[s], h[s - 1])
dWg += np.outer(dgga[s], h[s - 1])
dUi[:, x[s]] += diga[s]
dUf[:, x[s]] += dfga[s]
dUo[:, x[s]] += doga[s]
dUg[:, x[s]] += dgga[s]
carried = np.dot(Wi.T, diga[s]) + np.dot(Wf.T, dfga[s]) + np.dot(Wo.T, doga[s]) + np.dot(Wg.T, dgga[s])
dctmp = dctmp * f[s]
"""  # noqa: E501  one statement, one line
_OVER_ALL = """
dh_prev = np.zeros(hidden_dim)
dctmp = np.zeros(hidden_dim)
for t in reversed(range(T)):
    dV += np.outer(dy[t], h[t])
    dh[t] += V.T.dot(dy[t])
    dhtmp = V.T.dot(dy[t]) + dh_prev
"""
_OVER_EACH = """
for t in reversed(range(T)):
    dV += np.outer(dy[t], h[t])
    dh[t] += V.T.dot(dy[t])
    dhtmp = V.T.dot(dy[t])
    dctmp = np.zeros(hidden_dim)
    for bptt_step in np.arange(t + 1)[::-1]:
"""
_END = "return [dV, dWi, dWf, dWo, dWg, dUi, dUf, dUo, dUg]"


def _indented(text: str, by: int) -> str:
    return "\n".join(" " * by + line for line in text.strip().splitlines()) + "\n"


def _source(loop: str, step: str, carried: str, depth: int) -> str:
    body = _STEP.replace("[s", f"[{step}").replace("carried", carried)
    return _START + _indented(loop, 4) + _indented(body, 4 * depth) + _indented(_END, 4)


ONE_RUN = _source(_OVER_ALL, "t", "dh_prev", 2)
RUN_A_STEP = _source(_OVER_EACH, "bptt_step", "dhtmp", 3)


def weights(seed: int = SEED) -> dict[str, np.ndarray]:
    """Small weights: U from the tokens, W from the state, V to the next token."""
    generator = np.random.default_rng(seed)
    drawn = {"V": generator.normal(size=(WORDS, HIDDEN))}
    for gate in GATES:
        drawn["W" + gate] = generator.normal(size=(HIDDEN, HIDDEN))
        drawn["U" + gate] = generator.normal(size=(HIDDEN, WORDS))
    return drawn


def tokens(seed: int = SEED) -> tuple[np.ndarray, np.ndarray]:
    """A sequence of tokens, and the one that follows each."""
    drawn = np.random.default_rng(seed).integers(0, WORDS, STEPS + 1)
    return drawn[:-1], drawn[1:]


def forward(x: np.ndarray, weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The states, gates and predictions of all steps."""
    T = len(x)
    cache = {name: np.zeros((T + 1, HIDDEN)) for name in ("h", "c", "ct", *GATES)}
    cache["y"] = np.zeros((T, WORDS))
    h, c = cache["h"], cache["c"]
    for t in range(T):
        for gate in GATES:
            z = weights["U" + gate][:, x[t]] + weights["W" + gate] @ h[t - 1]
            cache[gate][t] = np.tanh(z) if gate == "g" else sigmoid(z)
        c[t] = cache["f"][t] * c[t - 1] + cache["i"][t] * cache["g"][t]
        cache["ct"][t] = np.tanh(c[t])
        h[t] = cache["o"][t] * cache["ct"][t]
        cache["y"][t] = softmax((weights["V"] @ h[t])[:, None])[:, 0]
    return cache


def loss(x: np.ndarray, y: np.ndarray, weights: dict[str, np.ndarray]) -> float:
    """The sum over the steps of minus the logarithm of what y was given."""
    return -float(np.log(forward(x, weights)["y"][np.arange(len(y)), y]).sum())


def arguments() -> dict:
    """The inputs of network_backward, by name."""
    x, y = tokens()
    drawn = weights()
    read = {name: value for name, value in drawn.items() if not name.startswith("U")}
    return {"x": x, "y": y, "cache": forward(x, drawn), **read, "hidden_dim": HIDDEN}
