"""subject/rnn_step_by_step/published: the published numbers, and what made the old ones."""

import numpy as np
import pytest

from rnn_course.subject import mistakes, published
from rnn_course.subject.exercises import of
from rnn_utils import published_inputs

LSTM_NEW = """dx[1][2] 0.00218254 0.28205375 -0.48292508 -0.43281115; da0[2][3] 0.312770310257;
    dWf[3][1] -0.0809802310938; dWi[1][2] 0.40512433093; dWc[3][1] -0.0793746735512;
    dWo[1][2] 0.038948775763; dbf[4] -0.15745657; dbi[4] -0.50848333; dbc[4] -0.42510818;
    dbo[4] -0.17958196"""
NEW = {  # typed from the published pages
    "rnn_cell_forward": """a_next[4] 0.59584544 0.18141802 0.61311866 0.99808218 0.85016201
        0.99980978 -0.18887155 0.99815551 0.6531151 0.82872037;
        yt_pred[1] 0.9888161 0.01682021 0.21140899 0.36817467 0.98988387 0.88945212
        0.36920224 0.9966312 0.9982559 0.17746526""",
    "rnn_forward": """a[4][1] -0.99999375 0.77911235 -0.99861469 -0.99833267;
        y_pred[1][3] 0.79560373 0.86224861 0.11118257 0.81515947;
        caches[1][1][3] -1.1425182 -0.34934272 -0.20889423 0.58662319""",
    "lstm_cell_forward": """a_next[4] -0.66408471 0.0036921 0.02088357 0.22834167 -0.85575339
        0.00138482 0.76566531 0.34631421 -0.00215674 0.43827275;
        c_next[2] 0.63267805 1.00570849 0.35504474 0.20690913 -1.64566718 0.11832942
        0.76449811 -0.0981561 -0.74348425 -0.26810932;
        yt[1] 0.79913913 0.15986619 0.22412122 0.15606108 0.97057211 0.31146381 0.00943007
        0.12666353 0.39380172 0.07828381;
        cache[1][3] -0.16263996 1.03729328 0.72938082 -0.54101719 0.02752074 -0.30821874
        0.07651101 -1.03752894 1.41219977 -0.37647422""",
    "lstm_forward": """a[4][3][6] 0.172117767533; y[1][4][3] 0.95087346185;
        c[1][2][1] -0.855544916718; caches[1][1][1] 0.82797464 0.23009474 0.76201118
        -0.22232814 -0.20075807 0.18656139 0.41005165""",
    "rnn_cell_backward": """dxt[1][2] -1.3872130506; da_prev[2][3] -0.152399493774;
        dWax[3][1] 0.410772824935; dWaa[1][2] 1.15034506685; dba[4] 0.20023491""",
    "rnn_backward": """dx[1][2] -2.07101689 -0.59255627 0.02466855 0.01483317;
        da0[2][3] -0.314942375127; dWax[3][1] 11.2641044965; dWaa[1][2] 2.30333312658;
        dba[4] -0.74747722""",
    "lstm_cell_backward": """dxt[1][2] 3.23055911511; da_prev[2][3] -0.0639621419711;
        dc_prev[2][3] 0.797522038797; dWf[3][1] -0.147954838164; dWi[1][2] 1.05749805523;
        dWc[3][1] 2.30456216369; dWo[1][2] 0.331311595289; dbf[4] 0.18864637;
        dbi[4] -0.40142491; dbc[4] 0.25587763; dbo[4] 0.13893342""",
    "lstm_backward": LSTM_NEW,
}
OLD_RNN_CELL = """dxt[1][2] -0.460564103059; da_prev[2][3] 0.0842968653807;
    dWax[3][1] 0.393081873922; dWaa[1][2] -0.28483955787; dba[4] 0.80517166"""
OLD_LSTM = """dx[1][2] -0.00173313 0.08287442 -0.30545663 -0.43281115; da0[2][3] -0.095911501954;
    dWf[3][1] -0.0698198561274; dWi[1][2] 0.102371820249; dWc[3][1] -0.0624983794927;
    dWo[1][2] 0.0484389131444; dbf[4] -0.0565788; dbi[4] -0.06997391; dbc[4] -0.27441821;
    dbo[4] 0.16532821"""
