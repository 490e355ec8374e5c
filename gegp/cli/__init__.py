"""The command line. Commands import what they need when they run: ``gegp --help`` is instant."""

from __future__ import annotations

from typing import Any

import click

from gegp.cli.assess import assess
from gegp.cli.compare import compare
from gegp.cli.doctor import doctor
from gegp.cli.experiment import experiment
from gegp.cli.export import export
from gegp.cli.grammar import grammar
from gegp.cli.new import new
from gegp.cli.problems import problems
from gegp.cli.report import report
from gegp.cli.run import resume, run
from gegp.cli.show import show
from gegp.cli.warm_up import warm_up
from gegp.errors import GegpError
from gegp.version import VERSION


class Commands(click.Group):
    """A group of commands that shows gegp's errors as messages, with their exit status."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except GegpError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(error.exit_status)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="gegp")
def main() -> None:
    """Evolve programs that a grammar allows and a problem scores.

    \b
    gegp problems                       the problems that come with gegp
    gegp run autolr                     evolve; prints where the run is stored
    gegp experiment plan.toml           many runs, over a grid of settings; a report of them
    gegp show runs/autolr/...           what a run has found
    gegp doctor runs/autolr/...         is anything in it damaged, and what can be done
    gegp export runs/autolr/... --format python
    gegp assess runs/autolr/...         measure it on data held out, beside baselines
    gegp report runs/autolr/...         a page about runs: how they went, what they found
    gegp compare runs/low runs/high     which method is better, and is that more than luck
    gegp new mine                       a problem of your own, to begin with
    gegp grammar check FILE             is a grammar right, and what does it hold
    gegp warm-up                        compile ahead what makes runs fast

    Exit status: 0 done, 1 the run failed, 2 bad input, 3 run directory in use,
    130 or 143 interrupted.
    """


for command in (
    run,
    resume,
    experiment,
    show,
    doctor,
    export,
    assess,
    compare,
    report,
    grammar,
    problems,
    new,
    warm_up,
):
    main.add_command(command)
