"""sandbox/limits: the numbers, and that an instructor can set each of them."""

from dataclasses import FrozenInstanceError, asdict

import pytest
from conftest import ROOT
from traitlets.config import PyFileConfigLoader

from rnn_course.grading.execute import RunCells
from rnn_course.sandbox.limits import Limits


def test_limits_cannot_be_changed_on_their_way():
    """What is checked is what was set."""
    with pytest.raises(FrozenInstanceError):
        Limits().memory_mib = 10**6


def test_every_limit_is_a_setting_with_help():
    """RunCells has a trait of each name, with the same default."""
    for name, value in asdict(Limits()).items():
        trait = RunCells.class_traits(config=True)[name]
        assert trait.default_value == value
        assert trait.help


def test_the_configuration_names_every_limit_with_its_default():
    """An instructor finds what can be set in the file that is there."""
    settings = PyFileConfigLoader("nbgrader_config.py", str(ROOT)).load_config().RunCells
    assert {name: settings[name] for name in asdict(Limits())} == asdict(Limits())
    assert settings["unsandboxed"] is False


def test_settings_become_limits():
    """What is configured is what the sandbox is told."""
    assert RunCells(threads=3, cell_seconds=2.5).limits == Limits(threads=3, cell_seconds=2.5)
