#!/usr/bin/env python3
"""The habits of this code, checked. Prints file:line: what is wrong; exits 1 if anything is.

Exceptions stand in tools/tidy_exceptions.txt, one a line: `path rule`. That list may only shrink.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXCEPTIONS = "tools/tidy_exceptions.txt"
OPEN_ROOMS = {"base", "nouns", "sql", "web"}  # all of their headers are for everybody
MAX_FILE, MAX_LINE, MAX_FUNCTION = 500, 100, 60
CODE = (".cpp", ".h")
LINES_COUNTED = CODE + (".py", ".mjs", ".js")
TEXT = LINES_COUNTED + (".sh", ".sql", ".toml", ".cmake", ".txt", ".md", ".css")
# Rooms whose whole purpose is SQL, and files that check the data behind the rules' backs.
SQL_HOMES = re.compile(r"^src/(sql|ledger)/|/(store|invariants)\w*\.(cpp|h)$|"
                       r"_test\.cpp$|/testing\w*\.")
SQL_WORDS = re.compile(r"\b(SELECT\s|INSERT\s+INTO|DELETE\s+FROM|UPDATE\s+\w+\s+SET|"
                       r"CREATE\s+TABLE)")
BAD_NAME = re.compile(r"\b(?:class|struct|enum(?:\s+class)?)\s+"
                      r"(\w*(?:Manager|Helper|Utils?|Service|Impl|Data))\b(?!\s*;)")
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK|(?i:st" r"ub|not imple" r"mented|"
                        r"unimple" r"mented))\b")
COMMENT_FOR_NOW = re.compile(r"(//|#|--).*\bfor no" r"w\b(?!,? or\b)", re.IGNORECASE)


class Found:
    def __init__(self):
        self.problems = []

    def add(self, path, line, rule, text):
        self.problems.append((path, line, rule, text))


def files():
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True,
                         capture_output=True, text=True).stdout
    return sorted(p for p in set(out.splitlines()) if (ROOT / p).is_file())


def blank(match):
    return re.sub(r"[^\n]", " ", match.group(0))


TOKENS = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|'
                    r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)


def without_comments(text):
    """Comments blanked, strings kept."""
    return TOKENS.sub(lambda m: blank(m) if m.group(0)[:2] in ("//", "/*") else m.group(0), text)


def bare(text):
    """Comments, strings and digit separators blanked."""
    return TOKENS.sub(blank, re.sub(r"(?<=\d)'(?=\d)", " ", text))


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def room_of(path):
    parts = path.split("/")
    return parts[1] if parts[0] == "src" and len(parts) > 2 else None


def is_test(path):
    name = path.rsplit("/", 1)[-1]
    return name.endswith("_test.cpp") or name.startswith("testing") or not path.startswith("src/")


def check_includes(path, text, allowed, found):
    room = room_of(path)
    is_rules = re.search(r"/rules\w*\.(cpp|h)$", path)
    for match in re.finditer(r'^\s*#include "([a-z_]+)/([\w/]+\.h)"', text, re.MULTILINE):
        other, header = match.groups()
        line = line_of(text, match.start(1))
        if other not in allowed:  # not a room: tests/…
            continue
        if header == "testing.h" and not is_test(path):
            found.add(path, line, "include", f"{other}/testing.h is for tests alone")
        if room is None or other == room:
            continue
        if is_rules and other not in ("base", "nouns"):
            found.add(path, line, "include",
                      f"rules include base, nouns and their own room, not {other}: let actions.cpp "
                      "hand the facts in")
        elif other not in allowed[room]:
            found.add(path, line, "include",
                      f"{room} may not include {other} (src/{room}/.may_include)")
        elif other not in OPEN_ROOMS and header not in (f"{other}.h", "testing.h"):
            found.add(path, line, "include",
                      f"of {other} only {other}/{other}.h is for other rooms")


NOT_FUNCTION = re.compile(r"^\s*(?:template\s*<[^{]*>\s*)?(?:extern\b|namespace\b|class\b|struct\b|"
                          r"enum\b|union\b|inline\s+namespace\b)")

ENDS_AS_FUNCTION = re.compile(
    r"\)\s*(?:const|noexcept|override|final|mutable|&&?|->[^;{]*|:[^;]*|\s)*$")


def check_functions(path, code, found):
    """Lines from a function's opening brace to its end, by counting braces."""
    depth, start, begins = [], 0, None
    for match in re.finditer(r"[{};]", code):
        at, sign = match.start(), match.group(0)
        if sign == "{":
            head = code[start:at]
            outer = not any(kind == "body" for kind, _ in depth)
            if outer and not NOT_FUNCTION.match(head) and ENDS_AS_FUNCTION.search(head):
                name = re.search(r"([~\w:]+|operator\S+)\s*\(", head)
                begins = (line_of(code, at), name.group(1) if name else "a function")
                depth.append(("body", len(depth)))
            elif not outer:
                depth.append(("inner", len(depth)))
            else:
                depth.append(("scope" if NOT_FUNCTION.match(head) else "value", len(depth)))
        elif sign == "}" and depth:
            kind, _ = depth.pop()
            if kind == "body":
                line = line_of(code, at)
                if line - begins[0] - 1 > MAX_FUNCTION:
                    found.add(path, begins[0], "function",
                              f"{begins[1]} has {line - begins[0] - 1} lines; {MAX_FUNCTION} fit a "
                              "screen: split it by purpose")
        start = match.end()


