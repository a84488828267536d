#!/usr/bin/env python3
"""Plants small faults and says which of them the tests notice: Scripts/mutants.py [--room ROOM] [--list] [--check]

Each fault is a patch under Tests/Mutants, `<Room>-<what>.patch`: a sentence that says what goes wrong, and a diff. It
changes how the program behaves, and the tests of its own room must fail because of it; a room without tests of its own is
tried by the first that import it.

The faults are planted in a copy of this checkout. First the tests of the rooms must pass without any; then the faults are
planted together where none of their rooms' tests rests on another's room, so that one build serves several. Only the
rooms under test are built. Exit status: 0 where every fault is caught, 1 where one is not, does not apply or does not
build, 2 where the tests fail without a fault or the arguments make no sense.
"""
import argparse
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from manifest import Manifest

ROOT = pathlib.Path(__file__).resolve().parent.parent
FAULTS = ROOT / "Tests" / "Mutants"
BUILD = "swift build {flags} --build-tests --jobs {jobs}"
TEST = "swift test {flags} --skip-build --filter ^{module}[.]"


class Fault:
    """A patch: where it belongs and what it breaks."""

    def __init__(self, path):
        self.path = path
        self.name = path.stem
        self.room, _, self.what = path.stem.partition("-")
        self.sentence = " ".join(path.read_text().partition("\n--- ")[0].split())
        self.verdict, self.detail = None, ""


class Scratch:
    """A copy of the checkout, as it stands in the working tree, in which files may be broken."""

    def __init__(self, folder):
        self.folder = folder.resolve()
        # Without it git would take the copy for a part of the repository around it, and skip the patch.
        self.environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(self.folder.parent)}

    def refresh(self):
        """Brings the copy up to date; files that are the same keep their times, so that little is built anew."""
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True,
            text=True, check=True)
        wanted = {name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}
        if (ROOT / "Package.resolved").is_file():
            wanted.add("Package.resolved")
        for name in wanted:
            source, target = ROOT / name, self.folder / name
            if not target.is_file() or target.read_bytes() != source.read_bytes():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)
        for top in ("Sources", "Tests"):
            for path in (self.folder / top).rglob("*"):
                if path.is_file() and str(path.relative_to(self.folder)) not in wanted:
                    path.unlink()

    def narrow(self, manifest, kept):
        """Has the package manager build these targets alone."""
        names = ", ".join(f'"{name}"' for name in sorted(kept))
        text = (ROOT / "Package.swift").read_text()
        text += f"\nlet kept: Set<String> = [{names}]\npackage.targets.removeAll {{ !kept.contains($0.name) }}\n"
        text += "package.products.removeAll()\n"
        path = self.folder / "Package.swift"
        if path.read_text() != text:
            path.write_text(text)

    def apply(self, fault, *options):
        return subprocess.run(
            ["git", "apply", *options, str(fault.path)], cwd=self.folder, env=self.environment, capture_output=True,
            text=True)

    def run(self, command, timeout):
        """Exit status (None where it took too long) and what was printed."""
        with subprocess.Popen(
                shlex.split(command), cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                start_new_session=True) as process:
            try:
                output, _ = process.communicate(timeout=timeout)
                status = process.returncode
            except subprocess.TimeoutExpired:
                kill_session(process.pid)
                output, _ = process.communicate()
                status = None
            except BaseException:
                # It leads a session of its own, which Ctrl-C does not reach.
                kill_session(process.pid)
                raise
        return status, output.decode("utf-8", "replace")


def kill_session(leader):
    """Ends a process and all that it started: the package manager gives tests a process group of their own."""
    os.killpg(leader, signal.SIGKILL)
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(path.read_text().rpartition(")")[2].split()[3]) == leader:
                os.kill(int(path.parent.name), signal.SIGKILL)
        except (OSError, ValueError):
            continue  # It has ended meanwhile.


def faults(rooms):
    found = [Fault(path) for path in sorted(FAULTS.glob("*.patch"))]
    unknown = set(rooms) - {fault.room for fault in found}
    if unknown:
        known = ", ".join(sorted({fault.room for fault in found}))
        print(f"No fault is listed for {', '.join(sorted(unknown))}. Known rooms: {known}.", file=sys.stderr)
        sys.exit(2)
    return [fault for fault in found if not rooms or fault.room in rooms]


