"""Railroad diagrams of a grammar, as SVG."""

from __future__ import annotations

import math
from html import escape
from importlib import import_module
from typing import Any

from gegp.errors import MissingPackage
from gegp.grammar.drawing import FONT, shortened, svg_head, symbol_text, text_width
from gegp.grammar.model import RANGE_NAMES, Grammar, Production, Rule, Symbol, number_text

MOST_ALTERNATIVES = 24
"""How many alternatives of a rule are drawn; where there are more, some are only counted."""

PAGE = 900
"""The pixels beyond which an alternative goes on in a row below."""

_COLUMN = 8
_MOST_TEXT = 60
_MARGIN = 20

_STYLE = f"""<style>
.railroad path {{ fill: none; stroke: #5b6770; stroke-width: 1.5; }}
.railroad rect {{ fill: #ffffff; stroke: #5b6770; stroke-width: 1.5; }}
.railroad .terminal rect {{ fill: #d6e6f5; stroke: #2f6690; }}
.railroad text {{ font: 14px {FONT}; fill: #16222c; text-anchor: middle; white-space: pre; }}
.railroad text.comment {{ font: italic 12px {FONT}; }}
.railroad text.name {{ font-weight: bold; text-anchor: start; }}
</style>"""


def railroad_svg(grammar: Grammar) -> str:
    """A railroad diagram for every rule under its name, as one SVG document.

    Non-terminals have corners, terminals are round; ``×3`` behind an alternative is its
    weight. A number range is a box where it is used, and has no diagram. Of a rule with more
    than ``MOST_ALTERNATIVES`` the first ones and the last are drawn.

    Raises MissingPackage if the package railroad-diagrams is not installed.
    """
    railroad = _package()
    parts: list[str] = []
    width, y = 0.0, float(_MARGIN)
    for rule in grammar.rules:
        if rule.name.startswith(RANGE_NAMES):
            continue
        name = symbol_text(Symbol(rule.name, terminal=False))
        parts.append(f'<text class="name" x="{_MARGIN}" y="{y + 12:.1f}">{escape(name)}</text>')
        diagram = railroad.Diagram(_alternatives(railroad, rule)).format(2)
        diagram.attrs |= {"class": "rule", "x": str(_MARGIN), "y": f"{y + 26:.1f}"}
        diagram.writeSvg(parts.append)
        width = max(width, float(diagram.attrs["width"]), text_width(name))
        y += 26 + float(diagram.attrs["height"]) + 24
    # The package leaves ">" as it is, which is not allowed here.
    body = "".join(parts).replace("]]>", "]]&gt;")
    start = symbol_text(Symbol(grammar.start, terminal=False))
    head = svg_head(width + 2 * _MARGIN, y, f"The rules of the grammar of {start}")
    return f'{head}\n{_STYLE}\n<g class="railroad" xml:space="preserve">{body}</g>\n</svg>\n'


def _package() -> Any:
    """The package railroad-diagrams, which says nothing of types."""
    try:
        return import_module("railroad")
    except ImportError:
        raise MissingPackage(
            "railroad diagrams need the package railroad-diagrams, which is not installed; "
            'install it with: pip install "gegp[report]"'
        ) from None


def _alternatives(railroad: Any, rule: Rule) -> Any:
    """The alternatives of a rule below each other; beside each other where they are many."""
    productions = rule.productions
    items = [_production(railroad, each) for each in productions[:MOST_ALTERNATIVES]]
    if len(productions) > MOST_ALTERNATIVES:
        left_out = len(productions) - MOST_ALTERNATIVES + 1
        last = _production(railroad, productions[-1])
        items[-2:] = railroad.Comment(f"… {left_out} more"), last
    rows = math.ceil(len(items) / math.ceil(len(items) / _COLUMN))
    columns = [railroad.Choice(0, *items[i : i + rows]) for i in range(0, len(items), rows)]
    if sum(column.width for column in columns) > PAGE:
        columns = [railroad.Choice(0, *items)]
    return railroad.HorizontalChoice(*columns)


def _production(railroad: Any, production: Production) -> Any:
    """An alternative from left to right, in rows where it is long."""
    items = [_symbol(railroad, symbol) for symbol in production.symbols]
    if not items:
        items.append(railroad.Comment("empty"))
    if production.weight != 1:
        items.append(railroad.Comment(f"×{number_text(production.weight)}"))
    rows: list[list[Any]] = []
    free = 0.0
    for item in items:
        if not rows or item.width > free:
            rows.append([])
            free = PAGE
        rows[-1].append(item)
        free -= item.width + 20
    sequences = [railroad.Sequence(*row) for row in rows]
    return sequences[0] if len(sequences) == 1 else railroad.Stack(*sequences)


def _symbol(railroad: Any, symbol: Symbol) -> Any:
    """A symbol's box; what is too long for it is shown when the pointer rests there."""
    text = symbol_text(symbol)
    shown = shortened(text, _MOST_TEXT)
    kind = railroad.Terminal if symbol.terminal else railroad.NonTerminal
    box = kind(shown, title=text if shown != text else None)
    box.width = text_width(shown) + 20
    return box
