"""Programs of an ant: from text to instructions, and what an ant does that follows them."""

from __future__ import annotations

import ast
from typing import NamedTuple

from gegp.errors import InvalidProgram
from gegp.expressions import parse_expression

from .trails import Trail

ACTIONS = {"move": 0, "left": -1, "right": 1}
"""What takes a step; to turn is to change the direction by this."""

ARGUMENTS = {"if_food_ahead": 2, "prog2": 2, "prog3": 3}


class Instruction(NamedTuple):
    """Something to do, and the place of the instruction that is next.

    ``turn`` is 0 for a move, and None for a look ahead, after which ``other`` is next if there
    is no food. The place -1, which in Python is the last, is where a program begins.
    """

    turn: int | None
    next: int
    other: int = 0


def instructions(text: str) -> list[Instruction]:
    """The instructions of a program, which begins again when it ends.

    They are written from the last to the first, so that each knows the place of the next. Raises
    InvalidProgram for a text that is no program.
    """
    made: list[Instruction] = []

    def write(node: ast.expr, after: int) -> int:
        """Write what a node does before the instruction at ``after``; returns where it begins."""
        name, arguments = _parts(node)
        if name == "if_food_ahead":
            found, none = (write(argument, after) for argument in arguments)
            made.append(Instruction(None, found, none))
        elif not arguments:
            made.append(Instruction(ACTIONS[name], after))
        else:
            for argument in reversed(arguments):
                after = write(argument, after)
            return after
        return len(made) - 1

    write(parse_expression(text), -1)
    return made


def meals(program: list[Instruction], trail: Trail, steps: int) -> list[int]:
    """The steps, counted from 1, in which an ant that follows a program eats.

    It begins in the first cell and looks east; to look ahead takes no step. It ends when the food
    or the steps do, or when it repeats what it did without eating.
    """
    food, ahead, pellets = bytearray(trail.food), trail.ahead, trail.pellets
    state, place, step = 0, -1, 0
    seen: set[int] = set()
    eaten: list[int] = []
    while step < steps and len(eaten) < pellets:
        if place == -1:
            if state in seen:
                break
            seen.add(state)
        turn, place, other = program[place]
        if turn is None:
            if not food[ahead[state]]:
                place = other
            continue
        step += 1
        if turn:
            state = state & ~3 | (state + turn) & 3
            continue
        cell = ahead[state]
        state = cell << 2 | state & 3
        if food[cell]:
            food[cell] = 0
            eaten.append(step)
            seen.clear()
    return eaten


def _parts(node: ast.expr) -> tuple[str, list[ast.expr]]:
    """What a node is called, and what it is called with."""
    if isinstance(node, ast.Name) and node.id in ACTIONS:
        return node.id, []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        name, count = node.func.id, len(node.args)
        if ARGUMENTS.get(name) == count:
            return name, node.args
    text = ast.unparse(node)[:80]
    known = ", ".join([*ACTIONS, *(f"{name} of {count}" for name, count in ARGUMENTS.items())])
    raise InvalidProgram(f"expected {known}; found {text!r}")
