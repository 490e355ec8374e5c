"""What is said of a grammar file, and bad examples of which it must be said.

The tables are data: a defect names its kind, and the tests replay every example.
"""

from __future__ import annotations

from typing import NamedTuple


class Message(NamedTuple):
    """What is said of a kind of defect. ``examples``: dialect, text, and place of the defect."""

    text: str
    hint: str
    examples: tuple[tuple[str, str, str], ...]


DEFECTS = {
    "no rule": Message(
        "expected a rule, found an empty grammar",
        "write <name> ::= alternative | alternative",
        (("gegp", "", "1:1"), ("sge", "# nothing\n", "1:1"), ("ebnf", "/* nothing */", "1:1")),
    ),
    "before": Message(
        "expected a rule, found text before the first one",
        "a rule is written <name> ::= alternative | alternative",
        (
            ("gegp", "x\n<a> ::= y", "1:1"),
            ("ponyge", "| y\n<a> ::= y", "1:1"),
            ("grape", "# no comment\n<a> ::= y", "1:1"),
            ("alogos", "\n x <a> ::= y", "2:2"),
            ("ebnf", "x\na ::= 'y'", "1:1"),
        ),
    ),
    "no definition": Message(
        "expected a rule <name> ::= … in this line",
        "in the sge dialect a rule is one line; join it with the line before, or see --dialect",
        (("sge", "<a> ::= x\n | y", "2:2"), ("sge", "a = x\n<a> ::= y", "1:1")),
    ),
    "stray": Message(
        "expected '::=' only after a rule's <name> at the beginning of a line",
        'write <name> ::= at the beginning of a line, or quote it: "::="',
        (
            ("gegp", "<a> ::= x\nb ::= y", "2:3"),
            ("gegp", "<a> ::= x <a> ::= y", "1:15"),
            ("sge", "<a> ::= x ::= y", "1:11"),
            ("grape", "<a> ::= x b ::= y", "1:13"),
            ("alogos", "<a> ::= x <a> ::= y", "1:15"),
        ),
    ),
    "broken": Message(
        "expected a closing '>' after a non-terminal's name",
        "a name holds no blank and ends in '>'; quote a '<' that is meant as text: \"<\"",
        (
            ("gegp", "<a> ::= x | <b y", "1:13"),
            ("sge", "<a> ::= x | <b y", "1:13"),
            ("grape", "<a> ::= x | <b y", "1:13"),
            ("alogos", "<a> ::= x | <b y", "1:13"),
        ),
    ),
    "unclosed": Message(
        "expected a closing quote before the end of the line",
        "close the quote, or put a quote that is meant as text into the other kind of quotes",
        (
            ("gegp", "<a> ::= 'x", "1:9"),
            ("ponyge", '<a> ::= "x\n | y', "1:9"),
            ("alogos", "<a> ::= x'y", "1:10"),
            ("ebnf", "a ::= 'x", "1:7"),
        ),
    ),
    "lone": Message(
        "expected '<' and '>' only around a non-terminal's name in the {dialect} dialect",
        "{dialect} cannot write it as bare text; gegp and ponyge can: see --dialect",
        (("grape", "<a> ::= x < y", "1:11"), ("alogos", "<a> ::= x > y", "1:11")),
    ),
    "empty": Message(
        "empty alternative of <{name}>",
        'write "" for the empty text',
        (
            ("gegp", "<a> ::= x |", "1:11"),
            ("gegp", "<a> ::= | x", "1:1"),
            ("gegp", "<a> ::=", "1:1"),
            ("gegp", "<a> ::= x | # nothing\n", "1:11"),
        ),
    ),
    "nothing": Message(
        "expected an alternative of <{name}>, found none",
        'write one; the empty text is ""',
        (("ponyge", "<a> ::= x <b>\n<b> ::= |", "2:1"),),
    ),
    "twice": Message(
        "<{name}> is defined twice, first in line {line}",
        "join the two with '|', or rename one",
        (
            ("gegp", "<a> ::= x\n<a> ::= y", "2:1"),
            ("ponyge", "<a> ::= x\n<a> ::= y", "2:1"),
            ("grape", "<a> ::= x <a> ::= y", "1:11"),
            ("ebnf", "a ::= 'x'\na ::= 'y'", "2:1"),
        ),
    ),
    "undefined": Message(
        "<{name}> is used and never defined",
        "{advice}",
        (
            ("gegp", "<a> ::= <b>", "1:9"),
            ("gegp", "<abc> ::= x <abd>", "1:13"),
            ("ponyge", "<a> ::= <b>", "1:9"),
            ("sge", "<a> ::= x | <b>", "1:13"),
            ("grape", "<a> ::= x | <b>", "1:13"),
            ("alogos", "<a> ::= x | <b c>", "1:13"),
            ("ebnf", "a ::= b", "1:7"),
        ),
    ),
    "endless": Message(
        "<{name}> can never end: every alternative leads to endless recursion",
        "add an alternative that ends in terminals",
        (
            ("gegp", "<a> ::= <a> x", "1:1"),
            ("gegp", "<a> ::= x | <b>\n<b> ::= <c>\n<c> ::= <b>", "2:1"),
            ("sge", "<a> ::= <a> x", "1:1"),
            ("grape", "<a> ::= <a> x", "1:1"),
            ("alogos", "<a> ::= <a> x", "1:1"),
            ("ebnf", "a ::= a 'x'", "1:1"),
        ),
    ),
    "range": Message(
        "<{text}> is no number range: {reason}",
        "write <int 1..9>, <float 0.1..0.9 steps 9> or <float 1e-5..0.1 steps 50 log>",
        (
            ("gegp", "<a> ::= <int 1..>", "1:9"),
            ("gegp", "<a> ::= <int 9..1>", "1:9"),
            ("gegp", "<a> ::= <float 0..1>", "1:9"),
            ("gegp", "<a> ::= x<float 0..1 steps 5 log>", "1:10"),
            ("gegp", "<a> ::= <float 0..1 steps 1>", "1:9"),
        ),
    ),
    "foreign range": Message(
        "a number range <{text}> is of the gegp dialect",
        "read the file with --dialect gegp, or quote a '<' that is meant as text: \"<\"",
        (("ponyge", "<a> ::= <int 1..9>", "1:9"),),
    ),
    "count": Message(
        "GE_RANGE:{text} stands for no alternatives, or for too many",
        "write a number above 0; all ranges of a grammar have at most {most} numbers together",
        (("ponyge", "<a> ::= GE_RANGE:0", "1:9"), ("gegp", "<a> ::= GE_RANGE:9999999", "1:9")),
    ),
    "unbound": Message(
        "GE_RANGE:{text}: no number is bound to the name {text!r}",
        "{advice}",
        (("ponyge", "<a> ::= x GE_RANGE:2 | GE_RANGE:dataset_n_vars", "1:24"),),
    ),
    "weight": Message(
        "%{text} is no weight: expected a number above 0",
        'leave the alternative out to never draw it, or quote text that ends so: "%{text}"',
        (("gegp", "<a> ::= x | y %0", "1:15"),),
    ),
    "syntax": Message(
        "expected {expected}, found {found}",
        'terminals are quoted in EBNF, and names are words: e ::= t ("+" t)*',
        (
            ("ebnf", "a ::= 'x' )", "1:11"),
            ("ebnf", "a ::= ('x'", "1:7"),
            ("ebnf", "a ::= * 'x'", "1:7"),
            ("ebnf", "a ::= <b>", "1:7"),
            ("ebnf", "a ::= 'x' - 'y'", "1:11"),
            ("ebnf", "a ::= /* open", "1:7"),
        ),
    ),
    "class": Message(
        "{text} is no class of characters: {reason}",
        "write [a-z], [0-9_] or [#x20-#x7E]",
        (
            ("ebnf", "a ::= [^a-z]", "1:7"),
            ("ebnf", "a ::= [z-a]", "1:7"),
            ("ebnf", "a ::= []", "1:7"),
        ),
    ),
    "repetition": Message(
        "{text} is no repetition: {reason}",
        "write {{2}}, {{2,5}} or {{2,}} with numbers up to 100",
        (("ebnf", "a ::= 'x'{5,2}", "1:10"), ("ebnf", "a ::= 'x'{999}", "1:10")),
    ),
}

