"""AutoLR at full size, for a GPU: how long epochs take, and the paper's two experiments.

Both go on where an earlier call was ended, after at most ``--minutes``: call them until the exit
status is 0; 3 says that there is more to do, 1 that something is wrong. KERAS_BACKEND decides
between TensorFlow and JAX. Needs gegp, Keras with a backend, scikit-learn, scipy and
matplotlib, and Fashion-MNIST (--data-dir, where the usual places have not got it).

    python benchmarks/autolr_gpu.py epochs --directory results
    KERAS_BACKEND=jax python benchmarks/autolr_gpu.py experiments --directory results --minutes 9

``epochs``: seconds an epoch of the paper's network at 7,000 and 53,000 images, of Keras' fit()
with its legacy image generator and of gegp's trainer. Appends to epochs.jsonl in the directory.

``experiments``: 10 runs of each of the paper's experiments, then the assessment of the best
policy of each beside all baselines, as the paper's Table 3 (table3.md) and its Figures 7 and 8.
Directory and checkout have to be at the same places in every slice. Between slices
``runs/*/*/scratch`` (the states of trainings) and ``compiled`` are big; without them, some
epochs are trained again and nothing else changes. ``--parallel 3`` keeps a big GPU busy.

``--small`` proves every path in some minutes on a CPU:

    python benchmarks/autolr_gpu.py epochs --small --directory small
    python benchmarks/autolr_gpu.py experiments --small --directory small
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import autolr_epochs
import autolr_experiments
from autolr_machine import backend
from autolr_slices import CommandFailed

from gegp.errors import GegpError

MORE_TO_DO = 3


def main() -> int:
    """The exit status."""
    arguments = parser().parse_args()
    arguments.directory = arguments.directory.absolute()
    arguments.directory.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + 60 * arguments.minutes
    try:
        return int(arguments.part(arguments, deadline))
    except (GegpError, CommandFailed) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parts = parser.add_subparsers(required=True, metavar="epochs|experiments")
    epochs = parts.add_parser("epochs", help="seconds an epoch")
    epochs.set_defaults(part=measure_epochs)
    epochs.add_argument("--sizes", nargs="+", type=int, choices=autolr_epochs.SIZES)
    epochs.add_argument("--rounds", type=int, help="of each measurement; 5")
    experiments = parts.add_parser("experiments", help="the paper's experiments and Table 3")
    experiments.set_defaults(part=make_experiments)
    experiments.add_argument(
        "--profiles", nargs="+", default=["paper-early-stop", "paper-20-epochs"]
    )
    experiments.add_argument("--runs", type=int, help="of each profile, with seeds from 1 on; 10")
    experiments.add_argument("--repeats", type=int, help="of each training of the assessment; 5")
    experiments.add_argument("--scenarios", nargs="+", default=["1", "2", "3"])
    experiments.add_argument(
        "--parallel", type=int, default=1, help="runs, then scenarios, at one time"
    )
    experiments.add_argument(
        "--assessment-set", nargs="*", default=[], metavar="KEY=VALUE", help="for the assessment"
    )
    for part in (epochs, experiments):
        part.add_argument("--directory", type=Path, required=True, help="for what is found")
        part.add_argument("--minutes", type=float, default=9.0, help="of this slice at most; 9")
        part.add_argument("--data-dir", help="where Fashion-MNIST's four files lie")
        part.add_argument("--threads", type=int, help="of a training")
        part.add_argument("--small", action="store_true", help="on a CPU, in some minutes")
        part.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE")
    return parser


def measure_epochs(arguments: argparse.Namespace, deadline: float) -> int:
    """All threads that there are, for all variants; the experiments take one."""
    small = arguments.small
    threads = arguments.threads or len(os.sched_getaffinity(0))
    assignments = [*(autolr_epochs.SMALL if small else ()), f"options.threads={threads}"]
    sizes = autolr_epochs.SMALL_SIZES if small else autolr_epochs.SIZES
    benchmark = autolr_epochs.Benchmark(
        arguments.directory,
        {size: sizes[size] for size in arguments.sizes or sizes},
        arguments.rounds or (3 if small else 5),
        [*assignments, *_data(arguments), *arguments.set],
    )
    done = benchmark.run(deadline)
    table = benchmark.table()
    (arguments.directory / "epochs.md").write_text(table.markdown())
    print(table.text())
    return 0 if done else MORE_TO_DO


def make_experiments(arguments: argparse.Namespace, deadline: float) -> int:
    small = arguments.small
    threads = [f"options.threads={arguments.threads}"] if arguments.threads else []
    data = [] if small else _data(arguments)
    plan = autolr_experiments.Plan(
        profiles=tuple(arguments.profiles),
        runs=arguments.runs or (2 if small else 10),
        repeats=arguments.repeats or (1 if small else 5),
        scenarios=tuple(arguments.scenarios),
        assignments=(
            *(autolr_experiments.SMALL if small else ()),
            *threads,
            *data,
            *arguments.set,
        ),
        assessment=(
            *(autolr_experiments.SMALL_ASSESSMENT if small else ()),
            *arguments.assessment_set,
        ),
        backend=backend(),
    )
    plan.write(arguments.directory)
    experiments = autolr_experiments.Experiments(plan, arguments.directory)
    done = experiments.go_on(deadline, arguments.parallel)
    print("\n".join(experiments.status()))
    if not done:
        return MORE_TO_DO
    report(experiments)
    return 0


def report(experiments: autolr_experiments.Experiments) -> None:
    """Write the results, and print what matters most."""
    from autolr_results import write_results

    found = write_results(experiments)
    for letter, best in found["best"].items():
        print(f"{letter}: {best['profile']}, {best['run']}, {best['fitness'][0]:.4f}")
        print(f"   {best['simplified']}")
    for name in ("epochs", "hours"):
        print(f"{name}:", ", ".join(f"{key} {value:.6g}" for key, value in found[name].items()))
    print((experiments.directory / "table3.md").read_text())
    print(f"all of it: {experiments.directory / 'results.json'}")


def _data(arguments: argparse.Namespace) -> list[str]:
    """The commands of the experiments run elsewhere, so the place is absolute."""
    place = arguments.data_dir and Path(arguments.data_dir).absolute()
    return [f"options.data_dir={place}"] if place else []


if __name__ == "__main__":
    sys.exit(main())
