"""Counts instructions and allocations: python3 Benchmarks/counts.py --weir .build/release/weir

What one decision or event costs is the difference between two runs of different lengths, so that what a process does once
cancels out. Unlike times, the counts are nearly the same on every machine of one architecture and in every run, so they can
be compared with a baseline: `--compare Benchmarks/baseline.json` fails where a count is off by more than 5 %, and
`--write Benchmarks/baseline.json` records them anew, on purpose.
"""
import argparse
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
TOLERANCE = 0.05

# Name, what it is, and the two lengths.
WORK = [
    ("decide", "the pure decision, 10 candidates, 64 features", 500, 2_500),
    ("situation", "deriving its situation", 500, 2_500),
    ("record", "writing its record and reading it back", 500, 2_500),
    ("apply", "an event into a profile with 64 features", 500, 2_500),
    ("decision", "a decision through engine and store", 640, 1_920),
    ("event", "an event through engine and store", 1_000, 4_000),
]


def run(command, environment):
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stderr}")
    return done.stderr


def found(pattern, text):
    match = re.search(pattern, text)
    if not match:
        raise SystemExit(f"no count in:\n{text}")
    return int(match.group(1).replace(",", ""))


class Counter:
    """Counts what `weir bench --work` does."""

    def __init__(self, weir, folder):
        self.folder = folder
        self.weir = folder / "weir"
        # Valgrind cannot read the debugging information, and does not need it.
        subprocess.run(["strip", "--strip-debug", "-o", self.weir, weir], check=True)
        # Dictionaries are then laid out alike in every process.
        self.environment = {"SWIFT_DETERMINISTIC_HASHING": "1", "TMPDIR": str(folder)}

    def preloading(self, name):
        """The environment with a C file of this folder loaded before the C library."""
        library = self.folder / f"{name}.so"
        if not library.exists():
            source = HERE / f"{name}.c"
            subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        return {**self.environment, "LD_PRELOAD": str(library)}

    def command(self, name, times):
        return [str(self.weir), "bench", "--work", name, "--times", str(times)]

    def instructions(self, name, times):
        out = self.folder / "callgrind.out"
        text = run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *self.command(name, times)],
                   self.preloading("sigsuspend"))
        return found(r"Collected : (\d+)", text)

    def allocations(self, name, times):
        text = run(self.command(name, times), self.preloading("allocations"))
        return found(r"allocations: (\d+)", text)

    def per_piece(self, count, name, short, long):
        return (count(name, long) - count(name, short)) / (long - short)


def measure(weir, names):
    counts = {}
    with tempfile.TemporaryDirectory() as folder:
        counter = Counter(weir, pathlib.Path(folder))
        for name, _, short, long in WORK:
            if names and name not in names:
                continue
            counts[name] = {
                "instructions": round(counter.per_piece(counter.instructions, name, short, long)),
                "allocations": round(counter.per_piece(counter.allocations, name, short, long), 1),
            }
    return counts


def compare(counts, baseline):
    """The counts that are off, each with what it was."""
    off = []
    for name, figures in counts.items():
        for figure, value in figures.items():
            was = baseline.get(name, {}).get(figure)
            if was is None:
                off.append(f"{name}: {value} {figure}, no baseline")
            # Half an allocation more is none.
            elif abs(value - was) > max(TOLERANCE * was, 0.5):
                off.append(f"{name}: {value:,} {figure}, was {was:,} ({value / max(was, 1) - 1:+.1%})")
    return off


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default=".build/release/weir", type=pathlib.Path)
    parser.add_argument("--work", action="append", help="only this; can be given several times")
    parser.add_argument("--compare", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--write", type=pathlib.Path, metavar="FILE")
    options = parser.parse_args()

    counts = measure(options.weir.resolve(), options.work)
    baseline = {}
    if options.compare and options.compare.exists():
        baseline = json.loads(options.compare.read_text())["counts"]
    print(f"{'':<48} {'instructions':>12} {'allocations':>12}")
    for name, what, _, _ in WORK:
        if name in counts:
            print(f"{what:<48} {counts[name]['instructions']:>12,} {counts[name]['allocations']:>12,.1f}")
    if options.write:
        content = {"architecture": platform.machine(), "counts": counts}
        options.write.write_text(json.dumps(content, indent=2) + "\n")
    if options.compare:
        off = compare(counts, baseline)
        if off:
            print(f"\nMore than {TOLERANCE:.0%} off {options.compare}; where that is meant, make bench-baseline:")
            print("\n".join("  " + line for line in off))
            sys.exit(1)
        print(f"\nWithin {TOLERANCE:.0%} of {options.compare}.")


if __name__ == "__main__":
    main()
