"""The figures of docs/reliability.md, measured anew.

    python tests/reliability                  # all parts in full, about an hour
    python tests/reliability kills damage     # some of them
    python tests/reliability --short          # what the tests do, in two minutes

Every part prints its rows as they are found. With ``--docs FILE`` those of a full form replace
the rows of the same parts in the table of that file. The exit status is 1 if a promise does not
hold.
"""

from __future__ import annotations

import argparse
import importlib
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from measurement import Measurement

PARTS = ("kills", "history", "hostile", "disk", "damage", "lock", "soak", "autolr")


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--short", action="store_true", help="the short form")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of all that is random")
    parser.add_argument("--docs", type=Path, metavar="FILE", help="with the table")
    arguments = parser.parse_args()
    unknown = sorted({*arguments.parts} - {*PARTS})
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; expected some of {', '.join(PARTS)}")
    print(f"seed {arguments.seed}")
    holds = True
    for part in arguments.parts or PARTS:
        found = list(measured(part, arguments.seed, full=not arguments.short))
        holds &= all(one.holds for one in found)
        if arguments.docs and not arguments.short:
            write_rows(arguments.docs, part, found)
    return 0 if holds else 1


def measured(part: str, seed: int, *, full: bool) -> Iterator[Measurement]:
    """The measurements of a part, each printed."""
    rng = random.Random(f"{part} {seed}")
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=f"gegp-{part}-") as directory:
        for one in importlib.import_module(part).measure(Path(directory), rng, full=full):
            verdict = "holds" if one.holds else "DOES NOT HOLD"
            print(f"{part}: {one.promise}\n    {verdict}: {one.found}", flush=True)
            yield one
    print(f"{part}: {time.monotonic() - begun:.0f} s", flush=True)


def write_rows(file: Path, part: str, found: list[Measurement]) -> None:
    """Put the rows of a part in place of those that the table has between the part's marks."""
    rows = "".join(f"| {one.promise} | {one.found} |\n" for one in found)
    begin, end = f"<!-- {part} -->", f"<!-- /{part} -->"
    before, _, rest = file.read_text().partition(begin)
    _, _, after = rest.partition(end)
    if not after:
        raise SystemExit(f"{file}: expected the marks {begin} and {end}")
    head = "| Promise | Measured |\n| --- | --- |\n"
    file.write_text(f"{before}{begin}\n{head}{rows}{end}{after}")


if __name__ == "__main__":
    sys.exit(main())
