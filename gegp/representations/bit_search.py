"""A search for bits that make given decisions, by local repair.

Decisions are made by ranges that lie inside each other, so a bit takes part in several. The
search starts from the bits that the decisions over them ask for together. It then takes a
decision that goes wrong, tries a few of its bits, most of them such as could mend it, and flips
the one that harms least; a decision that is hard to mend gains weight, as in Morris, "The
Breakout Method for Escaping from Local Minima", AAAI 1993.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gegp.representations.bit_ranges import densest
from gegp.rng import Stream

EFFORT = 100_000
"""The decisions that a search looks at again before it gives up: about a quarter of a second."""

MOST_COVER = 2_000_000
"""The bits of all decisions together beyond which a search is not begun."""

TRIES = 6
"""The bits that are tried for a flip."""

NOISE = 4
"""One of so many bits is tried though it brings its decision no nearer: equal slices can be right,
which no single bit that mends leads to."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The slices from ``low`` on have these sizes, and ``target`` is to be decided by them.

    With a ``modulus`` there is one slice: its ones modulo that are to be the target. Without, the
    target is the slice that is to be densest.
    """

    low: int
    sizes: tuple[int, ...]
    target: int
    modulus: int = 0

    def miss(self, ones: Sequence[int]) -> float:
        """About how many bits must change until it is decided right; 0 if it is."""
        if self.modulus:
            up = (self.target - ones[0]) % self.modulus
            down = self.modulus - up
            return min(up, down) if down <= ones[0] else up
        if densest(ones, self.sizes) == self.target:
            return 0
        size = self.sizes[self.target]
        own = ones[self.target] / size
        shares = [count / other for count, other in zip(ones, self.sizes, strict=True)]
        # The target is among the shares itself: it adds nothing, and is not to be overcome.
        return sum([(share - own) * size + 1 for share in shares if share >= own]) - 1 or 1


def find_bits(
    length: int,
    decisions: Sequence[Decision],
    totals: Sequence[tuple[int, int]],
    rng: Stream,
    *,
    fill: bool,
) -> tuple[int, ...] | None:
    """Bits by which all decisions are made; None if none were found.

    ``totals`` are pairs of a remainder and a modulus for the number of ones in all bits. With
    ``fill``, bits that no decision hangs on are drawn; without, they are 0 if the search left
    them so.
    """
    wanted = list(dict.fromkeys(totals))
    fitting = [all(n % modulus == rest for rest, modulus in wanted) for n in range(length + 1)]
    possible = all(d.target <= d.sizes[0] for d in decisions if d.modulus)
    if not (possible and any(fitting)) or sum(sum(d.sizes) for d in decisions) > MOST_COVER:
        return None
    search = _Search(length, decisions, rng)
    while search.effort > 0 and search.repair():
        if fill:
            search.shake()
        if search.reach(fitting):
            return tuple(search.bits)
        search.disturb()
    return None


class _Search:
    """The state of a search: the bits, and for each decision its ones, its miss and its weight."""

    def __init__(self, length: int, decisions: Sequence[Decision], rng: Stream) -> None:
        self.rng = rng
        self.decisions = decisions
        self.cover: list[list[tuple[int, int]]] = [[] for _ in range(length)]
        votes = [0] * length
        for number, decision in enumerate(decisions):
            start = decision.low
            for part, size in enumerate(decision.sizes):
                vote = _vote(decision, part)
                for position in range(start, start + size):
                    self.cover[position].append((number, part))
                    votes[position] += vote
                start += size
        self.bits = [int(vote > 0) for vote in votes]
        self.ones = [[0] * len(decision.sizes) for decision in decisions]
        for position, bit in enumerate(self.bits):
            for number, part in self.cover[position]:
                self.ones[number][part] += bit
        self.weights = [1.0] * len(decisions)
        self.misses = [d.miss(ones) for d, ones in zip(decisions, self.ones, strict=True)]
        # Wrong decisions, for draws among them; a place says where in the list one stands.
        self.wrong = [i for i, miss in enumerate(self.misses) if miss]
        self.place = {number: i for i, number in enumerate(self.wrong)}
        self.effort = EFFORT

    def repair(self) -> bool:
        """Flip bits until every decision is right, or the effort is spent."""
        while self.wrong:
            if self.effort <= 0:
                return False
            number = self.rng.choice(self.wrong)
            best, least = -1, 0.0
            for position in self._candidates(number):
                harm = self._harm(position)
                if best < 0 or harm < least:
                    best, least = position, harm
            if least >= 0.0:
                self.weights[number] += 1.0
            if best >= 0:
                self._flip(best)
            self.effort -= 1  # Also where there was no bit to try.
        return True

    def shake(self) -> None:
        """Draw the bits again whose flip leaves every decision right."""
        for position in range(len(self.bits)):
            if self.rng.below(2) and self._harm(position) == 0.0:
                self._flip(position)

    def reach(self, fitting: Sequence[bool]) -> bool:
        """Flip bits that leave every decision right until the number of ones is a fitting one."""
        total = sum(self.bits)
        order = list(range(len(self.bits)))
        self.rng.shuffle(order)
        for bit in (0, 1):
            for position in order:
                if fitting[total]:
                    return True
                if self.bits[position] == bit and self._harm(position) == 0.0:
                    self._flip(position)
                    total += 1 - 2 * bit
        return fitting[total]

    def disturb(self) -> None:
        """Flip bits here and there, so that the search goes on elsewhere."""
        self._flip(self.rng.below(len(self.bits)))
        for position in range(len(self.bits)):
            if self.rng.below(NOISE) == 0:
                self._flip(position)

    def _candidates(self, number: int) -> list[int]:
        """Some bits of a decision, most of them such that a flip brings it nearer to its target."""
        decision, rng = self.decisions[number], self.rng
        found: list[int] = []
        for _ in range(4 * TRIES):
            part = rng.below(len(decision.sizes))
            start = decision.low + sum(decision.sizes[:part])
            position = start + rng.below(decision.sizes[part])
            mends = decision.modulus or self.bits[position] != (part == decision.target)
            if mends or rng.below(NOISE) == 0:
                found.append(position)
            if len(found) == TRIES:
                break
        return found

    def _harm(self, position: int) -> float:
        """How much worse the decisions get if a bit is flipped, by their weights."""
        step = 1 - 2 * self.bits[position]
        harm = 0.0
        for number, part in self.cover[position]:
            ones = self.ones[number]
            ones[part] += step
            harm += self.weights[number] * (self.decisions[number].miss(ones) - self.misses[number])
            ones[part] -= step
        self.effort -= len(self.cover[position])
        return harm

    def _flip(self, position: int) -> None:
        step = 1 - 2 * self.bits[position]
        self.bits[position] += step
        self.effort -= 1
        for number, part in self.cover[position]:
            self.ones[number][part] += step
            self.misses[number] = self.decisions[number].miss(self.ones[number])
            self._note(number)

    def _note(self, number: int) -> None:
        """Keep the list of wrong decisions up to date."""
        if not self.misses[number]:
            place = self.place.pop(number, None)
            if place is not None:
                last = self.wrong.pop()
                if last != number:
                    self.wrong[place] = last
                    self.place[last] = place
        elif number not in self.place:
            self.place[number] = len(self.wrong)
            self.wrong.append(number)


def _vote(decision: Decision, part: int) -> int:
    """What a decision asks of the bits of a slice: above 0 for ones. All its slices have sum 0."""
    if decision.modulus:
        return 0
    return len(decision.sizes) - 1 if part == decision.target else -1
