"""Grammatical Evolution.

O'Neill, Ryan: "Grammatical Evolution", IEEE Transactions on Evolutionary Computation 5(4),
2001 (GE).

A genotype is a tuple of codons, integers from 0 to 255. The mapping is leftmost and depth
first: where a non-terminal has several productions, the next codon modulo their number
chooses one. A rule with a single production reads no codon.

Where this departs from the paper:

- Codons are whole numbers, not bits, and mutation gives one another value.
- When the codons are used up after the wraps, the mapping closes what is open with
  productions of least depth. In the paper such an individual is invalid; ``invalid =
  "worst"`` is that.
- ``max_depth`` holds: a production that does not fit is replaced by one of least depth.
  With ``invalid = "worst"`` that is invalid too, as in PonyGE2.
- No operator repairs anything, since every genotype is complete: codons stay as they are.
- Crossover cuts inside the used part, as PonyGE2 does, and children are not longer than ten
  times ``genome_length``. The operators Prune and Duplicate of the first paper (Ryan,
  Collins, O'Neill, EuroGP 1998) are left out.
- Weights of productions are not looked at: all values of a codon are equally likely.

Where the authors' words and PonyGE2 differ, this follows the words: PonyGE2 reads a codon
for rules with a single production too.
"""

from __future__ import annotations

from itertools import chain, repeat
from typing import ClassVar

from gegp.grammar.leftmost import Choices, steps
from gegp.representations.base import Derivation, Genotype, check_encodable
from gegp.representations.linear import Linear
from gegp.rng import Stream


class GE(Linear):
    """The representation over one grammar; :class:`Linear` says what its settings mean."""

    name: ClassVar[str] = "ge"

    def derive(self, genotype: Genotype) -> Derivation:
        """The program of a genotype; ``used`` counts a codon as often as it is read."""
        references, counts = self.grammar.references, self.codon_rule.counts
        codons = chain.from_iterable(repeat(genotype, self.wraps + 1))
        used = [0] * len(references)
        choices: list[int] = []
        deepest, closed = 0, False
        stack = [(0, 1)]
        while stack:
            rule, depth = stack.pop()
            deepest = max(deepest, depth)
            production = 0
            if counts[rule] > 1:
                codon = next(codons, None)
                used[rule] += codon is not None
                production, chosen = self._fitting(rule, codon, self.max_depth - depth + 1)
                closed |= not chosen
            choices.append(production)
            stack += [(name, depth + 1) for name in reversed(references[rule][production])]
        return self._derivation(choices, deepest, used, closed)

    def encode(self, choices: Choices, rng: Stream | None = None) -> Genotype:
        """A genotype of a derivation.

        With a generator each codon is drawn among those that choose the same production,
        and random codons follow up to ``genome_length``. Without, codons are the least ones,
        and none follow.

        Raises InputError if it is deeper than ``max_depth``, or needs more codons than a
        genotype may have.
        """
        check_encodable(self.grammar, choices, self.max_depth)
        codons = [
            self.codon_rule.codon(step.rule, step.production, rng)
            for step in steps(self.grammar, choices)
            if self.codon_rule.counts[step.rule] > 1
        ]
        return self._encoded(codons, rng)
