"""The graph of a computation as inline SVG: what is right, wrong, first wrong and not seen.

A state shows in the shape and the sign of a node as well as in its colour; the strip at its left
has the colour of the gate that its name tells.
"""

from html import escape

from .graph import Node, nodes, rows

States = dict[tuple[str, str], str]
SIGNS = {"right": "✓", "wrong": "✗", "first": "✗", "unseen": "·"}
MEANINGS = {
    "right": "right",
    "wrong": "wrong",
    "first": "the first that is wrong",
    "unseen": "not seen in the post",
}
GATES = {  # the notebooks' palette
    "forget gate": ("#D55E00", "ft Wf bf dft dWf dbf"),
    "input gate": ("#009E73", "it Wi bi dit dWi dbi"),
    "candidate": ("#E69F00", "cct Wc bc dcct dWc dbc"),
    "output gate": ("#0072B2", "ot Wo bo dot dWo dbo"),
    "cell state": ("#56B4E9", "c c_prev c_next dc_prev dc_next dc_prevt"),
    "hidden state": ("#CC79A7", "a a0 a_prev a_next da da0 da_prev da_next da_prevt"),
}
COLOURS = {name: colour for colour, names in GATES.values() for name in names.split()}
WIDTH, HEIGHT, GAP, DROP = 104, 30, 12, 44
COLUMNS = {"wide": 7, "narrow": 3}
Places = dict[str, tuple[float, float]]  # the middle of each node


def drawing(function: str, states: States) -> str:
    """The graph twice, for a wide and for a narrow window; the style sheet shows one of them."""
    mine = {name: state for (where, name), state in states.items() if where == function}
    graph = nodes(function, [name for name, state in mine.items() if state in ("wrong", "first")])
    mine = {node.variable: mine.get(node.variable, "unseen") for node in graph}
    return "".join(_svg(function, graph, mine, kind) for kind in COLUMNS)


def seen(function: str, states: States) -> bool:
    """Whether a post says anything of a function's values."""
    return any(where == function and state != "unseen" for (where, _), state in states.items())


def _svg(function: str, graph: list[Node], states: dict[str, str], kind: str) -> str:
    lines = rows(graph, COLUMNS[kind])
    width, height = COLUMNS[kind] * (WIDTH + GAP), len(lines) * (HEIGHT + DROP)
    places: Places = {
        node.variable: (width / 2 + (j + 0.5 - len(line) / 2) * (WIDTH + GAP), middle)
        for middle, line in zip(range(HEIGHT, height, HEIGHT + DROP), lines, strict=True)
        for j, node in enumerate(line)
    }
    drawn = [_edges(node, places, states) for node in graph]
    drawn += [_node(node.variable, states[node.variable], *places[node.variable]) for node in graph]
    return (
        f'<svg class="{kind}" viewBox="0 0 {width} {height}" width="{width}" '
        f'role="img" aria-label="The computation of {escape(function)}">{"".join(drawn)}</svg>'
    )


def _edges(node: Node, places: Places, states: dict[str, str]) -> str:
    """The edges that lead to a node; wrong ones where a wrong value went into a wrong one."""
    drawn = []
    for read in (*node.reads, *node.later):
        (x, y), (end_x, end_y) = places[read], places[node.variable]
        bad = {states[read], states[node.variable]} <= {"wrong", "first"}
        if read in node.later:  # back up, around the right
            x, end_x, out = x + WIDTH / 2, end_x + WIDTH / 2, 40
            path = f"M{x:g},{y:g}C{x + out:g},{y:g} {end_x + out:g},{end_y:g} {end_x:g},{end_y:g}"
        else:
            y, end_y, down = y + HEIGHT / 2, end_y - HEIGHT / 2, max(end_y - y - HEIGHT, DROP) / 2
            path = f"M{x:g},{y:g}C{x:g},{y + down:g} {end_x:g},{end_y - down:g} {end_x:g},{end_y:g}"
        kind = f"edge{' later' * (read in node.later)}{' wrong' * bad}"
        drawn.append(f'<path class="{kind}" d="{path}"/>')
    return "".join(drawn)


def _node(name: str, state: str, x: float, y: float) -> str:
    """A box with the name, its gate's strip and the sign; a pill if it is right."""
    gate = next((gate for gate, (_, names) in GATES.items() if name in names.split()), "")
    title = f"{name}{f' ({gate})' * bool(gate)}: {MEANINGS[state]}"
    parts = [f"<title>{escape(title)}</title>", _box(x, y, 0, 15 if state == "right" else 2)]
    if state == "first":
        parts.append(_box(x, y, 4, 5).replace("<rect", '<rect class="halo"'))
        parts.append(f'<text class="label" x="{x:g}" y="{y - 28:g}">first wrong</text>')
    if gate:
        strip = f'd="M{x - WIDTH / 2 + 11:g},{y - 7:g}v14" stroke-linecap="round"'
        parts.append(f'<path class="under" {strip}/>' * (state == "first"))
        parts.append(f'<path stroke="{COLOURS[name]}" stroke-width="4" {strip}/>')
    text = f'<text x="{x + 5 * bool(gate):g}" y="{y:g}">{escape(name)} {SIGNS[state]}</text>'
    return f'<g class="node {state}">{"".join(parts)}{text}</g>'


def _box(x: float, y: float, out: int, corner: int) -> str:
    left, top = x - WIDTH / 2 - out, y - HEIGHT / 2 - out
    size = f'width="{WIDTH + 2 * out}" height="{HEIGHT + 2 * out}" rx="{corner}"'
    return f'<rect x="{left:g}" y="{top:g}" {size}/>'