EXERCISES = of("rnn-step-by-step")
RIGHT = published.build()


def outputs_of(name, functions=RIGHT):
    """The outputs of an exercise on the published inputs, by name."""
    exercise, inputs = EXERCISES[name], list(published_inputs(name))
    if exercise.forward:
        taken = len(inputs) - len(exercise.upstream)
        caches = functions[exercise.forward](*inputs[:taken])[-1]
        return functions[name](*inputs[taken:], caches)
    return dict(zip(exercise.outputs, functions[name](*inputs), strict=True))


def wrong_places(outputs, table):
    """The places of a table whose numbers are not those of the outputs, as they are printed."""
    wrong = []
    for row in table.split(";"):
        place, *numbers = row.split()
        name, _, index = place.partition("[")
        value = eval("value[" + index, {"value": outputs[name]})
        for mine, printed in zip(np.ravel(value), numbers, strict=True):
            # the last printed digit may be rounded either way
            if abs(mine - float(printed)) > 0.51 * 10.0 ** -len(printed.partition(".")[2]):
                wrong.append(place)
    return wrong


def test_all_eight_functions_have_published_numbers():
    """The table above leaves none out."""
    assert list(NEW) == list(EXERCISES)
    assert len(NEW) == 8


@pytest.mark.parametrize("name", NEW)
def test_the_new_numbers_are_reproduced(name):
    """Every number that the newer pages print comes out to its last digit."""
    assert wrong_places(outputs_of(name), NEW[name]) == []


def test_a_planted_wrong_number_is_noticed():
    """The comparison of these tests is not blind: one unit in the last digit is a difference."""
    assert wrong_places(outputs_of("lstm_forward"), "a[4][3][6] 0.172117767534") == ["a[4][3][6]"]


@pytest.mark.parametrize("gate", ["dot", "dcct", "dit", "dft"])
def test_each_gate_stands_on_one_line(gate):
    """The catalogue and the search edit single lines, so no gate may run over two."""
    lines = published.SOURCE["lstm_cell_backward"].splitlines()
    (line,) = [line for line in lines if line.startswith(f"    {gate} =")]
    compile(line.strip(), "<line>", "exec")
    assert line.count("(") == line.count(")")


def test_the_old_rnn_cell_backward_numbers_come_from_a_left_over_ba():
    """With the ba of the rnn_forward cell in the place of the cell's own, they come out."""
    xt, a_prev, parameters, da_next = published_inputs("rnn_cell_backward")
    left_over = published_inputs("rnn_forward")[2]["ba"]
    assert not np.allclose(left_over, parameters["ba"])
    cache = RIGHT["rnn_cell_forward"](xt, a_prev, parameters | {"ba": left_over})[-1]
    gradients = RIGHT["rnn_cell_backward"](da_next, cache)
    assert wrong_places(gradients, OLD_RNN_CELL) == []
    assert len(wrong_places(outputs_of("rnn_cell_backward"), OLD_RNN_CELL)) == 5


def test_the_old_lstm_backward_numbers_come_from_two_mistakes():
    """No carry, and bias sums that continue dbf: together they print the old page."""
    sources = mistakes.apply(
        mistakes.MISTAKES["lstm_backward/nothing-carried"],
        mistakes.MISTAKES["lstm_backward/old-bias-sums"],
    )
    assert list(sources) == ["lstm_backward"]
    outputs = outputs_of("lstm_backward", published.build(sources))
    assert wrong_places(outputs, OLD_LSTM) == []


def test_one_of_the_two_mistakes_alone_does_not_make_the_old_numbers():
    """Without the bias mistake seven of the ten agree; the three biases do not."""
    sources = mistakes.apply(mistakes.MISTAKES["lstm_backward/nothing-carried"])
    outputs = outputs_of("lstm_backward", published.build(sources))
    assert wrong_places(outputs, OLD_LSTM) == ["dbi[4]", "dbc[4]", "dbo[4]"]
    sources = mistakes.apply(mistakes.MISTAKES["lstm_backward/old-bias-sums"])
    assert "dWf[3][1]" in wrong_places(
        outputs_of("lstm_backward", published.build(sources)), OLD_LSTM
    )
