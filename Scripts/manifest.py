"""What Package.swift declares, as the package manager itself reads it."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile


class Target:
    """A target of ours: a room, the tests of one, the program or a C library."""

    def __init__(self, declared):
        self.name = declared["name"]
        self.kind = declared["type"]
        self.path = declared["path"]
        # In the order of declaration: targets and products of packages alike.
        self.dependencies = [next(iter(entry.values()))[0] for entry in declared["dependencies"]]

    @property
    def room(self):
        """The folder's name: `Budgeting`, of tests too."""
        folder = pathlib.PurePath(self.path).name
        return folder.removesuffix("Tests") if self.kind == "test" else folder

    @property
    def is_tests(self):
        return self.kind == "test"

    @property
    def is_swift(self):
        return self.kind in ("regular", "executable", "test")


class Manifest:
    """The targets of a checkout in the order of declaration."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        with tempfile.TemporaryDirectory() as scratch:
            run = subprocess.run(
                ["swift", "package", "--scratch-path", scratch, "dump-package"],
                cwd=self.root, capture_output=True, text=True)
        if run.returncode:
            sys.exit(f"Package.swift cannot be read:\n{run.stderr.strip()}")
        self.targets = [Target(declared) for declared in json.loads(run.stdout)["targets"]]
        self.by_name = {target.name: target for target in self.targets}

    @property
    def rooms(self):
        """Everything under Sources that has Swift files of ours."""
        return [target for target in self.targets if target.kind in ("regular", "executable") and self.files(target)]

    @property
    def tests(self):
        return [target for target in self.targets if target.is_tests]

    def tests_of(self, room):
        """The test target of a room, else the first that imports it; None where none does."""
        own = [target for target in self.tests if target.room == room]
        module = next((target.name for target in self.rooms if target.room == room), None)
        return next(iter(own + [target for target in self.tests if module in target.dependencies]), None)

    def files(self, target):
        return sorted((self.root / target.path).rglob("*.swift"))

    def dependencies(self, target):
        """Of the declared dependencies those that are targets of ours."""
        return [self.by_name[name] for name in target.dependencies if name in self.by_name]

    def closure(self, target):
        """The names of a target and of all that it rests on."""
        found, waiting = set(), [target]
        while waiting:
            one = waiting.pop()
            if one.name not in found:
                found.add(one.name)
                waiting += self.dependencies(one)
        return found

    def line(self, name, after=1):
        """Where Package.swift first names something in quotes, from a line on."""
        lines = (self.root / "Package.swift").read_text().splitlines()
        for number, line in enumerate(lines, 1):
            if number >= after and f'"{name}"' in line:
                return number
        return after

    def declaration(self, target):
        """The line of Package.swift where a target is declared."""
        lines = (self.root / "Package.swift").read_text().splitlines()
        named = rf'(?:tests\(\s*of: "{target.room}")' if target.is_tests else rf'(?:room\(\s*"{target.room}")'
        text = "\n".join(lines)
        match = re.search(rf'{named}|name: "{re.escape(target.name)}"', text)
        return text.count("\n", 0, match.start()) + 1 if match else 1
