import ast
import itertools
import re
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from gegp import read_grammar
from gegp.grammar.analysis import least_depth
from gegp.grammar.counting import DerivationCounts
from gegp.grammar.drawing import draw_tree, tree_svg
from gegp.grammar.leftmost import program
from gegp.grammar.membership import find_derivation
from gegp.grammar.model import Grammar, Production, Rule, Symbol
from gegp.grammar.reader import parse_grammar
from gegp.rng import stream
from gegp.testing import grammars, seeds

GRAMMARS = Path(__file__).parents[2] / "grammars"
SVG = "{http://www.w3.org/2000/svg}"
BRANCH = re.compile(r"(?:│   |    )*(?:├── |└── )?")
POLICY = "if_func(epoch < 5, 0.1, 0.0001)"

CHAIN = parse_grammar("<a> ::= x<a> | y")


def drawn(grammar, seed, levels=2):
    """A random derivation at most so many levels deeper than the shallowest."""
    return DerivationCounts(grammar, least_depth(grammar) + levels).draw(stream(seed))


def text_of(shown):
    """The text of a terminal, read back from how it is shown."""
    return ast.literal_eval(shown) if shown.startswith('"') else shown


def lone(*texts):
    """The grammar and the derivation of one alternative of terminals, not joined."""
    symbols = tuple(Symbol(text, terminal=True) for text in texts)
    return Grammar((Rule("a", (Production(symbols),)),)), (0,)


class Box(NamedTuple):
    text: str
    x: float
    y: float
    width: float
    terminal: bool

    @property
    def ends(self):
        return self.x - self.width / 2, self.x + self.width / 2


def boxes(svg):
    """The boxes of a picture with the texts in their middles; the picture's size."""
    root = ElementTree.fromstring(svg)
    places = {}
    for name in ("non-terminals", "terminals"):
        for rect in root.find(f"{SVG}g[@class='{name}']"):
            x, y, width, height = (float(rect.get(key)) for key in ("x", "y", "width", "height"))
            middle = round(x + width / 2), round(y + height / 2)
            places[middle] = x + width / 2, y + height / 2, width, name == "terminals"
    found = []
    for text in root.iter(f"{SVG}text"):
        x, y = float(text.get("x")), float(text.get("y"))
        near = [box for box in places.values() if abs(box[0] - x) < 1 and abs(box[1] - y) < 6]
        assert len(near) == 1
        found.append(Box(text.text, *near[0]))
    assert len(found) == len(places)
    return found, [float(number) for number in root.get("viewBox").split()]


def test_a_policy_of_autolr():
    grammar = read_grammar(GRAMMARS / "autolr.bnf")
    choices = find_derivation(grammar, POLICY).choices
    assert draw_tree(grammar, choices).split("\n") == [
        "<expr>",
        "├── if_func(",
        "├── <logic_expr>",
        '│   ├── "epoch "',
        "│   ├── <logic_op> <",
        '│   ├── " "',
        "│   └── <ep_const> 5",
        '├── ", "',
        "├── <expr>",
        "│   └── <lr_const> 0.1",
        '├── ", "',
        "├── <expr>",
        "│   └── <lr_const> 0.0001",
        "└── )",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x", "x"),
        ("<=", "<="),
        ("é≤漢", "é≤漢"),
        ("", '""'),
        (" ", '" "'),
        ("a b", '"a b"'),
        ("it's", '"it\'s"'),
        ('"', r'"\""'),
        ("a\\n", r'"a\\n"'),
        ("a\n\tb", r'"a\n\tb"'),
        ("<a>", '"<a>"'),
        ("\x00\x85\xa0\u2028", r'"\x00\x85\xa0\u2028"'),
        ("\ud800\uffff\U000e0001", r'"\ud800\uffff\U000e0001"'),
    ],
)
def test_terminals_show_what_cannot_be_seen(text, shown):
    grammar, choices = lone(text)
    assert draw_tree(grammar, choices) == f"<a> {shown}"
    found, _ = boxes(tree_svg(grammar, choices))
    assert [box.text for box in found] == ["<a>", shown]


