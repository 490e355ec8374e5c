"""Compilation ahead of time: numba keeps what it has compiled on the disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gegp.batch import breeding
from gegp.batch.dsge import BatchDSGE, streams
from gegp.batch.evaluation import Evaluator
from gegp.batch.language import read_language
from gegp.batch.notation import in_json
from gegp.grammar.reader import parse_grammar
from gegp.postfix import Vocabulary
from gegp.representations.dsge import DSGE


def warm_up() -> Path:
    """Have all that a run needs compiled; returns the place where it lies."""
    representation = DSGE(parse_grammar("<e> ::= (<e><o><e>) | x | y\n<o> ::= + | -"))
    operators = BatchDSGE(representation)
    population = operators.create(streams(1, 0, range(4)))
    operators.breed(
        population,
        operators.derive(population).depths.astype(float),
        seed=1,
        generation=1,
        slots=range(4),
        tournament_size=2,
        crossover_rate=0.9,
    )
    derivations = operators.derive(population)
    operators.write(derivations)
    in_json(population)
    vocabulary = Vocabulary(("x", "y"), {})
    language, _ = read_language(representation.grammar, vocabulary)
    assert language
    programs = language.programs(derivations.choices, derivations.places, compiled=True)
    cases = np.zeros(3)
    evaluator = Evaluator([cases, cases], {})
    evaluator.square_sums(programs, cases)
    evaluator.predictions(programs)
    return Path(breeding.breed.stats.cache_path or ".")
