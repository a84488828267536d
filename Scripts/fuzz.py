#!/usr/bin/env python3
"""Fuzzes the decoders: compiles their rooms so that the fuzzer sees which ways an input takes (libFuzzer, with the address
sanitizer), and runs each decoder for some seconds. What it finds it keeps in Fuzzing/.work, and says how to mend it.

    python3 Scripts/fuzz.py [--seconds 60] [--build .build/release] [DECODER ...]

It needs the Swift toolchain's own libFuzzer (Linux) and a build of the program, for the libraries beside the rooms.
"""

import argparse
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = ROOT / "Fuzzing" / ".work"

# In the order of their imports.
ROOMS = [
    "JSON", "Limits", "Domain", "Files", "Statistics", "Learning", "Ingestion", "Profiles", "Catalog", "Decisioning",
    "Storage",
]

# What the rooms' own tests check too.
CHECKS = [
    "JSONTests/JSONDecoding", "IngestionTests/MessageDecoding", "IngestionTests/TableDecoding",
    "FilesTests/FileDecoding", "CatalogTests/CatalogDecoding", "LearningTests/ModelDecoding",
    "ProfilesTests/ProfileDecoding", "DecisioningTests/RecordDecoding", "DecisioningTests/SampleSituation",
    "StorageTests/RowDecoding",
]

DECODERS = [
    "json", "messages", "tables", "csv", "gzip", "rules", "catalogs", "models", "snapshots", "profiles", "decisions",
    "rows",
]

# Of which the words of the seeds help: those that are texts.
TEXTS = {"json", "messages", "tables", "csv", "rules", "catalogs", "models"}

# An input that takes longer, in seconds, or more memory, in MB, is a fault.
TIMEOUT, MEMORY = 10, 2048

# So many inputs that end a decoder are enough for one run.
MOST_FOUND = 20


def module_flags(build):
    """What the compiler needs to find the libraries beside the rooms."""
    flags = ["-I", WORK, "-I", build / "Modules"]
    yaml = build.parents[1] / "checkouts" / "Yams" / "Sources" / "CYaml" / "include"
    maps = [ROOT / "Sources" / "CZlib", ROOT / "Sources" / "CLAPACK", build / "CSimdjson.build", yaml]
    for folder in maps:
        flags += ["-Xcc", f"-fmodule-map-file={folder / 'module.modulemap'}"]
    flags += ["-Xcc", "-I", "-Xcc", ROOT / "Sources" / "CSimdjson" / "include"]
    found = subprocess.run(["pkg-config", "--cflags-only-I", "lapacke"], capture_output=True, text=True).stdout.split()
    for flag in found:
        flags += ["-Xcc", flag]
    return flags


def compile_all(build):
    """The program that fuzzes; a room whose source did not change is not compiled again."""
    WORK.mkdir(parents=True, exist_ok=True)
    settings = ["-O", "-wmo", "-parse-as-library", "-swift-version", "6", "-package-name", "weir", "-suppress-warnings",
                "-sanitize=fuzzer,address", "-enable-upcoming-feature", "ExistentialAny", "-enable-upcoming-feature",
                "InternalImportsByDefault", "-enable-upcoming-feature", "MemberImportVisibility"]
    flags = [str(flag) for flag in module_flags(build)]
    checks = [ROOT / "Tests" / f"{name}.swift" for name in CHECKS]
    parts = [(f"Weir{room}", sorted((ROOT / "Sources" / room).rglob("*.swift")), True) for room in ROOMS]
    parts.append(("Fuzzer", [ROOT / "Fuzzing" / "Fuzzer.swift", *checks], False))
    digest = hashlib.sha256(" ".join(settings).encode())
    objects, changed = [], False
    for module, files, is_room in parts:
        for file in files:
            digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
        built = WORK / f"{module}.o"
        stamp = WORK / f"{module}.digest"
        objects.append(str(built))
        if built.exists() and stamp.exists() and stamp.read_text() == digest.hexdigest():
            continue
        print(f"compiling {module}", flush=True)
        emitted = ["-emit-module", "-emit-module-path", str(WORK / f"{module}.swiftmodule")] if is_room else []
        subprocess.run(
            ["swiftc", "-module-name", module, "-c", "-o", str(built), *emitted, *settings, *flags, *map(str, files)],
            check=True)
        stamp.write_text(digest.hexdigest())
        changed = True
    program = WORK / "fuzz"
    if changed or not program.exists():
        for library in ["Yams", "CYaml", "CSimdjson"]:
            objects += [str(path) for path in sorted((build / f"{library}.build").rglob("*.o"))]
        libraries = subprocess.run(["pkg-config", "--libs", "lapacke"], capture_output=True, text=True).stdout.split()
        subprocess.run(
            ["swiftc", "-use-ld=lld", "-sanitize=fuzzer,address", "-o", str(program), *objects, "-lsimdjson", "-lz",
             "-lstdc++", *[flag for flag in libraries if flag.startswith("-L")], "-lopenblas", "-llapacke"],
            check=True)
    return program


