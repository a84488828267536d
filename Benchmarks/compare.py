"""Runs Weir and its peers on the same files, one after the other, and prints one JSON line per task.

  python3 Benchmarks/compare.py --task uplift --data FOLDER --weir .build/release/weir

Without --task all tasks run. A task is a file of Benchmarks/tasks with a function run(weir, data) that returns the two
sides, {"weir": {…figures, "seconds", "peak_mb"}, "peer": {…the same}}. The folder holds one sub-folder per data set, with
the columns that the sets' own documentation names.
"""
import argparse
import importlib
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE / "tasks"))


def main():
    tasks = sorted(p.stem for p in (HERE / "tasks").glob("*.py") if p.stem != "common")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", default="", help="one of: " + ", ".join(tasks))
    parser.add_argument("--data", default="../shared/data", help="folder with the data sets")
    parser.add_argument("--weir", default=".build/release/weir", help="the program")
    options = parser.parse_args()
    if options.task and options.task not in tasks:
        raise SystemExit(f"“{options.task}” is no task. Known: {', '.join(tasks)}.")
    if not pathlib.Path(options.data).is_dir():
        raise SystemExit(f"There is no folder “{options.data}”. Name one with the data sets: make compare DATA=FOLDER.")
    for task in [options.task] if options.task else tasks:
        sides = importlib.import_module(task).run(options.weir, pathlib.Path(options.data))
        print(json.dumps({"task": task, **sides}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
