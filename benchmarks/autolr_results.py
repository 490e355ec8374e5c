"""What the paper's experiments came to: one JSON file, and the schedules as pictures.

For autolr_gpu.py; reads what autolr_experiments.py has left in a directory.
"""

from __future__ import annotations

import importlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autolr_experiments import Experiments

from gegp.problem import Problem
from gegp.runs import Run
from gegp.settings import reassign

EPOCHS = 100  # of the pictures, as in the paper's Figures 7 and 8


def write_results(experiments: Experiments) -> dict[str, Any]:
    """Write ``results.json`` and the pictures; returns what is in the file."""
    directory = experiments.directory
    best = {letter: describe(run) for letter, run in experiments.best().items()}
    for letter, run in experiments.best().items():
        draw(run, best[letter]["epochs"], directory / f"schedule-{letter}")
    runs = [search.run for search in experiments.searches if search.run]
    seconds = [trial.seconds for trial in experiments.trials.values()]
    results = {
        "plan": json.loads((directory / "plan.json").read_text()),
        "best": best,
        "epochs": epochs(runs),
        "hours": {
            "runs": sum(run.summary["seconds"] for run in runs) / 3600,
            "assessment": sum(seconds) / 3600,
            "slices": sum(one["seconds"] for one in _lines(directory / "slices.jsonl")) / 3600,
        },
        "runs": [_relative(run.summary, directory) for run in runs],
        "assessment": json.loads((directory / "assessment.json").read_text()),
        "slices": _lines(directory / "slices.jsonl"),
    }
    (directory / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    return results


def describe(run: Run) -> dict[str, Any]:
    """A run's best policy: its text, simplified too, and how its training went."""
    best = run.best
    assert best
    entry = run.problem.entry
    table = entry.schedule(best.phenotype)
    # Another text with the same schedule may be what was trained.
    trained = [
        done.extra
        for done in run.evaluations
        if done.status == "ok" and entry.schedule(done.phenotype) == table
    ]
    return {
        "run": run.directory.name,
        "profile": run.manifest.settings.profile,
        "phenotype": best.phenotype,
        "simplified": entry.export(best.phenotype, "simplified").strip(),
        "fitness": list(best.fitness.values),
        "epochs": trained[0]["epochs_asked"],
        "schedule": list(_shown(run)),
    }


def draw(run: Run, stopped: int, path: Path) -> None:
    """The schedule of a run's best policy, with a line where its training ended."""
    entry = run.problem.entry
    drawing = importlib.import_module(f"{type(entry).__module__.rpartition('.')[0]}.drawing")
    table = _shown(run)
    for ending in ("png", "svg"):
        drawing.plot(table, entry.first_epoch, path.with_suffix(f".{ending}"), stopped=stopped)


def epochs(runs: Sequence[Run]) -> dict[str, Any]:
    """Epochs that the policies' trainings ask for, and how many of them were trained.

    ``asked`` counts each schedule of a run once, as it was trained or stopped early;
    ``trained`` are those of them that had no beginning in common with an earlier one (what
    an interruption cut off and a later slice found again is not counted twice), ``saved``
    the others. ``individuals`` is how many the generations have beside the elites, and
    ``in_full`` about how many epochs it would take to train each of them, as the paper did.
    """
    counts: Counter[str] = Counter()
    for run in runs:
        summary, search = run.summary, run.manifest.settings.search
        offspring = search.population - search.elitism
        counts["individuals"] += search.population + (summary["generations"] - 1) * offspring
        counts["schedules"] += len(run.evaluations) - summary["evaluations"]["failed"]
        counts["asked"] += summary["problem"].get("epochs_asked", 0)
        counts["trained"] += summary["problem"].get("epochs_trained", 0)
    mean = counts["asked"] / max(counts["schedules"], 1)
    saved = counts["asked"] - counts["trained"]
    return {**counts, "saved": saved, "in_full": round(counts["individuals"] * mean)}


def _shown(run: Run) -> tuple[float, ...]:
    """The rates of as many epochs as the paper shows, whatever the policy was evolved for."""
    settings = reassign(run.manifest.settings, [f"options.epochs={EPOCHS}"])
    assert run.best
    rates: tuple[float, ...] = Problem(settings).entry.schedule(run.best.phenotype)
    return rates


def _relative(summary: dict[str, Any], directory: Path) -> dict[str, Any]:
    return summary | {"run_dir": str(Path(summary["run_dir"]).relative_to(directory))}


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]
