#!/usr/bin/env python3
"""Measures how the house is built: Scripts/structure.py [--json] [--compare REVISION]

For each room under Sources: what it imports (as Package.swift declares it), files, lines, the length of files and
functions, how many declarations are visible outside, and how many targets of the program and of the tests an edit in it
rebuilds besides the room itself. A function is what has a body in braces: functions, initialisers,
subscripts, computed properties; comments and strings do not count as braces. The 95th percentile is the smallest value
that 95 % do not exceed.
"""
import argparse
import io
import json
import pathlib
import subprocess
import sys
import tarfile
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import swift_source
from manifest import Manifest

ROOT = pathlib.Path(__file__).resolve().parent.parent
COLUMNS = [
    ("files", "files"), ("lines", "lines"), ("file median", "file_median"), ("file p95", "file_p95"),
    ("functions", "functions"), ("func median", "function_median"), ("func p95", "function_p95"),
    ("public", "public"), ("package", "package"), ("imports", "import_count"), ("rebuilds", "rebuilt"),
    ("and tests", "rebuilt_tests"),
]


def percentile(values, share):
    values = sorted(values)
    return values[max(0, -(-len(values) * share // 100) - 1)] if values else 0


def figures(sources):
    """What a group of files comes to; of each its text and its code."""
    lengths = [text.count("\n") for text, _ in sources]
    functions = [length for _, code in sources for length in swift_source.functions(code)]
    return {
        "files": len(sources), "lines": sum(lengths),
        "file_median": percentile(lengths, 50), "file_p95": percentile(lengths, 95),
        "functions": len(functions), "function_median": percentile(functions, 50),
        "function_p95": percentile(functions, 95),
        "public": sum(swift_source.visible(code, "public|open") for _, code in sources),
        "package": sum(swift_source.visible(code, "package") for _, code in sources),
    }


def measured(root):
    manifest = Manifest(root)
    rooms, everything = {}, []
    for target in manifest.rooms:
        texts = [path.read_text() for path in manifest.files(target)]
        sources = [(text, swift_source.code(text)) for text in texts]
        everything += sources
        imports = [one.room if one.name.startswith("Weir") else one.name for one in manifest.dependencies(target)]
        rooms[target.room] = {**figures(sources), "imports": imports, "import_count": len(imports)}
    for target in manifest.rooms:
        above = [one for one in manifest.targets if one is not target and target.name in manifest.closure(one)]
        rooms[target.room] |= {
            "rebuilt": sum(not one.is_tests for one in above), "rebuilt_tests": sum(one.is_tests for one in above)}
    sums = {key: sum(room[key] for room in rooms.values()) for key in ("import_count", "rebuilt", "rebuilt_tests")}
    return {"rooms": rooms, "all": {**figures(everything), **sums}}


def measured_at(revision):
    """The same of another revision, taken out of git into a folder of its own."""
    archive = subprocess.run(
        ["git", "archive", revision, "Package.swift", "Sources", "Tests"], cwd=ROOT, capture_output=True)
    if archive.returncode:
        sys.exit(f"“{revision}” cannot be read: {archive.stderr.decode().strip()}")
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
            tar.extractall(folder, filter="data")
        return measured(folder)


def table(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        print("  ".join(cells).rstrip())


def cell(before, after, key):
    if before is None:
        return str(after[key])
    old = str(before[key]) if before else "–"
    new = str(after[key]) if after else "–"
    return old if old == new else f"{old} → {new}"


def show(after, before=None):
    names = list(after["rooms"]) + [name for name in (before or {"rooms": {}})["rooms"] if name not in after["rooms"]]

    def line(title, now, then):
        return [title] + [cell(then if before else None, now, key) for _, key in COLUMNS]

    table([["room"] + [title for title, _ in COLUMNS]]
          + [line(name, after["rooms"].get(name), (before or after)["rooms"].get(name, {})) for name in names]
          + [line("all", after["all"], (before or after)["all"])])
    print("\nModule graph, in the order of Package.swift:")
    for name in names:
        print("  " + edges(name, after, before))


def edges(name, after, before):
    if name not in after["rooms"]:
        return f"- {name}"
    now = after["rooms"][name]["imports"]
    text = f"{name}: {', '.join(now) or '–'}"
    if before is None:
        return text
    if name not in before["rooms"]:
        return f"+ {text}"
    then = before["rooms"][name]["imports"]
    changes = [f"+{one}" for one in now if one not in then] + [f"−{one}" for one in then if one not in now]
    return text + (f"   ({' '.join(changes)})" if changes else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--compare", metavar="REVISION", help="set the figures of this revision beside them")
    arguments = parser.parse_args()
    after = measured(ROOT)
    before = measured_at(arguments.compare) if arguments.compare else None
    if arguments.json:
        print(json.dumps(after if before is None else {"before": before, "after": after}, indent=2))
    else:
        show(after, before)


if __name__ == "__main__":
    main()
