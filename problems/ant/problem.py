"""The artificial ant: how much food of a trail a program leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, ClassVar

import msgspec

from .programs import instructions, meals
from .trails import SHIPPED, Trail, read_trail


@dataclass(frozen=True)
class Ant:
    """``trail`` names a trail, or a text file with one; an ant takes at most so many ``steps``."""

    trail: str = "santa_fe"
    steps: Annotated[int, msgspec.Meta(ge=1)] | None = None

    scenarios: ClassVar[Mapping[str, Mapping[str, Any]]] = {"trails": {}}

    def check(self) -> None:
        """Raise SettingsError if the trail cannot be read."""
        self._trail  # noqa: B018

    def context(self) -> str:
        """What an evaluation depends on: the steps and the trail, whatever its name is."""
        trail = self._trail
        return f"{self._steps} {trail.width} {hashlib.sha256(trail.food).hexdigest()}"

    def evaluate(self, phenotype: str) -> float:
        """The number of cells whose food is left: 0 if the ant eats all."""
        return float(
            self._trail.pellets - len(meals(instructions(phenotype), self._trail, self._steps))
        )

    def assess(self, program: str, *, scenario: str, seed: int) -> dict[str, dict[str, float]]:
        """The food eaten on the trail of the search, and on the other trails."""
        del scenario, seed
        trails = {self.trail: (self._trail, self._steps)}
        for name, steps in SHIPPED.items():
            trails.setdefault(name, (read_trail(name), steps))
        code = instructions(program)
        return {
            name: {"eaten": float(len(meals(code, trail, steps))), "food": float(trail.pellets)}
            for name, (trail, steps) in trails.items()
        }

    @property
    def baselines(self) -> dict[str, str]:
        """Koza's solution of the Santa Fe trail."""
        return {"Koza": KOZA}

    @cached_property
    def _trail(self) -> Trail:
        return read_trail(self.trail)

    @property
    def _steps(self) -> int:
        return self.steps or SHIPPED.get(self.trail, 1000)


KOZA = (
    "if_food_ahead(move, prog3(left, prog2(if_food_ahead(move, right), prog2(right, "
    "prog2(left, right))), prog2(if_food_ahead(move, left), move)))"
)