def check_code(path, text, found):
    kept, code = without_comments(text), bare(text)
    check_functions(path, code, found)
    for match in BAD_NAME.finditer(code):
        found.add(path, line_of(code, match.start()), "name",
                  f"{match.group(1)} says nothing: name it by what staff would call it")
    if path.startswith("src/") and not path.startswith("src/base/") and not is_test(path):
        for match in re.finditer(r"system_clock::now|\btime\s*\(\s*(?:nullptr|NULL|0)\s*\)", code):
            found.add(path, line_of(code, match.start()), "clock",
                      "time is an argument: take an Instant, or a Clock at the edge")
    for match in re.finditer(r"\bfor\s*\([^;()]*[^:]:[^:;]*\)->\w+\)", code):
        found.add(path, line_of(code, match.start()), "loop",
                  "what the call gives dies before the first round: name it above the loop")
    if re.search(r"/rules\w*\.(cpp|h)$", path):
        for match in re.finditer(r"\bdefault\s*:", code):
            found.add(path, line_of(code, match.start()), "default",
                      "no default: in a switch of the rules, so that a new case can't be forgotten")
    if path.startswith("src/") and not SQL_HOMES.search(path):
        for match in TOKENS.finditer(kept):
            if match.group(0)[0] in '"R' and SQL_WORDS.search(match.group(0)):
                found.add(path, line_of(kept, match.start()), "sql", "SQL stands in store.cpp only")
    if path.endswith(".h") and path.startswith("src/") and "#pragma once" not in text:
        found.add(path, 1, "header", "#pragma once is missing")


def check_lines(path, text, found):
    lines = text.split("\n")
    if path.endswith(CODE) and len(lines) - 1 > MAX_FILE:
        found.add(path, len(lines), "file",
                  f"{len(lines) - 1} lines; {MAX_FILE} at most: split it by purpose")
    for number, line in enumerate(lines, 1):
        if path.endswith(LINES_COUNTED) and len(line) > MAX_LINE:
            found.add(path, number, "line", f"{len(line)} characters; {MAX_LINE} at most")
        if path.endswith(CODE) and "\t" in line:
            found.add(path, number, "tab", "four spaces, no tab")
        if UNFINISHED.search(line) or COMMENT_FOR_NOW.search(line):
            found.add(path, number, "unfinished",
                      "this line sounds unfinished: " + line.strip()[:60])


def check_rooms(listed, allowed, found):
    for room in sorted({room_of(p) for p in listed if room_of(p)}):
        mine = [p for p in listed if room_of(p) == room]
        if f"src/{room}/.may_include" not in mine:
            found.add(f"src/{room}", 1, "room", "a room has a .may_include")
        has_code = any(p.endswith(".cpp") for p in mine)
        if has_code and f"src/{room}/README.md" not in mine:
            found.add(f"src/{room}", 1, "room", "a room has a README.md: purpose, source, refusals")
        for lower in allowed.get(room, ()):
            if room in allowed.get(lower, ()):
                found.add(f"src/{room}/.may_include", 1, "room", f"{room} and {lower} form a ring")


def committed_exceptions():
    """The list as it stood before its last change; nothing when there is no such history."""
    def git(*words):
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)
    changes = git("log", "-2", "--format=%H", "--", EXCEPTIONS).stdout.split()
    if not changes:
        return None
    earlier = changes[-1] if len(changes) > 1 else changes[0]
    shown = git("show", f"{earlier}:{EXCEPTIONS}")
    return exceptions_in(shown.stdout) if shown.returncode == 0 else None


def exceptions_in(text):
    return {tuple(line.split()[:2]) for line in text.splitlines()
            if line.strip() and not line.startswith("#")}


def main():
    found = Found()
    listed = files()
    allowed = {p.split("/")[1]: set(re.findall(r"[a-z_]+", (ROOT / p).read_text()))
               for p in listed if re.fullmatch(r"src/\w+/\.may_include", p)}
    for path in listed:
        if not path.endswith(TEXT) and not path.startswith("script/"):
            continue
        if path == "LICENSE" or path.startswith("fuzz/corpus/"):
            continue
        text = (ROOT / path).read_text(encoding="utf-8", errors="replace")
        check_lines(path, text, found)
        if path.endswith(CODE):
            check_includes(path, text, allowed, found)
            check_code(path, text, found)
    check_rooms(listed, allowed, found)

    listfile = ROOT / EXCEPTIONS
    excepted = exceptions_in(listfile.read_text()) if listfile.exists() else set()
    hit = {(p, rule) for p, _, rule, _ in found.problems}
    problems = [q for q in found.problems if (q[0], q[2]) not in excepted]
    problems += [(EXCEPTIONS, 1, "exception", f"{p} {rule} is no longer needed: remove it")
                 for p, rule in sorted(excepted - hit)]
    before = committed_exceptions()
    if before is not None:
        problems += [(EXCEPTIONS, 1, "exception", f"{p} {rule} is new: the list may only shrink")
                     for p, rule in sorted(excepted - before)]
    for path, line, rule, text in sorted(problems):
        print(f"{path}:{line}: {text} [{rule}]")
    print(f"{len(listed)} files, {len(problems)} against the habits")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
