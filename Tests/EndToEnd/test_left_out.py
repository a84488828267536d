"""What a report leaves out is said in every form of it, and beside it."""
import json

from conftest import weir


def test_rows_left_out_are_told_beside_every_form(tmp_path):
    rows = [f"u{n},{'AB'[n % 2]},{n % 7}" for n in range(2000)] + ["x,B,12,50"]
    (tmp_path / "units.csv").write_text("\n".join(["unit,arm,revenue"] + rows))
    command = ["measure", "experiment", "--input", tmp_path / "units.csv", "--arm", "arm", "--metric", "revenue"]
    said = "Line 2002: 4 cells"
    assert f"! {said}" in weir(*command).stdout.split("\n\n")[2]  # After what was understood and the answer.
    for form in (["--json"], ["--format", "csv"], ["--output", tmp_path / "report.html"]):
        assert f"Warning: {said}" in weir(*command, *form).stderr
    assert json.loads(weir(*command, "--json").stdout)["warnings"][0].startswith(said)
    assert said in (tmp_path / "report.html").read_text()
    (tmp_path / "units.csv").write_text("\n".join(["unit,arm,revenue"] + rows[:200] + rows[-1:]))
    refused = weir(*command, check=False)
    assert refused.returncode == 65 and "1 of 201 rows" in refused.stderr and refused.stdout == ""
