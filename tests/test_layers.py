"""Imports point one way: a module imports only from layers below its own, or from beside it."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "gegp"

DIALECT_MODULES = ("base", "quoted", "sge", "grape", "alogos", "ebnf", "table")

REPRESENTATION_MODULES = (
    *("base", "sites", "structured", "dsge", "sge", "probabilities", "psge", "copsge", "adaptive"),
    *("linear", "ge", "pige", "cfggp", "bit_ranges", "bit_search", "expressiveness", "whge"),
    "table",
)

BATCH_MODULES = (
    *("streams", "tables", "rows", "walks", "kernels", "genotypes", "notation", "dsge"),
    *("neighbours", "words", "precedence", "parsing", "translation", "language"),
    *(
        "elementary",
        "sums",
        "sharing",
        "operations",
        "machine",
        "evaluation",
        "breeding",
        "warming",
    ),
)

DRAWING_MODULES = ("chart", "axis", "plot", "rendering", "card")

REPORT_MODULES = ("texts", "history", "best", "tables", "assessment", "contents", "page")

LAYERS = [
    {
        "errors",
        "rng",
        "version",
        "commands",
        "signals",
        "comparison",
        "samples",
        "omnibus",
        "tables",
        "sealing",
        "edit_distance",
    },
    {"numerics", "postfix"},
    {"durable", "lock", "csv_files"},
    {"grammar.blocks", "grammar.bindings", "grammar.model", "grammar.analysis", "grammar.leftmost"},
    {
        "grammar.counting",
        "grammar.expectation",
        "grammar.growth",
        "grammar.nodes",
        "grammar.extents",
        "grammar.texts",
        "grammar.chart",
    },
    {
        "grammar.membership",
        "grammar.drawing",
        "grammar.initialisation",
        "grammar.subtrees",
        "grammar.recursion",
    },
    {"grammar.catalogue", "grammar.messages", "grammar.draft", "grammar.ranges"},
    {f"grammar.dialects.{name}" for name in DIALECT_MODULES},
    {"grammar.build", "grammar.detection", "grammar.reader"},
    {"grammar.railroad", "grammar.writers"},
    {
        "checking",
        "presets",
        "search_settings",
        "settings",
        "outcome",
        "problem",
        "closures",
        "arithmetic",
        "expressions",
    },
    {f"representations.{name}" for name in REPRESENTATION_MODULES},
    {f"batch.{name}" for name in BATCH_MODULES},
    {"individual", "variation", "lexicase", "engines.base", "engines.serial"},
    {"batch.population", "batch.choice", "batch.engine"},
    {"engines.guard", "engines.environment", "engines.messages", "engines.surroundings"},
    {"engines.worker_process", "engines.worker"},
    {"engines.slots"},
    {"engines.processes"},
    {"engines.dask_cluster", "engines.dask_worker", "engines.dask"},
    {"engines.choice", "engines.isolation"},
    {"breeding", "islands", "selection", "survival"},
    {"repetition", "cache"},
    {"evaluation", "racing"},
    {"toolbox", "seeding"},
    {"search", "sampling", "diagnostics"},
    {"batch.search"},
    {"manifest", "deciding", "vetting", "statistics", "history"},
    {"lineage", "journal", "snapshots", "store"},
    {f"reports.{name}" for name in DRAWING_MODULES},
    {
        "runs",
        "observer",
        "placement",
        "budgets",
        "evolution",
        "runner",
        "doctor",
        "examination",
        "search_states",
        "ask_tell",
    },
    {"export", "assessment", "assessment_journal", "assessment_results", "scaffold"},
    {"comparability", "groups", "group_results", "conclusions", "group_comparison", "rank_diagram"},
    {"experiment", "side_by_side", "sklearn"},
    {f"reports.{name}" for name in REPORT_MODULES},
    {
        "testing",
        "cli.completion",
        "cli.assessment_table",
        "cli.comparison_table",
        "cli.options",
        "cli.runs_table",
        "cli.grammar_text",
        "cli.locality_text",
        "cli.locality",
        "cli.summary",
        "cli.interruption",
        "cli.progress",
    },
    {
        "cli.assess",
        "cli.compare",
        "cli.report",
        "cli.experiment",
        "cli.new",
        "cli.grammar",
        "cli.export",
        "cli.problems",
        "cli.run",
        "cli.show",
        "cli.doctor",
        "cli.warm_up",
    },
    {"cli"},
    {"__main__", "tied"},
]
LEVEL = {module: level for level, layer in enumerate(LAYERS) for module in layer}


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        name = name.removesuffix(".__init__")
        if path.name != "__init__.py" or name == "cli":
            yield name, path


def imported(path):
    """The modules of gegp that a file imports, at its top or inside its functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "gegp":
            base = node.module.removeprefix("gegp").removeprefix(".")
            for alias in node.names:
                inner = f"{base}.{alias.name}".removeprefix(".")
                yield inner if inner in LEVEL else base


MODULES = dict(modules())


def test_every_module_has_a_layer():
    assert set(MODULES) == set(LEVEL)


@pytest.mark.parametrize("name", MODULES)
def test_imports_point_down(name):
    for other in imported(MODULES[name]):
        assert LEVEL[other] <= LEVEL[name], f"{name} imports {other} from above"


def test_no_two_modules_import_each_other():
    uses = {name: set(imported(path)) for name, path in MODULES.items()}
    done: list[str] = []
    while len(done) < len(uses):
        free = [name for name in uses if name not in done and uses[name] <= set(done)]
        assert free, f"a cycle among {sorted(set(uses) - set(done))}"
        done += free


def test_no_file_is_longer_than_300_lines():
    root = PACKAGE.parent
    for path in [*PACKAGE.rglob("*.py"), *(root / "problems").rglob("*.py")]:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, path


def test_nothing_that_is_stored_is_executable():
    """No pickle, and no evaluation of text, anywhere in the package or the shipped problems."""
    root = PACKAGE.parent
    banned = {"pickle", "cloudpickle", "dill", "marshal", "shelve"}
    for path in [*PACKAGE.rglob("*.py"), *(root / "problems").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert not banned & {alias.name.split(".")[0] for alias in node.names}, path
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec"), path
