"""Writes the catalog of the benchmark: 10 offers at one placement, 64 model features, one budget."""
import pathlib
import sys

HERE = pathlib.Path(__file__).parent


def write(folder):
    root = pathlib.Path(folder)
    (root / "campaigns").mkdir(parents=True, exist_ok=True)
    features = []
    for index in range(64):
        aggregate = ["count", "sum", "recency", "count"][index % 4]
        lines = [f"  - name: f{index}", f"    aggregate: {aggregate}", "    event: Order Completed"]
        if aggregate == "sum":
            lines.append("    value: revenue")
        if index % 4 == 0:
            lines.append(f"    half_life: {7 + index}d")
        if index % 4 == 3:
            lines.append(f"    where: {{store: s{index % 8}}}")
        features.append("\n".join(lines))
    (root / "weir.yaml").write_text(
        "currency: USD\nsalt: bench\nholdout: 10 %\nconsent: {default: {marketing: granted}}\n"
        "features:\n" + "\n".join(features) + "\n"
        "goals:\n  - {id: use, window: 30d, negatives: reported}\n"
        "placements:\n  - {id: till, policy: {squarecb: {gamma: 20}}}\n"
        "budgets:\n  - {id: year, limit: 900000000 USD, from: 2020-01-01, to: 2039-12-31}\n")
    offers = "\n".join(
        f"  - {{id: o{index}, cost: 1.{index}0 USD, value: {4 + index} USD}}" for index in range(10))
    (root / "campaigns" / "all.yaml").write_text(
        "id: all\nkind: coupon\nplacements: [till]\ngoal: use\nchannel: till\nbudgets: [year]\n"
        f"eligible: \"f0 >= 0\"\noffers:\n{offers}\n")


if __name__ == "__main__":
    write(sys.argv[1])
