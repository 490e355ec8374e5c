"""``gegp grammar``: check, show, sample, tree and parse."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gegp.cli.locality import locality_options, show_locality, wants_locality
from gegp.cli.options import dialect_option, json_option, write_output

if TYPE_CHECKING:
    from gegp.grammar.reader import Reading


@click.group()
def grammar() -> None:
    """Read a grammar file: what is wrong with it, what it means, what it derives.

    \b
    gegp grammar check FILE                      is it right, and what does it hold
    gegp grammar show FILE                       its rules, measured
    gegp grammar sample FILE -n 10               programs at random
    gegp grammar parse FILE --phenotype TEXT     is this a program of it
    gegp grammar tree FILE --phenotype TEXT      and how is it derived
    """


def file_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """FILE, --dialect and --bind: a grammar file and how to read it."""
    for decorator in (
        click.option(
            "--bind",
            "bindings",
            metavar="NAME=VALUE",
            multiple=True,
            help="The number behind a name of GE_RANGE, or texts a,b,c behind <NAME>. Repeatable.",
        ),
        dialect_option,
        click.argument("file", type=click.Path(path_type=Path)),
    ):
        command = decorator(command)
    return command


phenotype_option = click.option(
    "--phenotype", metavar="TEXT", required=True, help="The text of a program."
)


@grammar.command()
@file_options
@json_option
def check(file: Path, dialect: str, bindings: tuple[str, ...], as_json: bool) -> None:
    """Say what is wrong with a grammar, and what it holds.

    \b
    Example: gegp grammar check grammars/autolr.bnf
    """
    from gegp.cli.grammar_text import check_lines, check_summary

    reading = _read(file, dialect, bindings)
    if as_json:
        click.echo(f"dialect {reading.dialect}: {reading.reason}", err=True)
        click.echo(json.dumps(check_summary(reading)))
        return
    for line in check_lines(reading):
        click.echo(line)


@grammar.command()
@file_options
@click.option("--to", "target", metavar="DIALECT", help="Write the grammar in another dialect.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file: .svg draws railroad diagrams, another gets the text.",
)
@locality_options
@json_option
def show(
    file: Path,
    dialect: str,
    bindings: tuple[str, ...],
    target: str | None,
    output: Path | None,
    as_json: bool,
    **measured: Any,
) -> None:
    """Show the rules of a grammar with their measures, draw them, or write another dialect.

    With --locality, show how representations search it instead.

    \b
    Examples:
      gegp grammar show grammars/regression.bnf
      gegp grammar show grammars/regression.bnf -o regression.svg
      gegp grammar show grammars/autolr.bnf --to sge -o autolr.txt
      gegp grammar show grammars/regression.bnf --locality --representation dsge
    """
    from gegp.cli.grammar_text import show_lines, show_summary
    from gegp.errors import InputError
    from gegp.grammar.railroad import railroad_svg
    from gegp.grammar.writers import write_grammar

    drawn = output is not None and output.suffix.lower() == ".svg"
    if (as_json and (target or output)) or (drawn and target):
        raise InputError("--to, --json and -o FILE.svg are three ways to show a grammar; take one")
    locality = wants_locality(written=bool(target or output), measured=measured)
    reading = _read(file, dialect, bindings)
    if locality:
        show_locality(reading.grammar, measured, as_json=as_json)
    elif output and drawn:
        write_output(output, railroad_svg(reading.grammar))
    elif output:
        write_output(output, write_grammar(reading.grammar, target or "gegp"))
    elif target:
        click.echo(write_grammar(reading.grammar, target), nl=False)
    elif as_json:
        click.echo(json.dumps(show_summary(reading)))
    else:
        for line in show_lines(reading):
            click.echo(line)


@grammar.command()
@file_options
@click.option("-n", "count", type=click.IntRange(min=1), default=1, help="How many programs.")
@click.option("--seed", type=click.IntRange(min=0), help="Same seed, same programs.")
@click.option(
    "--representation", default="dsge", show_default=True, help="Which creates the programs."
)
@click.option(
    "--max-depth",
    type=click.IntRange(min=1),
    help="Their greatest depth; 6, or the least depth of a program where that is greater.",
)
@click.option(
    "--uniform", is_flag=True, help="Draw every derivation with the same probability instead."
)
@json_option
def sample(
    file: Path,
    dialect: str,
    bindings: tuple[str, ...],
    count: int,
    seed: int | None,
    representation: str,
    max_depth: int | None,
    uniform: bool,
    as_json: bool,
) -> None:
    """Derive programs at random; with --json an object a line.

    \b
    Examples:
      gegp grammar sample grammars/autolr.bnf -n 5 --seed 1
      gegp grammar sample grammars/regression.bnf -n 1000 --max-depth 8 --uniform --json
    """
    import secrets

    from gegp.sampling import sample_programs

    reading = _read(file, dialect, bindings)
    programs = sample_programs(
        reading.grammar,
        count,
        seed=secrets.randbelow(1_000_000) if seed is None else seed,
        representation=representation,
        max_depth=max_depth,
        uniform=uniform,
    )
    for program in programs:
        click.echo(json.dumps(program._asdict()) if as_json else program.phenotype)


@grammar.command()
@file_options
@phenotype_option
@json_option
def parse(
    file: Path, dialect: str, bindings: tuple[str, ...], phenotype: str, as_json: bool
) -> None:
    """Say whether a text is a program of a grammar, how deep it is, and its genotype.

    No depth limit applies; the genotype is DSGE's.

    \b
    Example: gegp grammar parse grammars/autolr.bnf --phenotype "if_func(epoch < 5, 0.1, 0.0001)"
    """
    from gegp.grammar.leftmost import depth
    from gegp.grammar.membership import explain_failure, find_derivation
    from gegp.representations.dsge import DSGE

    reading = _read(file, dialect, bindings)
    membership = find_derivation(reading.grammar, phenotype)
    result: dict[str, Any] = {"member": False, "depth": None, "genotype": None}
    if membership.choices is None:
        click.echo(explain_failure(phenotype, membership), err=as_json)
    else:
        deep = depth(reading.grammar, membership.choices)
        genotype = DSGE(reading.grammar, init_depth=deep, max_depth=deep).encode(membership.choices)
        result = {"member": True, "depth": deep, "genotype": genotype}
        if not as_json:
            click.echo(f"a program of depth {deep}\ngenotype: {json.dumps(genotype)}")
    if as_json:
        click.echo(json.dumps(result))


@grammar.command()
@file_options
@phenotype_option
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="An SVG file."
)
def tree(
    file: Path, dialect: str, bindings: tuple[str, ...], phenotype: str, output: Path | None
) -> None:
    """Draw how a grammar derives a program.

    \b
    Example: gegp grammar tree grammars/autolr.bnf --phenotype "if_func(epoch < 5, 0.1, 0.0001)"
    """
    from gegp.errors import InputError
    from gegp.grammar.drawing import draw_tree, tree_svg
    from gegp.grammar.membership import explain_failure, find_derivation

    reading = _read(file, dialect, bindings)
    membership = find_derivation(reading.grammar, phenotype)
    if membership.choices is None:
        raise InputError(explain_failure(phenotype, membership))
    if output:
        write_output(output, tree_svg(reading.grammar, membership.choices))
    else:
        click.echo(draw_tree(reading.grammar, membership.choices))


def _read(file: Path, dialect: str, bindings: tuple[str, ...]) -> Reading:
    from gegp.grammar.reader import read_file

    return read_file(file, dialect=dialect or None, bindings=dict(map(_binding, bindings)))


def _binding(text: str) -> tuple[str, int | tuple[str, ...]]:
    from gegp.errors import InputError

    name, _, value = text.partition("=")
    texts = tuple(value.split(","))
    whole = value.isascii() and value.isdigit() and len(value) < 10
    if not name.strip() or not (whole or (len(texts) > 1 and all(texts))):
        raise InputError(
            f"--bind {text}: expected NAME=NUMBER, a whole number, or NAME=TEXT,TEXT,..."
        )
    return name.strip(), int(value) if whole else texts
