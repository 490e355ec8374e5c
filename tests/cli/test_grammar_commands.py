"""``gegp grammar`` as a person runs it."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AUTOLR = ROOT / "grammars" / "autolr.bnf"
POLICY = "if_func(epoch < 5, 0.1, 0.0001)"


@pytest.fixture
def bnf(tmp_path):
    def write(text, name="my.bnf"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return name

    return write


def test_check_says_what_a_grammar_holds(gegp):
    done = gegp("grammar", "check", AUTOLR)
    assert done.status == 0
    for text in ("dialect          gegp", "non-terminals    5", "productions      208", "<expr>"):
        assert text in done.out
    assert "some programs:" in done.out


def test_check_as_json_has_these_keys_and_the_reason_apart(gegp, bnf):
    file = bnf("<e> ::= <e> + <v> | <v>\n<v> ::= GE_RANGE:n | x\n<u> ::= y\n")
    done = gegp("grammar", "check", file, "--bind", "n=3", "--json")
    assert done.json == {
        "dialect": "ponyge",
        "start": "e",
        "non_terminals": 3,
        "productions": 7,
        "recursive": ["e"],
        "least_depth": 2,
        "warnings": [
            {
                "line": 3,
                "column": 1,
                "message": "<u> is never reached from the start symbol <e>",
            }
        ],
    }
    assert "GE_RANGE in line 2" in done.err


def test_a_bad_grammar_is_shown_on_standard_error_with_status_2(gegp, bnf):
    done = gegp("grammar", "check", bnf("<a> ::= x | <b>\n"), "--json")
    assert done.status == 2
    assert done.out == ""
    place, line, caret, hint = done.err.split("\n")[:4]
    assert place == "Error: my.bnf:1:13: <b> is used and never defined"
    assert (line, caret) == ("    <a> ::= x | <b>", " " * 16 + "^")
    assert hint.startswith("    hint: define it")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("check", "nowhere.bnf"), "there is no such grammar file"),
        (("check", "my.bnf", "--dialect", "sgee"), "did you mean 'sge'"),
        (("check", "my.bnf", "--bind", "n"), "expected NAME=NUMBER"),
        (("check", "my.bnf", "--bind", "n=many"), "expected NAME=NUMBER"),
        (("check", "my.bnf", "--bind", "n=a,,b"), "or NAME=TEXT,TEXT"),
        (("sample", "my.bnf", "--max-depth", "1"), "the shallowest has depth 2"),
        (("sample", "my.bnf", "--max-depth", "1", "--uniform"), "the shallowest has depth 2"),
        (("sample", "my.bnf", "--max-depth", "40", "--uniform"), "too many derivations"),
        (
            ("sample", "my.bnf", "--representation", "x"),
            "there is no representation 'x'; expected one of: dsge",
        ),
        (("tree", "my.bnf", "--phenotype", "z"), "line 1, column 1: expected '(', 'x'"),
        (("show", "my.bnf", "--to", "bnff"), "bnff"),
        (("show", "my.bnf", "--to", "sge", "--json"), "take one"),
        (("show", "my.bnf", "--to", "sge", "-o", "x.svg"), "take one"),
        (("show", "my.bnf", "-o", "nowhere/x.txt"), "nowhere/x.txt cannot be written"),
        (("show", "my.bnf", "--locality", "--to", "sge"), "--locality prints measures"),
        (("show", "my.bnf", "--samples", "5"), "add --locality"),
        (("show", "my.bnf", "--locality", "--samples", "1"), "x>=2"),
        (("show", "my.bnf", "--locality", "--representation", "gsge"), "did you mean"),
        (("show", "my.bnf", "--locality", "--max-depth", "1"), "expected at least 2"),
        (("show", "my.bnf", "--locality", "--set", "max_depth=3"), "expected search.NAME=VALUE"),
        (("show", "my.bnf", "--locality", "--set", "options.x=3"), "a grammar has none"),
        (("check", "my.bnf", "--bind", "=3"), "expected NAME=NUMBER"),
        (("check", "my.bnf", "--bind", "n=" + "9" * 5000), "expected NAME=NUMBER"),
    ],
)
def test_bad_input_is_one_clear_error(gegp, bnf, arguments, message):
    bnf("<e> ::= <v> | (<e><e>)\n<v> ::= x\n")
    done = gegp("grammar", *arguments)
    assert done.status == 2
    assert message in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("extra", [(), ("--uniform",)], ids=["created", "uniform"])
def test_samples_are_members_with_their_depth_and_genotype(gegp, bnf, extra):
    file = bnf("<e> ::= (<e> + <e>) | <v>\n<v> ::= x | y\n")
    arguments = ("grammar", "sample", file, "-n", "20", "--seed", "1", "--max-depth", "4")
    done = gegp(*arguments, *extra, "--json")
    samples = [json.loads(line) for line in done.out.splitlines()]
    assert len(samples) == 20
    assert gegp(*arguments, *extra).out.splitlines() == [one["phenotype"] for one in samples]
    for one in samples[:2]:
        assert one["depth"] <= 4
        parsed = gegp("grammar", "parse", file, "--phenotype", one["phenotype"], "--json").json
        assert parsed["member"] is True
        assert parsed["depth"] == one["depth"]
        for codons, used in zip(one["genotype"], parsed["genotype"], strict=True):
            assert codons[: len(used)] == used


def test_samples_are_the_first_generation_of_a_run(gegp, make_problem, tmp_path):
    directory = make_problem("def evaluate(phenotype):\n    return len(phenotype)\n")
    run = gegp(
        "run",
        directory,
        "--seed",
        "5",
        "--set",
        "search.population=6",
        "--set",
        "search.generations=1",
        "--out",
        tmp_path / "run",
        "--json",
    )
    assert run.status == 0
    done = gegp("grammar", "sample", directory / "grammar.bnf", "-n", "6", "--seed", "5")
    journal = (tmp_path / "run" / "evaluations.jsonl").read_text()
    programs = [json.loads(line).get("phenotype") for line in journal.splitlines()]
    assert {one for one in programs if one} == set(done.out.splitlines())


def test_parse_gives_depth_and_genotype(gegp):
    done = gegp("grammar", "parse", AUTOLR, "--phenotype", POLICY, "--json")
    genotype = [[0, 1, 1], [1], [0], [99, 0], [4]]
    assert done.json == {"member": True, "depth": 3, "genotype": genotype}
    assert gegp("grammar", "parse", AUTOLR, "--phenotype", POLICY).out.startswith(
        "a program of depth 3\n"
    )


def test_a_text_that_is_no_program_is_explained_with_status_0(gegp):
    done = gegp("grammar", "parse", AUTOLR, "--phenotype", "if_func(0.1)", "--json")
    assert done.status == 0
    assert done.json == {"member": False, "depth": None, "genotype": None}
    assert "line 1, column 9: expected 'learning_rate ', 'epoch ', found '0.1)'" in done.err


def test_the_derivation_is_drawn_in_the_terminal_and_as_svg(gegp, tmp_path):
    done = gegp("grammar", "tree", AUTOLR, "--phenotype", POLICY)
    assert "<logic_op>" in done.out
    done = gegp("grammar", "tree", AUTOLR, "--phenotype", POLICY, "-o", "tree.svg")
    assert done.status == 0
    assert "<svg" in (tmp_path / "tree.svg").read_text()


def test_show_measures_rules_and_counts_derivations(gegp):
    done = gegp("grammar", "show", AUTOLR)
    assert "<lr_const>" in done.out
    assert "8,000,100" in done.out
    shown = gegp("grammar", "show", AUTOLR, "--json").json
    assert shown["derivations"]["3"] == 8000100
    expr, *_ = shown["rules"]
    assert (expr["name"], expr["least_depth"], expr["recursive"]) == ("expr", 2, True)
    assert expr["expected_length"] is None


def test_the_counts_do_not_end_before_all_rules_have_programs(gegp, bnf):
    chain = "<s> ::= x | <a>\n<a> ::= <b>\n<b> ::= <c>\n<c> ::= 1 | <s>+<s>\n"
    counts = gegp("grammar", "show", bnf(chain), "--json").json["derivations"]
    assert (counts["1"], counts["3"], counts["4"]) == (1, 1, 2)
    assert counts["5"] > 2
    counts = gegp("grammar", "show", bnf("<s> ::= x | <a>\n<a> ::= y\n"), "--json").json
    assert counts["derivations"] == {"1": 1, "2": 2}


def test_a_run_says_what_is_doubtful_in_its_grammar(gegp, bnf, make_problem):
    directory = make_problem("def evaluate(phenotype):\n    return len(phenotype)\n")
    file = bnf("<e> ::= x | y\n<unused> ::= z\n")
    small = ("--set", "search.population=4", "--set", "search.generations=1")
    done = gegp("run", directory, "--grammar", file, *small, "--json")
    assert done.status == 0
    assert "Warning: my.bnf:2:1: <unused> is never reached" in done.err
    assert "Warning" not in gegp("run", directory, "--grammar", file, *small, "-q").err


def test_show_writes_another_dialect(gegp, bnf, tmp_path):
    file = bnf("<a> ::= x | <b>\n   | y\n<b> ::= '' | \"z\"\n")
    assert gegp("grammar", "show", file, "--to", "sge").out == (
        "<a> ::= x | <b> | y\n<b> ::= None | z\n"
    )
    gegp("grammar", "show", file, "--to", "ebnf", "-o", "my.ebnf")
    assert gegp("grammar", "check", "my.ebnf", "--json").json["productions"] == 5
    done = gegp("grammar", "show", bnf("<a> ::= 'x|y'\n"), "--to", "sge")
    assert done.status == 2
    assert "x|y" in done.err


def test_show_draws_railroad_diagrams(gegp, bnf, tmp_path):
    pytest.importorskip("railroad")
    done = gegp("grammar", "show", bnf("<a> ::= x | <a> y\n"), "-o", "my.svg")
    assert done.status == 0
    assert "<svg" in (tmp_path / "my.svg").read_text()


def test_show_measures_how_representations_search_side_by_side(gegp, bnf):
    file = bnf("<e> ::= (<e> + <e>) | <v>\n<v> ::= x | y\n")
    chosen = ("--representation", "dsge", "--representation", "cfggp", "--representation", "dsge")
    small = ("--samples", "50", "--seed", "3", "--max-depth", "5", "--set", "search.init_depth=4")
    arguments = ("grammar", "show", file, "--locality", *chosen, *small)
    done = gegp(*arguments, "--json")
    shown = done.json
    assert {key: shown[key] for key in ("samples", "seed", "init_depth", "max_depth")} == {
        "samples": 50,
        "seed": 3,
        "init_depth": 4,
        "max_depth": 5,
    }
    names = [one["representation"] for one in shown["representations"]]
    assert names == ["dsge", "cfggp"]
    assert shown["representations"][0]["mutation"] == "any"
    assert gegp(*arguments, "--json").out == done.out
    lines = gegp(*arguments).out.splitlines()
    assert "50 random genotypes each" in lines[0]
    assert "seed 3, init_depth 4, max_depth 5" in lines[0]
    assert lines[3].split() == names
    (depths,) = [line for line in lines if line.startswith("  depth ")]
    assert depths.split()[1:] == [f"{one['depth']:.2f}" for one in shown["representations"]]
    assert len({len(line) for line in lines[3:] if line.startswith("  ")}) == 1


def test_what_cannot_be_measured_is_a_dash(gegp, bnf):
    arguments = ("grammar", "show", bnf("<e> ::= x\n"), "--locality", "--samples", "2")
    (cells,) = [line for line in gegp(*arguments).out.splitlines() if "not neutral, median" in line]
    assert cells.split()[-1] == "-"
    shown = gegp(*arguments, "--json").json
    assert (shown["seed"], shown["representations"][0]["changed_distance"]) == (1, None)


def test_texts_are_bound_to_a_name_without_a_rule(gegp, bnf):
    file = bnf("<e> ::= (<e> + <e>) | <v>\n")
    done = gegp("grammar", "check", file, "--bind", "v=x,y,z", "--json")
    assert done.json["productions"] == 4
    unbound = gegp("grammar", "check", file)
    assert unbound.status == 2 and "or bind it: --bind v=TEXT,TEXT" in unbound.err
