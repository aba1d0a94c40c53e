"""mentoring/search: the natural forms of the published lines."""

import ast

import numpy as np
import pytest
from planted import changed, observed

from rnn_course.mentoring.program import PUBLISHED_PROGRAM, Site, at, statements, with_value
from rnn_course.mentoring.search.natural import as_it_is, other_forms
from rnn_course.mentoring.search.reported import Reported
from rnn_course.mentoring.search.search import Search
from rnn_course.mentoring.search.trial import Trial

SITES = [
    Site(name, path) for name, tree in PUBLISHED_PROGRAM.items() for path, _ in statements(tree)
]
FORMS = [(site, form) for site in SITES for form in other_forms(site, at(PUBLISHED_PROGRAM, site))]


@pytest.mark.parametrize(("site", "form"), FORMS, ids=[ast.unparse(form)[:40] for _, form in FORMS])
def test_every_form_computes_the_same(site, form):
    """To rounding, in its published cell."""
    trial = Trial(PUBLISHED_PROGRAM, Reported(observed(site.function)))
    row = trial.exact(with_value(PUBLISHED_PROGRAM, site, form))
    assert np.allclose(row, trial.predicted, rtol=1e-12, atol=1e-14)


def test_there_are_forms_of_every_gate():
    """Factored and multiplied out."""
    bound = [at(PUBLISHED_PROGRAM, site).targets[0].id for site, _ in FORMS]
    assert all(bound.count(gate) == 2 for gate in ("dcct", "dit", "dft"))


def test_an_edited_line_has_its_own_form_alone():
    """What was edited is no published line any more."""
    site, _ = FORMS[0]
    statement = ast.parse("a_next = np.tanh(ba)").body[0]
    assert as_it_is(site, statement) == [statement.value]
    assert other_forms(site, statement) == []


def test_a_mistake_in_another_form_is_found():
    """c_prev left out of the second term, as the multiplied form has it."""
    multiplied = (
        "dft = dc_next * c_prev * ft * (1 - ft)"
        " + ot * (1 - np.tanh(c_next) ** 2) * ft * (1 - ft) * da_next"
    )
    published = "dft = (dc_next * c_prev + ot * (1 - np.tanh(c_next) ** 2) * c_prev * da_next)"
    program = changed("lstm_cell_backward", (f"{published} * ft * (1 - ft)", multiplied))
    found = Search(Reported(observed("lstm_cell_backward", program))).run()
    assert found
