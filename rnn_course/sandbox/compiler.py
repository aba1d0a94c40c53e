"""Compiles the cells that all students are given once, before the fork, and not in each child."""

import ast
import warnings
from contextlib import suppress
from types import CodeType

from IPython.core.compilerop import CachingCompiler, code_name


class LearningCompiler(CachingCompiler):
    """IPython's compiler, which knows some cells by heart. What it does not know it compiles.

    A cell is split into statements, each of which is compiled and run by itself, the last one so
    that the value of an expression is shown: with so small pieces compiling takes as long as
    running.
    """

    def __init__(self):
        super().__init__()
        self.plain = self.flags
        self.trees: dict[str, ast.Module] = {}
        self.codes: dict[tuple[int, str], CodeType] = {}  # by the id of a statement in a tree

    def learn(self, source: str) -> None:
        """Compile a cell that may come, as run_ast_nodes does.

        What is no Python is not learnt, nor what warns, for the warning is one of its outputs.
        """
        if "__future__" in source:  # it changes the cells behind it as well
            return
        name = self.get_code_name(source, source, 0)
        with (
            suppress(SyntaxError, ValueError),
            warnings.catch_warnings(),
            self.extra_flags(ast.PyCF_ALLOW_TOP_LEVEL_AWAIT),
        ):
            warnings.simplefilter("error")  # to a compiler, it is a SyntaxError then
            tree = super().ast_parse(source, name)
            for node in tree.body:
                shown = node is tree.body[-1] and isinstance(node, ast.Expr)
                module = ast.Interactive([node]) if shown else ast.Module([node], [])
                mode = "single" if shown else "exec"
                self.codes[id(node), mode] = super().__call__(module, name, mode)
            self.trees[source] = tree  # keeps the statements, and so their ids

    def get_code_name(self, raw_code, transformed_code, number):
        """A name from the source alone, as in a Jupyter kernel; the number is not known before."""
        return code_name(transformed_code, "cell")

    def ast_parse(self, source, filename="<unknown>", symbol="exec"):
        """The tree of a cell; __future__ may have changed what a cell means."""
        known = self.trees.get(source) if self.flags == self.plain else None
        return known or super().ast_parse(source, filename, symbol)

    def __call__(self, source, filename, symbol, *arguments, **options):
        """The code of a statement."""
        node = source.body[0] if isinstance(source, (ast.Module, ast.Interactive)) else None
        known = self.codes.get((id(node), symbol))
        return known or super().__call__(source, filename, symbol, *arguments, **options)
