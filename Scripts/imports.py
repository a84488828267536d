#!/usr/bin/env python3
"""Checks that imports match Package.swift: Scripts/imports.py

- What a file imports is declared for its target, and each once.
- What a target declares is imported by one of its files.
- A room imports only rooms that are declared before it, so that imports point downward.
- A file that imports a room of ours names something that the room declares: a type, a function, a member, a case. A name
  that another room declares too is given the benefit of the doubt.

Prints file, line and remedy for each fault; exit status 1 where there is one.
"""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import swift_source
from manifest import Manifest

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Come with the toolchain or the system; nothing declares them.
SYSTEM = {
    "Darwin", "Dispatch", "Foundation", "FoundationNetworking", "Glibc", "Musl", "Observation", "RegexBuilder",
    "Swift", "Synchronization", "Testing",
}
WORD = re.compile(r"\b\w+\b")


class Source:
    def __init__(self, path):
        self.path = path.relative_to(ROOT)
        self.code = swift_source.code(path.read_text())
        self.imports = swift_source.imports(self.code)
        self.words = set(WORD.findall(swift_source.IMPORT.sub("", self.code)))
        self.declared = swift_source.declared(self.code)


def faults(manifest):
    sources = {
        target.name: [Source(path) for path in manifest.files(target)] for target in manifest.targets if target.is_swift}
    names = {
        target.name: set().union(*(source.declared for source in sources[target.name]))
        for target in manifest.rooms if target.name in sources}
    for place, target in enumerate(manifest.targets):
        if target.is_swift:
            yield from declared(target, sources[target.name], manifest)
            yield from upward(target, place, manifest)
            for source in sources[target.name]:
                yield from unused(source, names)


def declared(target, sources, manifest):
    imported = set()
    for source in sources:
        seen = set()
        for line, module in source.imports:
            imported.add(module)
            if module in seen:
                yield f"{source.path}:{line}: “{module}” is imported twice; remove one of them."
            elif module == target.name:
                yield f"{source.path}:{line}: “{module}” is the file's own module; remove the import."
            elif module not in SYSTEM and module not in target.dependencies:
                yield (f"{source.path}:{line}: “{module}” is not declared for {target.name}; add it to the target in "
                       "Package.swift, or remove the import.")
            seen.add(module)
    if sources:
        line = manifest.declaration(target)
        for module in target.dependencies:
            if module not in imported:
                yield (f"Package.swift:{line}: {target.name} declares “{module}” and no file of it imports that; remove "
                       "it there.")


def upward(target, place, manifest):
    before = {earlier.name for earlier in manifest.targets[:place]}
    for one in manifest.dependencies(target):
        if one.name not in before:
            line = manifest.declaration(target)
            yield (f"Package.swift:{line}: {target.name} imports “{one.name}”, which is declared below it; move what it "
                   "needs down, or pass it in.")


def unused(source, names):
    for line, module in source.imports:
        if module in names and not names[module] & source.words:
            yield f"{source.path}:{line}: nothing of “{module}” is named here; remove the import."


def main():
    found = list(faults(Manifest(ROOT)))
    for fault in found:
        print(fault)
    if found:
        print(f"{len(found)} imports do not match.", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
