"""What a person sees of a run: a live table on a terminal, a line a generation elsewhere."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from types import TracebackType

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from gegp.cli.summary import result_lines
from gegp.commands import command_line
from gegp.export import formats
from gegp.outcome import Outcome
from gegp.problem import Problem
from gegp.reports.texts import duration
from gegp.runner import Observer
from gegp.runs import Run
from gegp.search import State
from gegp.statistics import Row
from gegp.store import Store

_SHOWN = 12

_COLUMNS = (
    *("generation", "best", "median", "distinct", "evaluated", "known", "failed"),
    "time",
)

_FEW, _LARGE = 0.05, 20
"""Less than this share of different programs is worth a note, in populations of this size."""


class Progress(Observer):
    """Shows a run on standard output, or on standard error if the output is for a program.

    Used as a context manager, so that the live table ends whatever happens.
    """

    def __init__(self, *, quiet: bool = False, verbose: bool = False, error: bool = False) -> None:
        self.quiet = quiet
        self.verbose = verbose
        self.console = Console(stderr=error, highlight=False, soft_wrap=True)
        self.resume_hint = "Nothing was begun."
        self._rows: deque[Row] = deque(maxlen=_SHOWN)
        self._live: Live | None = None
        self._notes: dict[str, str] = {}
        self._pending = self._finished = self._workers = 0
        self._warned_of_sameness = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live:
            self._live.stop()

    def begun(self, store: Store, problem: Problem, workers: int) -> None:
        """Say what runs where."""
        self._problem = problem
        self._workers = workers
        self.resume_hint = f"Continue with: {command_line('resume', store.directory)}"
        if self.quiet:
            return
        search = problem.settings.search
        where = f"{workers} worker{'s' * (workers > 1)}" if workers else "this process"
        self._print(
            f"{problem.name}: population {search.population}, {search.generations} generations, "
            f"seed {store.manifest.seed}, evaluated in {where}"
        )
        if search.timeout and not workers:
            self._print("note: search.timeout needs --engine processes; without it, no time limit")
        self._print(f"run directory: {store.directory}")
        if self.console.is_terminal:
            self._live = Live(
                console=self.console, refresh_per_second=4, get_renderable=self._table
            )
            self._live.start()

    def evaluating(self, generation: int, count: int) -> None:
        """Remember how much of a generation there is to evaluate."""
        self._pending, self._finished = count, 0

    def evaluated(self, phenotype: str, outcome: Outcome) -> None:
        """Show what the problem says about where it runs, once."""
        self._finished += 1
        for name, value in outcome.extra.items():
            if isinstance(value, str) and self._notes.get(name) != value:
                self._notes[name] = value
                self._print(f"{name}: {value}")
        if self.verbose:
            values = ", ".join(f"{value:.6g}" for value in outcome.values)
            self._print(
                f"  {outcome.status} {values or outcome.detail}  "
                f"{outcome.seconds:.2f} s  {phenotype}"
            )

    def generation(self, state: State, row: Row, improved: bool) -> None:
        """Show a generation, and the program if it is a new best."""
        self._rows.append(row)
        self._pending = self._finished = 0
        if improved and state.best is not None:
            name = self._problem.objective_names[0]
            value = state.best.fitness.values[0]
            self._print(f"new best in generation {row.generation}: {name} {value:.6g}")
            self._print(f"  {state.best.phenotype}")
        self._warn_of_sameness(row)
        if not self._live:
            self._print(self._line(row))

    def ended(self, run: Run, reason: str) -> None:
        """Show the result, and what to do next."""
        if self._live:
            self._live.stop()
        self._print(f"done: {reason}")
        for line in result_lines(run):
            self.console.print(line, markup=False)
        self._print_plot(run)
        if not self.quiet:
            self._print(f"everything is in {run.directory}; next:")
            for command in _next_commands(run):
                self._print(f"  {command}")

    def _print(self, text: str) -> None:
        if not self.quiet:
            self.console.print(text, markup=False)

    def _print_plot(self, run: Run) -> None:
        plot = run.problem.hook("plot")
        if plot is None or run.best is None:
            return
        path = run.directory / "best.png"
        try:
            plot(run.best.phenotype, path)
        except ImportError:
            self._print('no picture was drawn: it needs matplotlib (pip install "gegp[report]")')
        else:
            self._print(f"picture: {path}")

    def _line(self, row: Row) -> str:
        left = self._time_left()
        cells = zip(_COLUMNS, self._cells(row), strict=True)
        text = "  ".join(f"{name} {cell}" for name, cell in cells)
        return text + (f"  left {left}" if left else "")

    def _cells(self, row: Row) -> tuple[str, ...]:
        """A generation, in the order of the columns."""
        return (
            f"{row.generation:4d}",
            _number(row.best),
            _number(row.median),
            f"{row.distinct / self._problem.settings.search.population:.0%}",
            str(row.evaluated),
            str(row.from_cache),
            str(row.failed),
            duration(row.seconds),
        )

    def _warn_of_sameness(self, row: Row) -> None:
        """Say once that a population has nearly become one program."""
        size = self._problem.settings.search.population
        if size < _LARGE or row.distinct >= _FEW * size or self._warned_of_sameness:
            return
        self._warned_of_sameness = True
        self._print(
            f"note: only {row.distinct} of {size} programs differ in generation "
            f"{row.generation}; search.mutation_rate and search.tournament_size decide about that"
        )

    def _time_left(self) -> str:
        """An estimate from the generations shown last."""
        if not self._rows:
            return ""
        remaining = self._problem.settings.search.generations - self._rows[-1].generation - 1
        mean = sum(row.seconds for row in self._rows) / len(self._rows)
        return f"about {duration(mean * remaining)}" if remaining > 0 else ""

    def _table(self) -> Group:
        table = Table(box=None, pad_edge=False)
        for heading in _COLUMNS:
            table.add_column(heading, justify="right")
        for row in self._rows:
            table.add_row(*self._cells(row))
        left = self._time_left()
        status = f"{self._finished} of {self._pending} evaluated" if self._pending else ""
        parts = [part for part in (status, f"{left} left" if left else "") if part]
        return Group(table, Text(", ".join(parts), style="dim"))


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"


def _next_commands(run: Run) -> Iterator[str]:
    """What one may do with a run that has ended."""
    yield command_line("show", run.directory)
    yield command_line("report", run.directory, "-o", "report.html")
    if run.best is not None:
        if run.problem.hook("assess"):
            yield command_line("assess", run.directory)
        yield command_line("export", run.directory, "--format", formats(run.problem)[0])
