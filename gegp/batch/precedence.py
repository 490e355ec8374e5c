"""How operators bind, as a table: Python's precedence for a parser that needs one step a token.

Operators, functions and parentheses that are not done with wait on a stack. A table says, for what
waits on top and what comes next, whether the one on top is done with (``REDUCE``: it becomes
code), or what becomes of the new one: it waits too (a number from 0 on says as what), it is an
operand (``EMIT``), it ends what is on top (``POP``), or turns it into the symbol before it
(``STEP``). Robert W. Floyd, "Syntactic Analysis and Operator Precedence", Journal of the ACM 10(3),
1963.
"""

from __future__ import annotations

from typing import NamedTuple

from gegp.postfix import OPERATORS, Vocabulary

WRONG, REDUCE, EMIT, POP, STEP = -1, -2, -3, -4, -5
SILENT = -(1 << 31)
"""In place of a code: there is none."""

_BINDING = {
    **{"else": 1, "or": 2, "and": 3, "not": 4},
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), 5),
    **{"+": 6, "-": 6, "*": 7, "/": 7, "//": 7, "%": 7, "**": 9},
}
_COMPARING, _SIGN, _POWER, _FUNCTION = 5, 8, 9, 10


class Symbol(NamedTuple):
    """What a token is where it stands, and what it is while it waits.

    ``binding`` is 0 for all but operators and functions. ``commas`` is the number of arguments of a
    call that are still to come after the one that is read.
    """

    name: str
    binding: int = 0
    code: int = SILENT
    commas: int = 0


class Precedence(NamedTuple):
    """The table for a vocabulary.

    ``relations[top][next]`` are actions. ``prefix`` has the symbols of tokens where an operand is
    expected, ``infix`` those where an operator is.
    """

    symbols: list[Symbol]
    relations: list[list[int]]
    prefix: dict[str, int]
    infix: dict[str, int]


def make_precedence(vocabulary: Vocabulary) -> Precedence:
    """The table; symbol 0 waits below all others, and ``infix[""]`` is the end of the text."""
    codes = {name: code for code, name in enumerate((*OPERATORS, *vocabulary.functions))}
    arities = vocabulary.functions
    binary = [name for name in vocabulary.operators if name not in ("not", "if")]
    symbols = [
        *(Symbol("bottom"), Symbol("group")),
        *(Symbol("call", commas=commas) for commas in range(max(arities.values(), default=0))),
        *(Symbol("else", _BINDING["else"], codes["if"]), Symbol("if")),
        *map(Symbol, ("operand", "(", ")", ",", "otherwise", "end")),
        *(Symbol(name, _BINDING[name], codes[name]) for name in binary),
        *(Symbol("not", _BINDING["not"], codes["not"]), Symbol("plus", _SIGN)),
        Symbol("minus", _SIGN, codes["negative"]),
        *(Symbol(f"{name}()", _FUNCTION, codes[name]) for name in arities),
    ]
    number = {symbol.name: i for i, symbol in enumerate(symbols)}
    allowed = vocabulary.operators
    signs = {"+": number["plus"], "-": number["minus"]}
    signs = {sign: symbol for sign, symbol in signs.items() if sign in allowed}
    prefix = {"operand": number["operand"], "(": number["("], **signs}
    prefix |= {name: number[f"{name}()"] for name in arities}
    prefix |= {"not": number["not"]} if "not" in allowed else {}
    infix = {"": number["end"], ")": number[")"], ",": number[","]}
    infix |= {name: number[name] for name in binary}
    infix |= {"if": number["if"], "else": number["otherwise"]} if "if" in allowed else {}
    first_call = number["group"] + 1
    opened = {f"{name}()": first_call + count - 1 for name, count in arities.items()}
    relations = [
        [_relation(top, symbol, i, opened, number) for i, symbol in enumerate(symbols)]
        for top in symbols
    ]
    return Precedence(symbols, relations, prefix, infix)


def _relation(
    top: Symbol, symbol: Symbol, place: int, opened: dict[str, int], number: dict[str, int]
) -> int:
    """What happens when a symbol comes while another is on top."""
    if top.binding == _FUNCTION and top.name in opened:
        return _after_function(top, symbol, opened)
    if symbol.name == "operand":
        return EMIT
    if symbol.name == "(":
        return number["group"]
    if symbol.name in ("plus", "minus") or symbol.name in opened:
        return place
    if symbol.name == "not":
        return WRONG if top.binding > symbol.binding else place
    return _between(top, symbol, place)


def _after_function(top: Symbol, symbol: Symbol, opened: dict[str, int]) -> int:
    """After a function's name comes its parenthesis, and after its arguments an operator."""
    if symbol.name == "(":
        return opened[top.name]
    before_operand = symbol.name in ("operand", "plus", "minus", "not") or symbol.name in opened
    return WRONG if before_operand else REDUCE


def _between(top: Symbol, symbol: Symbol, place: int) -> int:
    """What happens at a symbol after an operand."""
    waits = top.name in ("bottom", "group", "call", "if")
    if symbol.name in (")", ",", "otherwise", "end"):
        if not waits and not (symbol.name == "otherwise" and top.name == "else"):
            return REDUCE
        return _END.get((top.name, symbol.name, top.commas > 0), WRONG)
    if symbol.name == "if":
        if top.name == "if":
            return WRONG
        return place if waits or top.name == "else" else REDUCE
    if waits or top.binding < symbol.binding:
        return place
    if top.binding > symbol.binding:
        return REDUCE
    # Comparisons that are chained mean something else; powers group from the right.
    return {_COMPARING: WRONG, _POWER: place}.get(symbol.binding, REDUCE)


# With whether arguments are still to come.
_END = {
    ("bottom", "end", False): POP,
    ("group", ")", False): POP,
    ("call", ")", False): POP,
    ("call", ",", True): STEP,
    ("if", "otherwise", False): STEP,
}