def test_an_empty_alternative_is_an_empty_text():
    grammar = parse_grammar('<a> ::= x<b>\n<b> ::= ""')
    assert draw_tree(grammar, (0, 0)) == '<a>\n├── x\n└── <b> ""'


def test_names_with_what_cannot_be_printed():
    grammar = Grammar((Rule("a\nb\ud800", (Production(()),)),))
    assert draw_tree(grammar, (0,)) == r'<a\nb\ud800> ""'
    assert "&lt;a\\nb\\ud800&gt;" in tree_svg(grammar, (0,))


def test_subtrees_beyond_the_margin_go_on_below():
    lines = draw_tree(CHAIN, (0,) * 30 + (1,)).split("\n")
    joint = lines.index("")
    assert lines[joint - 1].endswith("└── <a> → [1]")
    assert lines[joint + 1 : joint + 4] == ["[1] <a>", "├── x", "└── <a>"]
    assert lines[-1].endswith("└── <a> y")
    assert max(map(len, lines)) < 120


@settings(deadline=None)
@given(grammars(), seeds)
def test_the_lines_hold_the_program(grammar, seed):
    choices = drawn(grammar, seed)
    parts = draw_tree(grammar, choices).split("\n\n")
    shown = [BRANCH.sub("", line, count=1) for line in parts[0].split("\n")]
    leaves = [re.sub(r"^<r\d>(?: |$)", "", line) for line in shown]
    assert len(parts) == 1
    assert "".join(text_of(leaf) for leaf in leaves if leaf) == program(grammar, choices)


@settings(deadline=None)
@given(grammars(), seeds)
def test_the_leaves_of_a_picture_are_the_program_from_left_to_right(grammar, seed):
    choices = drawn(grammar, seed)
    found, _ = boxes(tree_svg(grammar, choices))
    leaves = sorted((box for box in found if box.terminal), key=lambda box: box.x)
    assert "".join(text_of(leaf.text) for leaf in leaves) == program(grammar, choices)
    assert len(found) - len(leaves) == len(choices)


@settings(deadline=None)
@given(grammars(), seeds)
def test_boxes_do_not_overlap_and_lie_within_the_picture(grammar, seed):
    found, (left, top, width, height) = boxes(tree_svg(grammar, drawn(grammar, seed)))
    for box in found:
        assert left < box.ends[0] and box.ends[1] < left + width
        assert top < box.y < top + height
        assert box.width > 7 * len(box.text)
    ordered = sorted(found, key=lambda box: (box.y, box.x))
    for one, other in itertools.pairwise(ordered):
        assert one.y < other.y or one.ends[1] < other.ends[0]


@pytest.mark.parametrize("path", sorted(GRAMMARS.glob("*.bnf")), ids=lambda path: path.stem)
@pytest.mark.parametrize("seed", range(5))
def test_shipped_grammars(path, seed, shipped):
    grammar = shipped(path).grammar
    choices = drawn(grammar, seed, levels=3)
    svg = tree_svg(grammar, choices)
    assert sum(box.text.startswith("<") and not box.terminal for box in boxes(svg)[0]) == len(
        choices
    )
    assert len(draw_tree(grammar, choices).split("\n")) >= len(choices)


def test_the_title_is_the_program():
    grammar = read_grammar(GRAMMARS / "autolr.bnf")
    svg = tree_svg(grammar, find_derivation(grammar, POLICY).choices)
    assert ElementTree.fromstring(svg).findtext(f"{SVG}title") == f"Derivation of {POLICY}"
    grammar, choices = lone("long" * 100)
    assert len(ElementTree.fromstring(tree_svg(grammar, choices)).findtext(f"{SVG}title")) < 120


def test_depth_needs_no_recursion():
    choices = (0,) * 49_999 + (1,)
    drawing = draw_tree(CHAIN, choices)
    svg = tree_svg(CHAIN, choices)
    assert drawing.count("<a> y") == 1
    assert drawing.count("├── x") == svg.count(">x</text>") == 49_999


@pytest.mark.parametrize("draw", [draw_tree, tree_svg])
@pytest.mark.parametrize("choices", [(), (0,), (1, 1), (2,)])
def test_choices_that_are_no_derivation(draw, choices):
    with pytest.raises(ValueError, match=r"derivation has|no production"):
        draw(CHAIN, choices)
