"""Reads Swift sources as far as our checks need it: what is code, what is declared, how long functions are."""
import re

IMPORT = re.compile(
    r"^[ \t]*(?:@\w+(?:\([^)]*\))?[ \t]+)*(?:(?:public|package|internal|fileprivate|private)[ \t]+)?import[ \t]+"
    r"(?:(?:struct|class|enum|protocol|typealias|func|let|var)[ \t]+)?(\w+)", re.M)
# Three quotes open a text of several lines only at a line's end: #""""# is a raw text of two quotes.
OPENING = re.compile(r'(#*)("""(?=[ \t]*\n)|")')
DECLARED = re.compile(
    r"\b(?:struct|class|enum|actor|protocol|typealias|associatedtype|func|let|var|macro)\s+`?(\w+)`?")
CASES = re.compile(r"^[ \t]*(?:indirect[ \t]+)?case[ \t]+(?!\.|let\b|var\b|is\b)([^:{}\n]+)$", re.M)
CALLABLE = re.compile(r"(?<![.\w])(func\b[^({]*|init\b[?!]?(?:\s*<[^({]*>)?\s*|subscript\b(?:\s*<[^({]*>)?\s*)(?=\()")
DEINIT = re.compile(r"(?<![.\w])deinit\s*(?=\{)")
COMPUTED = re.compile(r"\bvar\s+`?\w+`?\s*:[^={}\n]*(?=\{)")
# What can stand after a modifier, so that a word of the same spelling is no declaration.
KINDS = r"(?:func|var|let|init|subscript|struct|class|enum|actor|protocol|typealias|extension|case|macro)"
MODIFIERS = (
    r"(?:(?:static|final|mutating|nonmutating|override|required|convenience|indirect|lazy|weak|unowned|consuming"
    r"|borrowing|nonisolated|isolated|prefix|postfix|infix|dynamic|optional|distributed|async"
    r"|(?:private|fileprivate|internal|package|public|unowned|nonisolated)\(\w+\))\s+)*")


def code(text):
    """The text with comments and the contents of strings blanked; lines and columns stay where they are.

    What stands in an interpolation is code and stays.
    """
    out = list(text)
    _blank(text, out, 0, None)
    return "".join(out)


def _blank(text, out, index, closing):
    """Blanks from `index` on, up to the parenthesis that ends an interpolation; returns where it stopped."""
    depth = 0
    while index < len(text):
        character = text[index]
        if character == "/" and text.startswith("//", index):
            end = text.find("\n", index)
            index = _erase(out, index, len(text) if end < 0 else end)
        elif character == "/" and text.startswith("/*", index):
            index = _erase(out, index, _comment_end(text, index))
        elif character in "\"#" and (opened := OPENING.match(text, index)):
            index = _string(text, out, opened)
        elif character == "#" and text.startswith("#/", index):
            end = text.find("/#", index + 2)
            index = _erase(out, index, len(text) if end < 0 else end + 2)
        else:
            if closing and character == "(":
                depth += 1
            elif closing and character == ")":
                if depth == 0:
                    return index
                depth -= 1
            index += 1
    return index


def _erase(out, start, end):
    for index in range(start, end):
        if out[index] != "\n":
            out[index] = " "
    return end


def _comment_end(text, index):
    depth = 0
    for mark in re.compile(r"/\*|\*/").finditer(text, index):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(text)


def _string(text, out, opened):
    hashes, quotes = opened[1], opened[2]
    index = _erase(out, opened.start(), opened.end())
    escape, end = "\\" + hashes, quotes + hashes
    while index < len(text):
        if text.startswith(end, index):
            return _erase(out, index, index + len(end))
        if text.startswith(escape + "(", index):
            start = _erase(out, index, index + len(escape)) + 1
            index = _blank(text, out, start, ")") + 1
        elif text.startswith(escape, index):
            index = _erase(out, index, min(index + len(escape) + 1, len(text)))
        else:
            index = _erase(out, index, index + 1)
    return index


def imports(source):
    """Line and module of each import."""
    return [(source.count("\n", 0, found.start(1)) + 1, found[1]) for found in IMPORT.finditer(source)]


def declared(source):
    """The names that are declared anywhere in the code, of members and cases too."""
    names = set(DECLARED.findall(source))
    for found in CASES.finditer(source):
        without = re.sub(r"\([^()]*(?:\([^()]*\)[^()]*)*\)", "", found[1])
        names |= {re.split(r"[ =]", part.strip())[0].strip("`") for part in without.split(",")}
    return names


def functions(source):
    """The lengths in lines of functions, initialisers, subscripts and computed properties, nested ones too."""
    lengths = []
    for found in list(CALLABLE.finditer(source)) + list(DEINIT.finditer(source)) + list(COMPUTED.finditer(source)):
        start = _body(source, found)
        if start is not None:
            end = _closing(source, start)
            lengths.append(source.count("\n", found.start(), end) + 1)
    return lengths


def _body(source, found):
    """Where the body opens; None for a requirement of a protocol, or a word in another place."""
    index = found.end()
    if index < len(source) and source[index] == "(":
        index = _closing(source, index) + 1
        if found[1].startswith("subscript") or found[1].startswith("init") or found[1].startswith("func"):
            # Between parameters and body stand effects, the result and constraints, nothing that begins a line anew.
            rest = re.compile(r"(?:[^{}\n=;]|==|\n[ \t]*(?:->|where\b|throws|async|rethrows|\)|\{|[\[(]|any\b|some\b))*")
            index = rest.match(source, index).end()
            if index > 0 and source[index - 1] == "{":
                return index - 1
    return index if index < len(source) and source[index] == "{" else None


def _closing(source, index):
    """Where the bracket that opens at `index` closes."""
    opening = source[index]
    closing = {"(": ")", "{": "}"}[opening]
    depth = 0
    for mark in re.compile(f"[{re.escape(opening + closing)}]").finditer(source, index):
        depth += 1 if mark[0] == opening else -1
        if depth == 0:
            return mark.start()
    return len(source) - 1


def visible(source, level):
    """How many declarations say `public` (or `open`), or `package`."""
    return len(re.findall(rf"(?<![\w(])(?:{level})\s+{MODIFIERS}{KINDS}\b", source))
