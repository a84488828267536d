#!/usr/bin/env python3
"""Runs the programs of Examples/embedded and holds what they print against its README: Scripts/embedded.py FOLDER

FOLDER is where they were built. A block of the README that begins with `$ swift run -c release NAME` shows what NAME
prints. Prints the difference of each that differs; exit status 1 where there is one.
"""
import difflib
import pathlib
import re
import subprocess
import sys

README = pathlib.Path(__file__).resolve().parent.parent / "Examples/embedded/README.md"
BLOCK = re.compile(r"^```text\n\$ swift run -c release (\w+)\n(.*?)^```$", re.M | re.S)


def printed(program):
    run = subprocess.run([program], stdout=subprocess.PIPE, text=True, timeout=120)
    if run.returncode:
        sys.exit(f"{program.name} ended with status {run.returncode}.")
    return run.stdout


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    blocks = BLOCK.findall(README.read_text())
    if not blocks:
        sys.exit(f"{README} shows no program.")
    differs = False
    for name, shown in blocks:
        difference = list(difflib.unified_diff(
            shown.splitlines(), printed(pathlib.Path(sys.argv[1]) / name).splitlines(),
            "Examples/embedded/README.md", f"what {name} prints", lineterm=""))
        print("\n".join(difference) if difference else f"{name} prints what the README shows")
        differs |= bool(difference)
    sys.exit(differs)


if __name__ == "__main__":
    main()
