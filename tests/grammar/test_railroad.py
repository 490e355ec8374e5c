import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings

from gegp import read_grammar
from gegp.errors import MissingPackage
from gegp.grammar.model import Grammar, Production, Rule, Symbol
from gegp.grammar.railroad import railroad_svg
from gegp.grammar.reader import parse_grammar
from gegp.testing import grammars

GRAMMARS = Path(__file__).parents[2] / "grammars"
SVG = "{http://www.w3.org/2000/svg}"


def lone(*texts):
    """A grammar of one rule with these alternatives."""
    return Grammar(
        (Rule("a", tuple(Production((Symbol(text, terminal=True),)) for text in texts)),)
    )


def texts(svg, kind):
    """The texts of a kind: ``terminal``, ``non-terminal`` (and notes), or ``name``."""
    root = ElementTree.fromstring(svg)
    if kind == "name":
        return [text.text for text in root.iter(f"{SVG}text") if text.get("class") == kind]
    groups = [group for group in root.iter(f"{SVG}g") if group.get("class", "").strip() == kind]
    return [text.text for group in groups for text in group.iter(f"{SVG}text")]


class TestWithThePackage:
    @pytest.fixture(autouse=True)
    def _package(self):
        pytest.importorskip("railroad", reason="the package railroad-diagrams is not installed")

    def test_every_rule_stands_under_its_name(self):
        svg = railroad_svg(read_grammar(GRAMMARS / "regression.bnf"))
        assert texts(svg, "name") == ["<e>", "<op>", "<f>", "<v>"]
        assert texts(svg, "terminal")[-3:] == ["x", "y", "1.0"]
        assert texts(svg, "non-terminal").count("<e>") == 5

    @pytest.mark.parametrize("path", sorted(GRAMMARS.glob("*.bnf")), ids=lambda path: path.stem)
    def test_shipped_grammars(self, path, shipped):
        grammar = shipped(path).grammar
        assert len(texts(railroad_svg(grammar), "name")) == len(grammar.rules)

    @settings(deadline=None)
    @example(lone("]]>", "<&>\"'", "\x00\ud800\uffff", "\n  ", "日本語"))
    @example(Grammar((Rule("]]>\x01 &", (Production(()),)),)))
    @given(grammars())
    def test_every_terminal_of_any_grammar_is_drawn(self, grammar):
        svg = railroad_svg(grammar)
        terminals = [
            symbol
            for rule in grammar.rules
            for production in rule.productions
            for symbol in production.symbols
            if symbol.terminal
        ]
        assert len(texts(svg, "terminal")) == len(terminals)
        assert len(texts(svg, "name")) == len(grammar.rules)

    @settings(deadline=None)
    @given(grammars())
    def test_diagrams_lie_below_each_other_within_the_picture(self, grammar):
        root = ElementTree.fromstring(railroad_svg(grammar))
        _, _, width, height = map(float, root.get("viewBox").split())
        bottom = 0.0
        for diagram in root.iter(f"{SVG}svg"):
            if diagram is root:
                continue
            x, y, wide, high = (float(diagram.get(key)) for key in ("x", "y", "width", "height"))
            assert bottom < y
            bottom = y + high
            assert x + wide < width and bottom < height

    def test_weights_and_empty_alternatives(self):
        notes = texts(railroad_svg(parse_grammar('<a> ::= x %3 | "" %0.5 | y')), "non-terminal")
        assert notes == ["×3", "empty", "×0.5"]

    def test_of_many_alternatives_the_first_and_the_last_are_drawn(self):
        svg = railroad_svg(lone(*map(str, range(100))))
        assert texts(svg, "terminal") == [*map(str, range(22)), "99"]
        assert texts(svg, "non-terminal") == ["… 77 more"]
        assert texts(railroad_svg(lone(*map(str, range(24)))), "terminal") == [*map(str, range(24))]

    def test_long_alternatives_stay_on_the_page(self):
        grammar = parse_grammar(f"<a> ::= {'long<b>' * 100} | {'x' * 1000}\n<b> ::= y")
        root = ElementTree.fromstring(railroad_svg(grammar))
        assert float(root.get("width")) < 1200
        assert "x" * 1000 in {title.text for title in root.iter(f"{SVG}title")}

    def test_a_number_range_is_a_box(self):
        svg = railroad_svg(parse_grammar("<a> ::= x <int 1..9> | y <float 0..1 steps 3>"))
        assert texts(svg, "name") == ["<a>"]
        assert texts(svg, "non-terminal") == ["<int 1..9>", "<float 0..1 steps 3>"]

    def test_the_settings_of_the_package_stay_as_they_are(self):
        import railroad

        before = dict(vars(railroad))
        railroad_svg(read_grammar(GRAMMARS / "autolr.bnf"))
        assert dict(vars(railroad)) == before


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "railroad", None)
    with pytest.raises(MissingPackage, match=r'pip install "gegp\[report\]"'):
        railroad_svg(lone("x"))
