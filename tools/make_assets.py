#!/usr/bin/env python3
"""Writes what browsers are given into OUT: one style sheet, scripts, fonts, icon, notices.

make_assets.py OUT

From node_modules come the precompiled GOV.UK and MOJ styles, of which only the blocks that our
components use are kept; their licensed typeface is replaced by Public Sans, and nothing of the
crown or the crest is carried. A file that hasn't changed isn't written again.
"""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
FACE = '"Public Sans",system-ui,"DejaVu Sans",arial,sans-serif'
WEIGHTS = (400, 700)
SUBSETS = ("latin", "latin-ext")

# Blocks (a class up to its first "__" or "--") whose rules are kept. A test checks that every
# class named in src/ has its block here.
GOVUK = """
govuk-template govuk-body govuk-body-s govuk-body-m govuk-body-l govuk-heading-s govuk-heading-m
govuk-heading-l govuk-heading-xl govuk-caption-m govuk-caption-l govuk-link govuk-list
govuk-section-break govuk-visually-hidden govuk-skip-link govuk-back-link govuk-breadcrumbs
govuk-button govuk-button-group govuk-form-group govuk-label govuk-label-wrapper govuk-fieldset
govuk-hint govuk-error-message govuk-error-summary govuk-input govuk-textarea govuk-select
govuk-radios govuk-checkboxes govuk-file-upload govuk-date-input govuk-inset-text
govuk-warning-text govuk-details govuk-panel govuk-notification-banner govuk-table
govuk-summary-list govuk-summary-card govuk-pagination govuk-tag govuk-frontend-supported
""".split()
MOJ = ["moj-timeline"]
OVERRIDES = r"govuk-\\!-(?:margin-(?:top|bottom)-\d|font-weight-\w+)"


def rules(css):
    """[(head, body)] of a style sheet; a body with rules of its own is a list again."""
    out, at = [], 0
    while at < len(css):
        brace, semicolon = css.find("{", at), css.find(";", at)
        if brace < 0:
            break
        if 0 <= semicolon < brace:  # @charset, @import
            at = semicolon + 1
            continue
        head, depth, end = css[at:brace].strip(), 1, brace + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        body = css[brace + 1:end - 1]
        at = end
        out.append((head, rules(body) if head.startswith(("@media", "@supports")) else body))
    return out


def block_of(name):
    return re.split(r"__|--", name, maxsplit=1)[0]


def is_kept(selector, blocks, with_roots):
    classes = re.findall(r"\.((?:[\w-]|\\.)+)", selector)
    if not classes:
        return with_roots and not re.search(r"\b(?:dialog|rebrand)\b", selector)
    return all(block_of(name) in blocks or name == r"\:focus" or re.fullmatch(OVERRIDES, name)
               for name in classes)


def only(css_rules, blocks, with_roots):
    out = []
    for head, body in css_rules:
        if head.startswith("@font-face"):
            continue
        if isinstance(body, list):
            inner = only(body, blocks, with_roots)
            if inner:
                out.append(f"{head}{{{inner}}}")
            continue
        if head.startswith("@") or "/assets/images/" in body:
            continue
        selectors = [s for s in head.split(",") if is_kept(s, blocks, with_roots)]
        if selectors:
            out.append(f"{','.join(selectors)}{{{body}}}")
    return "".join(out)


def third_party(path, blocks, with_roots):
    css = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    css = only(rules(css), blocks, with_roots)
    css = re.sub(r"""["']?GDS Transport["']?,arial,sans-serif""", FACE, css)
    return re.sub(r"\s*\n\s*", "", css)


def fonts():
    package = MODULES / "@fontsource/public-sans"
    ranges = json.loads((package / "unicode.json").read_text())
    css, files = [], {}
    for weight in WEIGHTS:
        for subset in SUBSETS:
            source = package / f"files/public-sans-{subset}-{weight}-normal.woff2"
            name = f"fonts/public-sans-{subset}-{weight}.woff2"
            files[name] = source.read_bytes()
            css.append(f'@font-face{{font-family:"Public Sans";font-style:normal;'
                       f"font-weight:{weight};font-display:swap;"
                       f'src:url({name}) format("woff2");'
                       f"unicode-range:{ranges[subset]}}}")
    return "".join(css), files


def squeezed(css):
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", css)).strip()


def without_map(text):
    return re.sub(r"\s*//# sourceMappingURL=\S+\s*$", "\n", text)


def version(package):
    return json.loads((MODULES / package / "package.json").read_text())["version"]


def notices():
    parts = [(ROOT / "assets/notices.txt").read_text(encoding="utf-8").rstrip()]
    parts.append(f"govuk-frontend {version('govuk-frontend')} and @ministryofjustice/frontend "
                 f"{version('@ministryofjustice/frontend')}: parts of their styles and scripts, "
                 "changed (another typeface, unused parts left out), under the MIT licence above.")
    parts.append(f"Public Sans {version('@fontsource/public-sans')}\n\n"
                 + (MODULES / "@fontsource/public-sans/LICENSE").read_text(encoding="utf-8"))
    rule = "\n\n" + "-" * 78 + "\n\n"
    return rule.join(part.strip() for part in parts) + "\n"


def write(path, content):
    data = content.encode() if isinstance(content, str) else content
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def main():
    out = pathlib.Path(sys.argv[1])
    if not (MODULES / "govuk-frontend").is_dir():
        sys.exit("node_modules is missing: run script/bootstrap (or npm ci) first")
    face_css, face_files = fonts()
    css = [
        "@charset \"UTF-8\";",
        face_css,
        third_party(MODULES / "govuk-frontend/dist/govuk/govuk-frontend.min.css", GOVUK, True),
        third_party(MODULES / "@ministryofjustice/frontend/moj/moj-frontend.min.css", MOJ, False),
    ]
    css += [squeezed(path.read_text(encoding="utf-8"))
            for path in sorted((ROOT / "assets/css").glob("*.css"))]
    write(out / "look.css", "\n".join(css) + "\n")
    script = MODULES / "govuk-frontend/dist/govuk/govuk-frontend.min.js"
    write(out / "govuk-frontend.js", without_map(script.read_text(encoding="utf-8")))
    for name in ("alongside.js", "calendar.js"):
        write(out / name, (ROOT / "assets" / name).read_text(encoding="utf-8"))
    write(out / "icon.svg", (ROOT / "assets/icon.svg").read_bytes())
    write(out / "notices.txt", notices())
    for name, data in face_files.items():
        write(out / name, data)


main()