WARNINGS = {
    "unreached": Message(
        "<{name}> is never reached from the start symbol <{start}>",
        "remove it, or use it",
        (("gegp", "<a> ::= x\n<b> ::= y", "2:1"),),
    ),
    "cycle": Message(
        "<{name}> can derive itself and nothing else, through {path}",
        "such steps change nothing; remove one of these alternatives",
        (("gegp", "<a> ::= <b> | x\n<b> ::= <a> | y", "1:1"),),
    ),
    "repeated": Message(
        "this alternative of <{name}> stands there already, in line {line}: it counts twice",
        "remove it if that is not meant",
        (("gegp", "<a> ::= x | y | x", "1:17"), ("sge", "<a> ::= <a>y | <a>y | x", "1:16")),
    ),
    "protection": Message(
        "the {dialect} dialect keeps quotes as text, and this one looks like protection",
        "if the quotes are not part of the programs, read the file with --dialect ponyge",
        (("sge", '<a> ::= x | "|"', "1:13"), ("grape", "<a> ::= x | '|'", "1:13")),
    ),
    "shadowed": Message(
        "<{name}> is defined already in line {line}: this rule is left out, as sge does",
        "remove one of the two",
        (("sge", "<a> ::= x\n<a> ::= y", "2:1"),),
    ),
    "renamed": Message(
        "<{name}> is called <{other}> here: a name holds no blank, '|' or '<'",
        "nothing needs to be done",
        (("alogos", "<my rule> ::= x", "1:1"), ("sge", "<a b> ::= x", "1:1")),
    ),
    "line break": Message(
        "this line goes on with the alternative before: programs have a line break here",
        "begin the line with '|' for another alternative; write \\n where a line break is meant",
        (("gegp", "<a> ::= x\n\nNotes of mine.", "1:10"), ("ponyge", "<a> ::= x\n  y | z", "1:10")),
    ),
    "count in text": Message(
        "GE_RANGE stands for numbers only where it is a whole alternative; here it is text",
        "give the numbers a rule of their own",
        (("ponyge", "<a> ::= x[GE_RANGE:5]", "1:9"),),
    ),
    "half": Message(
        "this mark is read as one of a block of Python code, and no {other!r} is in the grammar",
        "write {{\\x3a or \\x3a}} if it is text",
        (("gegp", '<a> ::= x | "{:d}"', "1:13"),),
    ),
    "undecided": Message(
        "read in the {dialect} dialect, but it would mean something else in {others}",
        "say which it is with --dialect",
        (),
    ),
}
