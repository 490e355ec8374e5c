"""Derivation trees as pictures: with box characters for a terminal, and as SVG."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from gegp.grammar.leftmost import program, steps
from gegp.grammar.model import Grammar, Symbol

MOST_LEVELS = 24
"""How many levels ``draw_tree`` indents, before it goes on at the left margin."""

FONT = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
CELL = 8.5
"""The width of a character of 14 px in pixels, a little more than fonts take."""

_PADDING, _GAP, _MARGIN = 8, 10, 20
_HEIGHT, _LEVEL, _BEND = 24, 56, 8
_EPSILON = Symbol("", terminal=True)


def draw_tree(grammar: Grammar, choices: Sequence[int]) -> str:
    """The tree of a leftmost derivation, a symbol a line, children below their parent.

    A terminal that is all its parent derives stands in its parent's line. A subtree that
    begins deeper than ``MOST_LEVELS`` is drawn below the others, under a number that stands
    where it belongs. Raises ValueError if the choices are no derivation.
    """
    nodes = _nodes(grammar, choices)
    parts = [[nodes[0].text]]
    places = {0: (parts[0], "")}  # by node: among which lines its children stand, how far indented
    for i, node in enumerate(nodes[1:], start=1):
        lines, indent = places[node.parent]
        if node.alone:
            lines[-1] += f" {node.text}"
            continue
        if len(indent) == 4 * MOST_LEVELS:  # a first child, so that its parent's is the last line
            lines[-1] += f" → [{len(parts)}]"
            lines, indent = ["", f"[{len(parts)}] {nodes[node.parent].text}"], ""
            parts.append(lines)
            places[node.parent] = lines, indent
        lines.append(indent + ("└── " if node.last else "├── ") + node.text)
        places[i] = lines, indent + ("    " if node.last else "│   ")
    return "\n".join(line for lines in parts for line in lines)


def tree_svg(grammar: Grammar, choices: Sequence[int]) -> str:
    """The tree of a leftmost derivation as a picture, an SVG document.

    Read from left to right, the leaves are the program. Non-terminals have corners,
    terminals are round. Raises ValueError if the choices are no derivation.
    """
    boxes = _boxes(_nodes(grammar, choices))
    width = max(box.x + box.width / 2 for box in boxes) + _MARGIN
    height = max(box.y for box in boxes) + _HEIGHT / 2 + _MARGIN
    edges = " ".join(_edge(boxes[box.node.parent], box) for box in boxes[1:])
    return "\n".join(
        [
            svg_head(width, height, f"Derivation of {shortened(program(grammar, choices), 100)}"),
            f'<path fill="none" stroke="#8a949c" stroke-width="1.5" d="{edges}"/>',
            '<g class="non-terminals" fill="#ffffff" stroke="#5b6770" stroke-width="1.5">',
            *(_rect(box, radius=0) for box in boxes if not box.node.terminal),
            "</g>",
            '<g class="terminals" fill="#d6e6f5" stroke="#2f6690" stroke-width="1.5">',
            *(_rect(box, radius=_HEIGHT / 2) for box in boxes if box.node.terminal),
            "</g>",
            f'<g font-family="{FONT}" font-size="14" text-anchor="middle" fill="#16222c">',
            *(_text(box) for box in boxes),
            "</g>",
            "</svg>\n",
        ]
    )


def symbol_text(symbol: Symbol) -> str:
    """A symbol as it is drawn: ``<name>``, or the text of a terminal.

    A terminal is quoted where something of it could not be seen or would be misread; escapes
    in quotes are Python's. All of it can be printed, and stand in XML.
    """
    if not symbol.terminal:
        return f"<{_printable(symbol.text)}>"
    text = symbol.text
    clear = text.isprintable() and not set(text) & set(" \"'\\")
    if text and clear and not (text[0] == "<" and text[-1] == ">"):
        return text
    return '"' + _printable(text.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def shortened(text: str, most: int) -> str:
    """A text as it can be printed in a line, cut off where it is too long."""
    shown = _printable(text[: most + 1])
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def text_width(text: str) -> float:
    """The pixels that a text takes in a font of 14 px."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return (len(text) + wide) * CELL


