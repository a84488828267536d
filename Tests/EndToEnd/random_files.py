"""Small files as people really have them, and worse, drawn from a seed: for commands that read a table of known columns."""
import random

# What a cell may hold whatever its column means: rarely, so that most rows stay readable.
ODD = ["", "NA", "N/A", "None", "null", "-", "#N/A", "nan", "inf", "-inf", "1e308", "-1e308", "1e-308", "0", "-1", "-0",
       "007", "1234567890123456789", "1,5", '"a,b"', "ä", "x" * 70, "1e5", "2026-02-30", "9999-12-31", "0001-01-01",
       "99999999999999999999", "true", " ", "0x10", "1_000", "\u200b", "=1+1", '"']
NUMBERS = [
    lambda draw: str(draw.randrange(0, 2)), lambda draw: str(draw.randrange(0, 5)), lambda draw: f"{draw.random():.4f}",
    lambda draw: f"{draw.lognormvariate(3, 1):.2f}", lambda draw: f"{draw.gauss(0, 1):.3f}", lambda draw: "0", lambda draw: "7",
    lambda draw: f"{draw.gauss(0, 1) * 1e9:.1f}", lambda draw: f"{draw.gauss(0, 1) * 1e-9:.3e}", lambda draw: "-5",
    lambda draw: str(draw.choice([0, 0, 0, 0, 1e6])), lambda draw: draw.choice(["1e60", "1", "-1e60"]),
]


def table(draw, columns, rows=None):
    """A CSV file: `columns` are names with what draws a cell, or the word `number` for one of the kinds of numbers."""
    rows = draw.choice([0, 1, 2, 3, 4, 6, 10, 25, 60, 120]) if rows is None else rows
    kinds = {name: draw.choice(NUMBERS) if cell == "number" else cell for name, cell in columns.items()}
    names = list(kinds)
    if draw.random() < 0.05:
        names.remove(draw.choice(names))
    if draw.random() < 0.05:
        names.append("extra")
        kinds["extra"] = draw.choice(NUMBERS)
    rate = draw.choice([0, 0, 0, 0.02, 0.1, 0.5])
    lines = [",".join(names)]
    made = []
    for row in range(rows):
        cells = {name: str(kind(draw)) for name, kind in kinds.items()}
        made.append(",".join(draw.choice(ODD) if draw.random() < rate else cells[name] for name in names))
    if draw.random() < 0.1 and made:
        column = draw.randrange(len(names))
        value = draw.choice(["", "NA", "1", "0", "a"])  # A column that says one thing, or nothing.
        made = [",".join(value if place == column else cell for place, cell in enumerate(line.split(","))) for line in made]
    if draw.random() < 0.1:
        made += made[: len(made) // 2]  # Written twice.
    if draw.random() < 0.05:
        draw.shuffle(made)
    end = draw.choice(["\n", "\n", "\r\n"])
    return end.join(lines + made) + draw.choice(["", end])


def level(letters):
    return lambda draw: draw.choice(letters)


def day(span):
    """A day of 2026 within so many, in one of the ways to write it."""
    def drawn(draw):
        count = draw.randrange(span)
        return f"2026-{1 + count // 28 % 12:02}-{1 + count % 28:02}"
    return drawn


def shares(draw):
    return draw.choice([f"{draw.random():.3f}", "0.5", "1", "0.01", "1e-300"])
