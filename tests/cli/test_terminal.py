"""What a person meets at the terminal: help, completion, suggestions, plain output."""

import os
import re
import subprocess
import sys

import click
import pytest

from gegp.cli import main


def commands(command=main, name="gegp"):
    yield name, command
    if isinstance(command, click.Group):
        for inner, one in command.commands.items():
            yield from commands(one, f"{name} {inner}")


COMMANDS = dict(commands())


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_how_the_command_is_used(name):
    text = COMMANDS[name].get_help(click.Context(COMMANDS[name], info_name=name))
    first, _, rest = text.partition("\n")
    assert first.startswith(f"Usage: {name}")
    assert re.search(rf"^ +(Example: )?{name}\b", rest, re.MULTILINE)
    for option in COMMANDS[name].params:
        assert isinstance(option, click.Argument) or option.help


def complete(words, *, cwd):
    env = os.environ | {
        "_GEGP_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(words),
        "COMP_CWORD": str(len(words) - 1),
    }
    command = [sys.executable, "-c", "from gegp.cli import main; main(prog_name='gegp')"]
    done = subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["gegp", "comp"], "compare"),
        (["gegp", "run", "symb"], "symbolic_regression"),
        (["gegp", "run", "symbolic_regression", "--prof"], "--profile"),
        (["gegp", "run", "symbolic_regression", "--profile", "qu"], "quartic"),
        (["gegp", "run", "autolr", "--set", "search.tourn"], "search.tournament_size="),
        (["gegp", "run", "autolr", "--set", "options.ep"], "options.epochs="),
        (["gegp", "run", "nowhere", "--set", "search.pop"], "search.population="),
    ],
)
def test_completion(tmp_path, words, offered):
    assert offered in complete(words, cwd=tmp_path)


@pytest.mark.parametrize(
    ("arguments", "suggestion"),
    [
        (["rum", "autolr"], "run"),
        (["run", "symbolic_regresion"], "symbolic_regression"),
        (["run", "symbolic_regression", "--profile", "quartik"], "quartic"),
        (["run", "symbolic_regression", "--set", "search.populaton=5"], "population"),
        (["run", "symbolic_regression", "--set", "options.taget=quartic"], "target"),
        (["run", "symbolic_regression", "--set", "search.representation=dgse"], "dsge"),
        (["run", "symbolic_regression", "--sed", "5"], "--seed"),
        (["new", "mine", "--template", "functon"], "function"),
    ],
)
def test_suggestions(gegp, arguments, suggestion):
    done = gegp(*arguments)
    assert (done.status, done.out) == (2, "")
    assert re.search(rf"(?i)did you mean.*{re.escape(suggestion)}", done.err)
    assert "Traceback" not in done.err


@pytest.mark.parametrize("variables", [{}, {"NO_COLOR": "1", "TERM": "xterm-256color"}])
def test_no_colour_where_nobody_sees_it(gegp, variables):
    arguments = ("symbolic_regression", "--seed", 1, "--set", "search.generations=2")
    done = gegp("run", *arguments, env=os.environ | variables)
    assert done.status == 0
    assert "\x1b" not in done.out + done.err


def test_a_population_of_one_program_is_noted_once(gegp, make_problem):
    toml = "[search]\npopulation = 200\ngenerations = 12\ntournament_size = 60\nmutation_rate = 0\n"
    path = make_problem("def evaluate(p):\n    return len(p)\n", toml=toml)
    done = gegp("run", path, "--seed", 1, "--out", "run")
    assert done.out.count("programs differ in generation") == 1