def svg_head(width: float, height: float, title: str) -> str:
    """How an SVG document begins: its size in pixels, its title and a white ground."""
    size = f"{width:.0f}", f"{height:.0f}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}"'
        f' viewBox="0 0 {size[0]} {size[1]}" role="img">\n'
        f"<title>{escape(title)}</title>\n"
        f'<rect width="{size[0]}" height="{size[1]}" fill="#ffffff"/>'
    )


def _printable(text: str) -> str:
    """A text with what cannot be printed (lone surrogates too) as Python's escapes."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


class _Node(NamedTuple):
    """A symbol in a tree."""

    text: str
    terminal: bool
    parent: int
    """The number of its parent."""
    last: bool = True
    """Whether it is its parent's last child."""
    alone: bool = False
    """Whether it is a terminal, and its parent's only child."""


def _nodes(grammar: Grammar, choices: Sequence[int]) -> list[_Node]:
    """The tree of a derivation: each node before its children, these from left to right."""
    expansions = iter(tuple(steps(grammar, choices)))
    nodes: list[_Node] = []
    stack = [_Node(symbol_text(Symbol(grammar.start, terminal=False)), False, 0)]
    while stack:
        node = stack.pop()
        nodes.append(node)
        if node.terminal:
            continue
        step = next(expansions)
        symbols = grammar.rules[step.rule].productions[step.production].symbols or (_EPSILON,)
        last = len(symbols) - 1
        stack += [
            _Node(
                symbol_text(symbols[place]),
                symbols[place].terminal,
                parent=len(nodes) - 1,
                last=place == last,
                alone=last == 0 and symbols[place].terminal,
            )
            for place in range(last, -1, -1)
        ]
    return nodes


class _Box(NamedTuple):
    """A node of a picture: its middle and its width in pixels."""

    node: _Node
    x: float
    y: float
    width: float


def _boxes(nodes: Sequence[_Node]) -> list[_Box]:
    """Nodes at their places, each in the middle above its children.

    A subtree has the width of its children beside each other, or of its root's text where
    that is wider; no two of them share a column.
    """
    own = [text_width(node.text) + 2 * _PADDING for node in nodes]
    below = [-float(_GAP)] * len(nodes)  # the width of the children, with gaps between them
    for i in range(len(nodes) - 1, 0, -1):
        below[nodes[i].parent] += max(own[i], below[i]) + _GAP
    boxes = [_Box(nodes[0], _MARGIN + max(own[0], below[0]) / 2, _MARGIN + _HEIGHT / 2, own[0])]
    free = [boxes[0].x - below[0] / 2]  # by node: where its next child may begin
    for i, node in enumerate(nodes[1:], start=1):
        width = max(own[i], below[i])
        x = free[node.parent] + width / 2
        free[node.parent] += width + _GAP
        free.append(x - below[i] / 2)
        boxes.append(_Box(node, x, boxes[node.parent].y + _LEVEL, own[i]))
    return boxes


def _rect(box: _Box, *, radius: float) -> str:
    x, y = box.x - box.width / 2, box.y - _HEIGHT / 2
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{box.width:.1f}" height="{_HEIGHT}" rx="{radius}"/>'
    )


def _text(box: _Box) -> str:
    place = f'x="{box.x:.1f}" y="{box.y + 5:.1f}"'
    return f'<text {place} xml:space="preserve">{escape(box.node.text)}</text>'


def _edge(parent: _Box, child: _Box) -> str:
    """A line that leaves the parent downwards and turns where its siblings' lines do."""
    middle = parent.y + _LEVEL / 2
    towards = max(-_BEND, min(_BEND, parent.x - child.x))
    return (
        f"M{parent.x:.1f} {parent.y + _HEIGHT / 2:.1f}V{middle:.1f}H{child.x + towards:.1f}"
        f"Q{child.x:.1f} {middle:.1f} {child.x:.1f} {middle + _BEND:.1f}"
        f"V{child.y - _HEIGHT / 2:.1f}"
    )
