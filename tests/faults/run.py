#!/usr/bin/env python3
"""The real program killed and starved. Ends with `N passed, N failed`.

    tests/faults/run.py [--kills N] [--only WORD] [--keep]
"""
import argparse
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
import disks                                                        # noqa: E402
import keeping                                                      # noqa: E402
import kills                                                        # noqa: E402
import night                                                        # noqa: E402
import outages                                                      # noqa: E402
import privacy                                                      # noqa: E402
import program                                                      # noqa: E402


def main():
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument('--kills', type=int, default=10, help='kill -9 so often, in turn on each')
    words.add_argument('--only', default='', help='only the faults whose name holds this')
    words.add_argument('--keep', action='store_true', help='leave the scratch folder to look at')
    given = words.parse_args()
    tally = program.Tally()
    engines = ['SQLite']
    if night.tools():
        engines.append('PostgreSQL')
    else:
        tally.skip('everything on PostgreSQL', 'it is not installed (apt: postgresql)')
    with program.scratch(given.keep) as folder:
        nights = night.Nights(folder)
        try:
            if given.only in 'kills':
                kills.alternating(nights, tally, engines, given.kills)
            for name, faults in (('disks', disks), ('outages', outages),
                                 ('keeping', keeping), ('privacy', privacy)):
                if given.only in name:
                    faults.all_of(nights, tally, engines)
        finally:
            nights.close()
    return tally.close()


if __name__ == '__main__':
    sys.exit(main())
