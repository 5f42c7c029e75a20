#!/usr/bin/env python3
"""Sums GoogleTest reports (JSON): `N passed, N failed`. Tests that can't apply to a store or a
build (a file's bytes, in memory; memory, under a sanitizer) are named and not counted."""
import json
import sys

passed = failed = 0
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as report:
        suites = json.load(report).get("testsuites", [])
    for suite in suites:
        for case in suite.get("testsuite", []):
            if case.get("result") == "SKIPPED":
                print(f"does not apply: {suite['name']}.{case['name']}")
                continue
            good = not case.get("failures") and case.get("result") == "COMPLETED"
            passed, failed = passed + good, failed + (not good)
            if not good:
                print(f"{suite['name']}.{case['name']}: {case.get('result')}")
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
