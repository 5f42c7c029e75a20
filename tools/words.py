#!/usr/bin/env python3
"""Every sentence that the program says, in each of its languages.

words.py            checks: all sentences of the source are translated, with the same placeholders
words.py --update   rewrites locale/alongside.pot and merges new sentences into locale/*.po
words.py --missing  prints what has no translation yet, as PO entries

Ends with `N passed, N failed`: a sentence in a language counts once.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
TEMPLATE = LOCALE / "alongside.pot"


def run(*command):
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def sources():
    return sorted(p.relative_to(ROOT).as_posix() for p in (ROOT / "src").rglob("*")
                  if p.suffix in (".cpp", ".h") and not re.search(r"_test\.cpp$|testing", p.name))


def extracted():
    """The template's text, without the date that would change it every time."""
    text = run("xgettext", "--language=C++", "--from-code=UTF-8", "--keyword=tr:1",
               "--keyword=trn:1,2", "--flag=tr:1:no-c-format", "--flag=trn:1:no-c-format",
               "--flag=trn:2:no-c-format", "--add-location=file", "--sort-output",
               "--package-name=alongside", "--output=-", *sources())
    text = re.sub(r'"POT-Creation-Date:.*?\\n"\n', "", text)
    text = re.sub(r"\A(?:#(?!,).*\n)+", "# The sentences of Alongside.\n", text)
    return text.replace("charset=CHARSET", "charset=UTF-8")


def unquoted(lines):
    """The text of `"…"` lines of a PO file."""
    joined = "".join(re.findall(r'"((?:\\.|[^"\\])*)"', line)[0] for line in lines)
    return re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), joined)


def entries(text):
    """{(msgid, msgid_plural or None): [translations]} of a PO or POT text, none obsolete."""
    out = {}
    for block in re.split(r"\n\s*\n", text):
        parts, now = {}, None
        for line in block.splitlines():
            if line.startswith("#"):
                continue
            key = re.match(r"(msgid_plural|msgid|msgstr(?:\[\d\])?) ", line)
            if key:
                now = parts.setdefault(key[1], [])
            if now is not None and '"' in line:
                now.append(line)
        fields = {key: unquoted(lines) for key, lines in parts.items()}
        if fields.get("msgid"):
            said = [value for key, value in sorted(fields.items()) if key.startswith("msgstr")]
            out[(fields["msgid"], fields.get("msgid_plural"))] = said
    return out


def placeholders(text):
    return sorted(set(re.findall(r"\{(\w*)\}", text)))


# "est-il", "puis-je", "a-t-elle", "dites-le": a title must not break there, so the hyphen is the
# one that doesn't.
TORN = re.compile(r"\w-(?:t-)?(?:je|tu|il|elle|on|nous|vous|ils|elles|ce|le|la|les|lui|leur|moi)"
                  r"\b(?!-)")


def faults(wanted, have, tag):
    """What is wrong with the translation of one sentence; empty if nothing is."""
    one, many = wanted
    if not have or not all(have):
        return "not translated"
    expected = placeholders(many if many else one)
    allowed = set(expected) | set(placeholders(one))
    for said in have:
        if set(placeholders(said)) - allowed:
            return f"placeholders that the sentence doesn't have: {said}"
    # In French the singular also stands for none, so it says its number where the plural does.
    if many and tag.startswith("fr") and placeholders(have[0]) != expected:
        return f"a singular without its number, which is shown for 0, too: {have[0]}"
    if tag.startswith("fr") and any(TORN.search(said) for said in have):
        return "a hyphen before a pronoun at which a line may break: write U+2011 there"
    # Elsewhere a singular may leave it out ("one minute"); nothing else may lose a value.
    for said in have[1:] if many else have:
        if placeholders(said) != expected:
            return f"placeholders {placeholders(said)} instead of {expected}: {said}"
    return ""


def merge():
    LOCALE.mkdir(exist_ok=True)
    TEMPLATE.write_text(extracted(), encoding="utf-8")
    for catalogue in sorted(LOCALE.glob("*.po")):
        run("msgmerge", "--quiet", "--update", "--backup=none", "--no-fuzzy-matching",
            "--sort-output", "--add-location=file", str(catalogue), str(TEMPLATE))
        run("msgattrib", "--no-obsolete", "--sort-output", "-o", str(catalogue), str(catalogue))


def missing(catalogue):
    with tempfile.TemporaryDirectory() as folder:
        template, merged = pathlib.Path(folder) / "all.pot", pathlib.Path(folder) / "merged.po"
        template.write_text(extracted(), encoding="utf-8")
        run("msgmerge", "--quiet", "--no-fuzzy-matching", "-o", str(merged), str(catalogue),
            str(template))
        return run("msgattrib", "--untranslated", "--no-obsolete", str(merged))


def unspoken():
    """Sentences that a page would read aloud, but that assets/spoken.txt doesn't list."""
    literal = r'tr\(((?:\s*"(?:\\.|[^"\\])*")+)\)'
    one = re.compile(r'spoken\(\s*\w+,\s*"([\w-]+)",\s*\w+\(' + literal + r'\)\)')
    several = re.compile(r'read_aloud\(\s*\w+,\s*"([\w-]+)",\s*\{((?:' + literal + r',?\s*)+)\}')
    listed = (ROOT / "assets/spoken.txt").read_text(encoding="utf-8").splitlines()
    for path in sources():
        text = (ROOT / path).read_text(encoding="utf-8")
        said = [(name, [words]) for name, words in one.findall(text)]
        said += [(name, re.findall(literal, words)) for name, words, _ in several.findall(text)]
        for name, parts in said:
            line = f"{name}: {' | '.join(unquoted(part.splitlines()) for part in parts)}"
            if line not in listed:
                yield f"{path}: add to assets/spoken.txt: {line}"


def check():
    wanted = entries(extracted())
    passed = failed = 0
    for catalogue in sorted(LOCALE.glob("*.po")):
        text = catalogue.read_text(encoding="utf-8")
        have = entries(re.sub(r"\n#, fuzzy\nmsgid \"[^\"]", "\n#~ msgid", text))
        for sentence in wanted:
            wrong = faults(sentence, have.get(sentence), catalogue.stem)
            failed += bool(wrong)
            passed += not wrong
            if wrong:
                print(f"{catalogue.relative_to(ROOT)}: “{sentence[0]}”: {wrong}")
    for line in unspoken():
        print(line)
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return failed == 0 and passed > 0


def main():
    if "--update" in sys.argv:
        merge()
        return True
    if "--missing" in sys.argv:
        for catalogue in sorted(LOCALE.glob("*.po")):
            print(missing(catalogue))
        return True
    return check()


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