def batches(faults, manifest):
    """Groups of faults of which none touches what another's tests rest on.

    The rooms that many others rest on come first, since their faults find a place in few groups.
    """
    closures = {fault.room: manifest.closure(manifest.tests_of(fault.room)) for fault in faults}
    modules = {fault.room: module_of(fault.room, manifest) for fault in faults}

    def clash(one, other):
        return modules[one.room] in closures[other.room] or modules[other.room] in closures[one.room]

    groups = []
    for fault in sorted(faults, key=lambda fault: -sum(modules[fault.room] in names for names in closures.values())):
        for group in groups:
            if not any(clash(fault, other) for other in group):
                group.append(fault)
                break
        else:
            groups.append([fault])
    return groups


def module_of(room, manifest):
    return next(target.name for target in manifest.rooms if target.room == room)


def judge(status, output):
    """What a run of the tests says of the fault: verdict and detail."""
    output = re.sub(r"\x1b\[[0-9;]*m", "", output)
    failed = re.search(r"✘ Test (.+?) (?:recorded an issue|failed after|with \d+ test)", output)
    if status == 0:
        return "NOT CAUGHT", "the tests pass"
    if failed:
        return "caught", failed[1]
    if status is None:
        return "caught", "the tests did not end"
    if re.search(r"Fatal error:|unexpected signal|Program crashed", output):
        started = re.findall(r"◇ Test (.+?) started", output)
        return "caught", f"the process stopped{f' in {started[-1]}' if started else ''}"
    return "DOES NOT BUILD", next((line for line in output.splitlines() if "error:" in line), "no test ran")


class Runner:
    def __init__(self, arguments, manifest):
        self.arguments, self.manifest = arguments, manifest
        self.scratch = Scratch(arguments.scratch)

    def build(self, rooms):
        kept = set().union(*(self.manifest.closure(self.manifest.tests_of(room)) for room in rooms))
        if self.arguments.narrow:
            self.scratch.narrow(self.manifest, kept)
        if not self.arguments.build_command:
            return True, ""
        status, output = self.scratch.run(
            self.arguments.build_command.format(jobs=self.arguments.jobs, flags=self.arguments.flags),
            self.arguments.timeout)
        return status == 0, output

    def test(self, room):
        module = self.manifest.tests_of(room).name
        command = self.arguments.test_command.format(
            module=module, room=room, jobs=self.arguments.jobs, flags=self.arguments.flags)
        return self.scratch.run(command, self.arguments.timeout)

    def passes_without(self, rooms):
        """Whether the tests pass as they are; otherwise nothing they say of a fault would count."""
        built, output = self.build(rooms)
        if not built:
            print(f"The checkout does not build:\n{tail(output)}", file=sys.stderr)
            return False
        for room in rooms:
            status, output = self.test(room)
            if status != 0:
                print(f"The tests of {room} fail without any fault:\n{tail(output)}", file=sys.stderr)
                return False
        return True

    def plant(self, group):
        planted = []
        for fault in group:
            applied = self.scratch.apply(fault)
            if applied.returncode:
                fault.verdict, fault.detail = "DOES NOT APPLY", applied.stderr.strip().splitlines()[-1]
            else:
                planted.append(fault)
        try:
            if planted:
                self.try_out(planted)
        finally:
            for fault in planted:
                self.scratch.apply(fault, "--reverse").check_returncode()

    def try_out(self, planted):
        built, output = self.build([fault.room for fault in planted])
        if built:
            for fault in planted:
                fault.verdict, fault.detail = judge(*self.test(fault.room))
        elif len(planted) == 1:
            fault = planted[0]
            fault.verdict = "DOES NOT BUILD"
            fault.detail = next((line for line in output.splitlines() if "error:" in line), tail(output, 1))
        else:
            # One of them is to blame: each is built by itself.
            for fault in planted:
                self.scratch.apply(fault, "--reverse").check_returncode()
            try:
                for fault in planted:
                    self.plant([fault])
            finally:
                for fault in planted:
                    self.scratch.apply(fault).check_returncode()