def write_words(folder, corpora):
    """The words that stand in the seeds, as a dictionary for the fuzzer."""
    words = set()
    for corpus in corpora:
        for file in corpus.iterdir():
            words.update(re.findall(rb"[A-Za-z_][A-Za-z_]{2,30}|[-+]?[0-9][0-9.:eE%+-]*", file.read_bytes()))
    words.update([b"-9223372036854775808", b"1e308", b"1e-320", b"NaN", b"\\ud83d"])
    path = folder / "words"
    with open(path, "w") as file:
        for word in sorted(words):
            escaped = "".join(f"\\x{byte:02x}" if byte in b'"\\' else chr(byte) for byte in word)
            file.write(f'"{escaped}"\n')
    return path


def run(program, name, seconds):
    """Fuzzes one decoder; returns a line of the table."""
    folder = WORK / name
    found, corpus, seeds = folder / "found", folder / "corpus", folder / "seeds"
    shutil.rmtree(seeds, ignore_errors=True)
    for path in [found, corpus, seeds]:
        path.mkdir(parents=True, exist_ok=True)
    before = set(found.iterdir())
    # Swift's own report of a crash would end the process before the fuzzer could keep its input.
    environment = dict(os.environ, WEIR_DECODER=name, SWIFT_BACKTRACE="enable=no", ASAN_OPTIONS="detect_leaks=0")
    subprocess.run([program], env=dict(environment, WEIR_SEEDS=str(seeds)), check=True)
    kept = ROOT / "Tests" / "Corpus" / name
    corpora = [corpus, seeds] + ([kept] if kept.is_dir() else [])
    words = [f"-dict={write_words(folder, [seeds])}"] if name in TEXTS else []
    start = time.monotonic()
    executions = edges = inputs = 0
    # A finding ends the fuzzer, so it begins anew with what time is left; where it finds that much, that is enough.
    while (left := int(seconds - (time.monotonic() - start))) > 0 and len(set(found.iterdir()) - before) < MOST_FOUND:
        with open(folder / "log", "w") as log:
            ended = subprocess.run(
                [program, *corpora, *words, f"-max_total_time={left}", f"-artifact_prefix={found}/", f"-timeout={TIMEOUT}",
                 f"-rss_limit_mb={MEMORY}", "-max_len=4096", "-use_value_profile=1", "-print_final_stats=1"],
                env=environment, stdout=log, stderr=log, cwd=folder).returncode
        text = (folder / "log").read_text(errors="replace")
        counts = re.findall(r"^stat::number_of_executed_units: (\d+)", text, re.M)
        ways = re.findall(r"cov: (\d+) ft: \d+ corp: (\d+)", text)
        if ended and not set(found.iterdir()) - before:
            sys.exit(f"{name}: the fuzzer did not run; {folder / 'log'} says why")
        executions += int(counts[-1]) if counts else 0
        if ways:
            edges, inputs = max(edges, int(ways[-1][0])), int(ways[-1][1])
    new = sorted(set(found.iterdir()) - before)
    print(f"{name:10} {time.monotonic() - start:5.0f} s  {executions:11,} executions  {edges:6,} edges  "
          f"{inputs:6,} inputs kept  {len(new):3} found", flush=True)
    for path in new[:5]:
        print(f"    {path.relative_to(ROOT)}; mend it, then keep it: cp {path.relative_to(ROOT)} Tests/Corpus/{name}/")
    return not new


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("decoders", nargs="*", default=DECODERS, help="which; all without")
    parser.add_argument("--seconds", type=int, default=60, help="for each decoder")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / ".build" / "release", help="of the program")
    options = parser.parse_args()
    unknown = [name for name in options.decoders if name not in DECODERS]
    if unknown:
        sys.exit(f"No decoder is called {', '.join(unknown)}. There are {', '.join(DECODERS)}.")
    program = compile_all(options.build.resolve())
    sound = [run(program, name, options.seconds) for name in options.decoders]
    sys.exit(0 if all(sound) else 1)


if __name__ == "__main__":
    main()
