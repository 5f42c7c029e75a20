#!/usr/bin/env python3
"""Every command, from outside: what it prints, its exit codes, and that bad input changes nothing.

Ends with `N passed, N failed`. Needs build/release/alongside, or what ALONGSIDE names.
"""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / 'commands_checked'), str(HERE / 'faults')]
import accounts                                                     # noqa: E402
import helping                                                      # noqa: E402
import imports                                                      # noqa: E402
import keeping_whole                                                # noqa: E402
import listening                                                    # noqa: E402
import on_postgresql                                                # noqa: E402
import program                                                      # noqa: E402
import studies                                                      # noqa: E402
import tampering                                                    # noqa: E402


def main():
    tally = program.Tally()
    with program.scratch() as folder:
        for checks in (helping, keeping_whole, tampering, accounts, imports, listening, studies,
                       on_postgresql):
            checks.all_of(folder, tally)
    return tally.close()


if __name__ == '__main__':
    sys.exit(main())