def stale(faults):
    """Names the faults whose lines have moved or changed; returns how many."""
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(ROOT.parent)}
    found = 0
    for fault in faults:
        applied = subprocess.run(
            ["git", "apply", "--check", str(fault.path)], cwd=ROOT, env=environment, capture_output=True, text=True)
        if applied.returncode:
            found += 1
            print(f"{fault.path.relative_to(ROOT)}: {applied.stderr.strip().splitlines()[-1]}. Write the fault anew "
                  "where its line is now.")
    return found


def untried(faults, manifest):
    """Names the rooms with tests of their own of which no fault is listed; returns how many."""
    missing = {target.room for target in manifest.tests} - {fault.room for fault in faults}
    for room in sorted(missing):
        print(f"Tests/{room}Tests: no fault is listed that they must notice. Add Tests/Mutants/{room}-<what>.patch.")
    return len(missing)


def tail(text, lines=20):
    return "\n".join(text.strip().splitlines()[-lines:])


def parsed():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--room", action="append", default=[], help="only this room's faults; may be repeated")
    parser.add_argument("--fault", action="append", default=[], help="only the fault of this name; may be repeated")
    parser.add_argument("--list", action="store_true", help="print the faults and plant none")
    parser.add_argument(
        "--check", action="store_true",
        help="see whether each applies to this checkout and no room with tests goes without one, and plant none")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="how much is compiled at once")
    parser.add_argument(
        "--scratch", type=pathlib.Path, default=ROOT / ".build" / "mutants", metavar="FOLDER",
        help="where the copy is kept, with what was built in it (.build/mutants)")
    parser.add_argument("--flags", default="-c release", help="of swift build and swift test (-c release)")
    parser.add_argument("--timeout", type=int, default=3600, help="seconds for a build or a run of tests")
    parser.add_argument(
        "--build-command", default=BUILD, metavar="COMMAND", help=f"run in the copy, empty for none ({BUILD})")
    parser.add_argument(
        "--test-command", default=TEST, metavar="COMMAND",
        help=f"run in the copy for each fault, with {{room}} and {{module}} filled in ({TEST})".replace("%", "%%"))
    parser.add_argument(
        "--whole-package", dest="narrow", action="store_false", help="leave all targets in Package.swift")
    parser.add_argument(
        "--trust", action="store_true", help="do not run the tests without faults first; they were seen to pass")
    return parser.parse_args()


def main():
    arguments = parsed()
    chosen = [fault for fault in faults(arguments.room) if not arguments.fault or fault.name in arguments.fault]
    if not chosen:
        print("No fault has that name; --list shows them.", file=sys.stderr)
        return 2
    if arguments.list:
        for fault in chosen:
            print(f"{fault.name}\n    {fault.sentence}")
        print(f"{len(chosen)} faults in {len({fault.room for fault in chosen})} rooms")
        return 0

    manifest = Manifest(ROOT)
    if arguments.check:
        is_whole = not arguments.room and not arguments.fault
        return 1 if stale(chosen) + (untried(chosen, manifest) if is_whole else 0) else 0

    for fault in chosen:
        if manifest.tests_of(fault.room) is None:
            print(f"{fault.path.name}: there is no target of tests for “{fault.room}”.", file=sys.stderr)
            return 2
    runner = Runner(arguments, manifest)
    runner.scratch.refresh()
    rooms = list(dict.fromkeys(fault.room for fault in chosen))
    if not arguments.trust and not runner.passes_without(rooms):
        return 2

    groups = batches(chosen, manifest)
    print(f"{len(chosen)} faults in {len(rooms)} rooms, {len(groups)} builds", flush=True)
    for number, group in enumerate(groups, 1):
        start = time.monotonic()
        runner.plant(group)
        for fault in group:
            print(f"{fault.verdict:<15} {fault.name}: {fault.detail}", flush=True)
        print(f"    build {number} of {len(groups)}, {time.monotonic() - start:.0f} s", flush=True)
    missed = [fault for fault in chosen if fault.verdict != "caught"]
    print(f"{len(chosen) - len(missed)} of {len(chosen)} faults are caught by the tests of their own room")
    for fault in missed:
        print(f"  {fault.verdict}: {fault.name}. {fault.sentence}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
