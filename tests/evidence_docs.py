#!/usr/bin/env python3
"""Runs the commands of docs/evidence.md as they stand there, in a scratch folder that has the
project's docs/examples and tests/evidence, and holds what comes back against what the page says.
Ends with `N passed, N failed`. The program is build/release/alongside, or what ALONGSIDE names.
"""
import pathlib
import shutil
import sys

import program
import walkthrough

PAGE = 'docs/evidence.md'


def main():
    steps = walkthrough.steps_of((program.ROOT / PAGE).read_text())
    tally = program.Tally()
    with program.scratch() as name:
        folder = pathlib.Path(name)
        for part in ('docs/examples', 'tests/evidence'):
            shutil.copytree(program.ROOT / part, folder / part)
        shell = walkthrough.Shell(folder)
        try:
            for step in steps:
                tally.run(f'{PAGE}:{step.line} ({step.heading})', walkthrough.take, shell, step,
                          False)
        finally:
            shell.close()
    return tally.close()


if __name__ == '__main__':
    sys.exit(main())
