#!/usr/bin/env python3
"""Sums GoogleTest reports (JSON): `N passed, N failed`. A skipped test counts as failed, unless it
is one of those below, which can't apply to that store or under a sanitizer; they aren't counted."""
import json
import sys

CANNOT_APPLY = {
    "Memory.OfTwoThousandLiveBoardsIsSmall",   # every build of script/test has a sanitizer
    "On/DatabaseTest.ReadsOneSnapshot/Memory",
    "On/Forgetting.leaves_no_trace_in_the_bytes_of_file_log_or_backup/Memory",
    "On/Forgetting.leaves_no_trace_in_the_bytes_of_file_log_or_backup/PostgreSQL",
    "On/TheJob.the_second_ask_is_known_after_a_restart/Memory",
    "On/Timers.a_restart_loses_none/Memory",
}

passed = failed = 0
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as report:
        suites = json.load(report).get("testsuites", [])
    for suite in suites:
        for case in suite.get("testsuite", []):
            name, result = f"{suite['name']}.{case['name']}", case.get("result")
            if result == "SKIPPED" and name in CANNOT_APPLY:
                print(f"{name}: does not apply")
                continue
            good = not case.get("failures") and result == "COMPLETED"
            passed, failed = passed + good, failed + (not good)
            if not good:
                print(f"{name}: {result}")
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
