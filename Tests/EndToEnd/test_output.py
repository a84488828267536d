"""Where results go: what a path is stays what it is, and a result that cannot be written is no success."""
import json
import os
import resource
import stat
import subprocess

import pytest

from conftest import weir, WEIR

PLAN = ["measure", "plan", "--baseline", "0.05", "--effect", "10%"]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("output")
    (folder / "offers.csv").write_text("# limits 10\ncustomer,offer,budget,value,cost\na,x,0,3,1\nb,x,0,2,1\n")
    weir("init", folder / "shop")
    weir("apply", folder / "shop", "--store", folder / "weir.db")
    return folder


def commands(files):
    return {
        "plan": PLAN + ["--json", "--output"],
        "allocate": ["allocate", "--input", files / "offers.csv", "--output"],
        "dataset": ["dataset", "--goal", "purchase", "--store", files / "weir.db", "--output"],
    }


@pytest.mark.parametrize("name", ["plan", "allocate", "dataset"])
def test_a_link_and_a_mode_stay(files, tmp_path, name):
    command = commands(files)[name]
    file, link, dangling = tmp_path / "file", tmp_path / "link", tmp_path / "dangling"
    file.write_text("before")
    file.chmod(0o600)
    link.symlink_to("file")
    dangling.symlink_to(tmp_path / "new")
    weir(*command, link)
    weir(*command, dangling)
    assert link.is_symlink() and dangling.is_symlink()
    assert file.read_text() == (tmp_path / "new").read_text() != "before"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(os.listdir(tmp_path)) == ["dangling", "file", "link", "new"]


@pytest.mark.parametrize("name", ["plan", "allocate", "dataset"])
def test_a_pipe_is_written_into(files, tmp_path, name):
    command = commands(files)[name]
    weir(*command, tmp_path / "file")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    # Opened for both, so that nothing waits where the pipe is replaced.
    end = os.open(pipe, os.O_RDWR)
    weir(*command, pipe)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert os.read(end, 1 << 16).decode() == (tmp_path / "file").read_text()
    os.close(end)


def test_the_standard_output_may_be_named(tmp_path):
    with open(tmp_path / "all", "w") as output:
        output.write("first\n")
        output.flush()
        # Not /dev/stdout, which a program that replaced what the path is would take from the machine.
        subprocess.run([WEIR, *PLAN, "--json", "--output", "/dev/fd/1"], stdout=output, check=True)
    first, report = (tmp_path / "all").read_text().splitlines()
    assert first == "first" and json.loads(report)


def test_what_cannot_be_written_changes_nothing(tmp_path):
    result = weir(*PLAN, "--output", tmp_path, check=False)
    assert result.returncode == 73 and "cannot be written" in result.stderr
    result = weir(*PLAN, "--output", tmp_path / "no" / "file", check=False)
    assert result.returncode == 73 and "cannot be written" in result.stderr
    (tmp_path / "file").write_text("before")
    result = weir(*PLAN, "--output", tmp_path / "file", check=False,
                  preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)))
    assert result.returncode == 73 and "cannot be written" in result.stderr
    assert (tmp_path / "file").read_text() == "before" and os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("name", ["text", "json", "allocate", "dataset", "help"])
def test_a_full_disk_behind_the_standard_output_is_told(files, name):
    command = {"text": PLAN, "json": PLAN + ["--json"], "help": ["help", "serve"],
               "allocate": commands(files)["allocate"][:-1], "dataset": commands(files)["dataset"][:-1]}[name]
    with open("/dev/full", "w") as full:
        result = subprocess.run([WEIR, *map(str, command)], stdout=full, stderr=subprocess.PIPE, text=True)
    assert result.returncode == 73 and "standard output" in result.stderr and "space" in result.stderr


def test_a_reader_that_has_gone_ends_as_its_signal_does():
    read, write = os.pipe()
    os.close(read)
    result = subprocess.run([WEIR, *PLAN], stdout=write, stderr=subprocess.PIPE, text=True)
    os.close(write)
    assert result.returncode in (-13, 141) and result.stderr == ""
