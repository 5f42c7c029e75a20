#!/usr/bin/env python3
"""Speaks the asking page's sentences into small Opus files, in each language.

make_spoken.py OUT LIST   writes OUT/<language>/<name>-<hash of the text>.opus, and their paths
                          below OUT's parent's parent into LIST

A page offers a recording only for the very words it shows: the hash is of the text, so a site
that changes its words, or a translation that changes, never plays the old ones. What has been
spoken already is not spoken again.
"""
import pathlib
import subprocess
import sys
import tomllib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import words  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
VOICES = {"en": "en-gb", "fr-CA": "fr"}
CATALOGUES = {"fr-CA": "fr_CA.po"}
WORDS_A_MINUTE = 140
SCHEME_WORDS = {"ask_promise": "ask-promise", "confidentiality": "confidentiality"}


def fnv1a(text):
    """As spoken() in components_board.cpp counts it."""
    out = 0xCBF29CE484222325
    for byte in text.encode():
        out = (out ^ byte) * 0x100000001B3 % 2**64
    return f"{out:016x}"


def with_pauses(parts):
    """The same words, with the pause that a heading or a label leaves to the eye; and with hyphens
    that voices know."""
    said = [part if part[-1] in ".?!…" else f"{part}." for part in parts]
    return "\n".join(said).replace("\N{NON-BREAKING HYPHEN}", "-")


def from_list(language, catalogue):
    for line in (ROOT / "assets/spoken.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        name, _, text = line.partition(": ")
        parts = text.split(" | ")
        if language != "en":
            parts = [(catalogue.get((part, None)) or [""])[0] for part in parts]
        if all(parts):
            yield name, " ".join(parts), with_pauses(parts)
        else:
            print(f"assets/spoken.txt: no {language} words yet for: {text}")


def from_schemes(language):
    for path in sorted((ROOT / "schemes").glob("*.toml")):
        said = tomllib.loads(path.read_text(encoding="utf-8")).get("words", {}).get(language, {})
        for key, name in SCHEME_WORDS.items():
            value = said.get(key)
            text = value.get("value") if isinstance(value, dict) else value
            if text:
                yield name, text, with_pauses([text])


def speak(text, voice, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    wav = subprocess.run(["espeak-ng", "-v", voice, "-s", str(WORDS_A_MINUTE), "-g", "4",
                          "--stdout", "--stdin"], input=text.encode(), check=True,
                         capture_output=True).stdout
    half = path.with_suffix(".part")
    subprocess.run(["opusenc", "--quiet", "--speech", "--bitrate", "20", "--serial", "1",
                    "--padding", "0", "-", str(half)], input=wav, check=True)
    half.rename(path)


def main():
    out, listing = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    kept = []
    for language, voice in VOICES.items():
        catalogue = {}
        if language in CATALOGUES:
            text = (ROOT / "locale" / CATALOGUES[language]).read_text(encoding="utf-8")
            catalogue = words.entries(text)
        for name, text, speech in [*from_list(language, catalogue), *from_schemes(language)]:
            path = out / language / f"{name}-{fnv1a(text)}.opus"
            if path not in kept:
                kept.append(path)
                if not path.is_file():
                    speak(speech, voice, path)
    for path in out.rglob("*.opus"):
        if path not in kept:
            path.unlink()
    text = "".join(f"{path}\n" for path in sorted(kept))
    if not listing.is_file() or listing.read_text() != text:
        listing.write_text(text)


main()
