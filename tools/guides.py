#!/usr/bin/env python3
"""Guides name what is on the screen: every phrase in **bold** of docs/guides/ must stand in a
sentence of the program (locale/alongside.pot), or be a button made of a scheme's name; `…` stands
for what changes. The operator's page explains each metric. Links between the documents must lead
somewhere. Ends with `N passed, N failed`.
"""
import pathlib
import re
import sys

import words

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCHEMES = ('Listeners', 'POPS')


def sentences():
    """Every sentence of the program, in English."""
    return {one for pair in words.entries(words.TEMPLATE.read_text()) for one in pair if one}


def is_said(phrase, said):
    if phrase in said['whole']:
        return True
    pattern = re.compile(r'(?<!\w)' + '.*'.join(map(re.escape, phrase.split('…'))) + r'(?!\w)')
    return any(pattern.search(one) for one in said['all'])


def phrases_of(page):
    for found in re.finditer(r'\*\*(.+?)\*\*', page, re.DOTALL):
        phrase = ' '.join(found.group(1).replace('>', ' ').split())
        yield page.count('\n', 0, found.start()) + 1, phrase.rstrip('.:')


def links_of(page):
    for found in re.finditer(r'\]\(([^)#]+)(?:#[^)]*)?\)', page):
        if not re.match(r'[a-z]+:', found.group(1)):
            yield page.count('\n', 0, found.start()) + 1, found.group(1)


def metrics():
    """Names that only one of the program and the operator's page has."""
    code = (ROOT / 'src/program/health.cpp').read_text()
    page = (ROOT / 'docs/operating.md').read_text()
    given = set(re.findall(r'"(alongside_\w+)"', code))
    return given, given ^ set(re.findall(r'`(alongside_\w+)`', page))


def main():
    all_said = list(sentences())
    with_names = [one.replace('{scheme}', name) for one in all_said for name in SCHEMES
                  if '{scheme}' in one]
    all_said = [re.sub(r'\{\w+\}', '…', one) for one in all_said + with_names]
    said = {'all': all_said, 'whole': set(all_said)}
    passed, wrong = 0, []
    for path in sorted((ROOT / 'docs/guides').glob('*.md')):
        for line, phrase in phrases_of(path.read_text()):
            if path.name == 'README.md' or is_said(phrase, said):
                passed += 1
            else:
                wrong.append(f'{path.relative_to(ROOT)}:{line}: the program says no “{phrase}”')
    pages = [ROOT / 'README.md', ROOT / 'ARCHITECTURE.md', *ROOT.glob('docs/**/*.md'),
             *ROOT.glob('src/*/README.md')]
    for path in sorted(pages):
        for line, target in links_of(path.read_text()):
            if (path.parent / target).exists():
                passed += 1
            else:
                wrong.append(f'{path.relative_to(ROOT)}:{line}: there is no {target}')
    given, apart = metrics()
    passed += len(given - apart)
    wrong += [f'docs/operating.md: {name} is given but not explained, or the other way round'
              for name in sorted(apart)]
    print('\n'.join(wrong + [f'{passed} passed, {len(wrong)} failed']))
    return 1 if wrong or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
