#!/usr/bin/env python3
"""`alongside rota solve` on public instances, judged by a checker that knows nothing of the solver;
bad files; rules that can't all be kept. Ends with `N passed, N failed`."""
import json
import math
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

root = pathlib.Path(__file__).resolve().parent.parent
program = root / "build/release/alongside"
instances = root / "tests/rota"
optimum = {1: 607, 2: 828, 3: 1001, 4: 1716, 6: 1950, 16: 3225}
scratch = pathlib.Path(tempfile.mkdtemp())
passed = failed = 0


def check(what, is_true, seen=""):
    global passed, failed
    if is_true:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {what}: {seen}")


def solve(file, *options):
    return subprocess.run([program, "rota", "solve", file, *map(str, options)],
                          capture_output=True, text=True, timeout=120)


def judged(instance, roster):
    out = subprocess.run([sys.executable, instances / "check.py", instance, roster],
                         capture_output=True, text=True)
    return out.stdout.split("\n")[0]


def reaches_the_best():
    for number, best in optimum.items():
        instance, roster = instances / f"Instance{number}.txt", scratch / f"{number}.txt"
        out = solve(instance, "--seconds", 60, "--threads", 2, "--out", roster, "--until", best)
        end = out.stdout.strip()
        match = re.fullmatch(r"hard=0 cost=(\d+) bound=(\d+) seconds=[\d.]+", end)
        check(f"instance {number} is solved", out.returncode == 0 and match,
              end + out.stderr[-300:])
        if not match:
            continue
        check(f"instance {number}: the best known", int(match[1]) == best, end)
        check(f"instance {number}: no bound above it", int(match[2]) <= best, end)
        judgement = judged(instance, roster)
        check(f"instance {number}: judged alike", judgement == f"hard=0 cost={match[1]}", judgement)


def same_seed_same_rota():
    out = []
    for _ in range(2):
        roster = scratch / "same.txt"
        solve(instances / "Instance3.txt", "--threads", 1, "--seed", 7, "--out", roster)
        out.append(roster.read_text())
    check("the same seed, the same rota", out[0] == out[1])


def tells_json():
    out = solve(instances / "Instance2.txt", "--json", "--threads", 1)
    said = json.loads(out.stdout)
    check("JSON", said["hard"] == 0 and said["cost"] == 828 and said["is_best"] is True, out.stdout)


def interrupted():
    roster = scratch / "interrupted.txt"
    running = subprocess.Popen([program, "rota", "solve", instances / "Instance20.txt", "--seconds",
                                "600", "--out", roster], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    time.sleep(3)
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=60)
    check("Ctrl-C ends early", running.returncode == 0 and said.startswith("hard=0 cost="), said)
    check("and keeps the best", judged(instances / "Instance20.txt", roster).startswith("hard=0 "))


def bad_files():
    good = (instances / "Instance1.txt").read_text()
    lines = good.split("\n")

    def at(start):
        return next(i for i, line in enumerate(lines) if line.startswith(start))

    def changed(start, to):
        out = list(lines)
        out[at(start)] = to
        return "\n".join(out), at(start) + 1

    cases = {
        "no number": (*changed("D,480,", "D,long,"), "whole number"),
        "unknown shift": (*changed("A,2,D,2", "A,2,X,2"), "there is no shift X"),
        "unknown person": (*changed("A,2,D,2", "Z,2,D,2"), "there is nobody Z"),
        "a day outside": (*changed("A,2,D,2", "A,14,D,2"), "from 0 to 13"),
        "a weight that overflows": (*changed("A,2,D,2", "A,2,D,99999999999999999999"),
                                    "whole number"),
        "a weight too large": (*changed("A,2,D,2", "A,2,D,1000001"), "from 0 to 1000000"),
        "too few fields": (*changed("B,D=14", "B,D=14,4320"), "8 fields"),
        "least above most": (*changed("B,D=14", "B,D=14,100,3360,5,2,2,1"), "exceed"),
        "an unknown section": (*changed("SECTION_COVER", "SECTION_DANCE"), "SECTION_DANCE"),
        "a horizon of 0": (*changed("14", "0"), "from 1 to 1830"),
        "a horizon of 10 years": (*changed("14", "3652"), "from 1 to 1830"),
        "cover given twice": (*changed("1,D,7,100,1", "0,D,7,100,1"), "twice"),
    }
    for name, (text, line, why) in cases.items():
        file = scratch / "bad.txt"
        file.write_text(text)
        out = solve(file, "--out", scratch / "none.txt")
        check(f"{name}: exit 2", out.returncode == 2, out.returncode)
        marks = f"bad.txt:{line + (1 if name == 'an unknown section' else 0)}"
        is_near = marks in out.stderr or name == "an unknown section" and "bad.txt:" in out.stderr
        check(f"{name}: the line", is_near, out.stderr)
        check(f"{name}: why", why in out.stderr, out.stderr)
    check("nothing was written", not (scratch / "none.txt").exists())
    nobody = b"SECTION_HORIZON\n7\nSECTION_SHIFTS\nD,480,\nSECTION_STAFF\n"
    cut = good[:good.index("SECTION_COVER")].encode()
    for name, text in {"empty": b"", "binary": bytes(range(256)) * 64, "nobody": nobody,
                       "cut before the cover": cut}.items():
        (scratch / "bad.txt").write_bytes(text)
        out = solve(scratch / "bad.txt")
        check(f"{name}: exit 2", out.returncode == 2, out.stderr)
        check(f"{name}: it is read", "can't be read" not in out.stderr, out.stderr)
    check("a file that isn't there", solve(scratch / "nothing.txt").returncode == 2)
    for out in (scratch / "nowhere" / "roster.txt", scratch):
        said = solve(instances / "Instance1.txt", "--out", out)
        check("no place to write to: exit 2", said.returncode == 2, said.stderr)
        check("said before the search", said.stderr == f"{out}: can't be written\n", said.stderr)
    said = solve(instances / "Instance1.txt", "--seconds", "nan")
    check("not a number of seconds", said.returncode == 2 and "--seconds" in said.stderr, said)


def what_never_ends():
    """Read no further than shows that it is too large, in memory that a whole one wouldn't fit."""
    for format, why in (("alongside", "the file is larger than 64 MB"),
                        ("shift-benchmark", "the file is larger than 64 MB")):
        out = subprocess.run(["bash", "-c", 'ulimit -v 1000000; exec "$@"', "_", program, "rota",
                              "solve", "/dev/zero", "--format", format],
                             capture_output=True, text=True, timeout=60)
        check(f"a file without end, {format}: exit 2", out.returncode == 2, out.returncode)
        check(f"a file without end, {format}: why", why in out.stderr, out.stderr[-300:])


def the_file_itself():
    file = scratch / "itself.txt"
    file.write_text((instances / "Instance1.txt").read_text())
    out = solve(file, "--out", file, "--seconds", 1)
    check("--out is the file: exit 2", out.returncode == 2 and "--out" in out.stderr, out)
    check("--out is the file: it stays", file.read_text().startswith("# "), file.read_text()[:99])


def who_must_meet():
    """Two who are kept apart and must both work every night: no rota, and none is written."""
    rota = {"days": 2, "shifts": [{"id": "N", "minutes": 480}],
            "people": [{"id": who, "least_minutes": 960} for who in "AB"], "apart": [["A", "B"]],
            "cover": []}
    file, roster = scratch / "meet.json", scratch / "meet.txt"
    file.write_text(json.dumps(rota))
    out = solve(file, "--format", "alongside", "--seconds", 5, "--out", roster)
    check("who must meet: exit 3", out.returncode == 3 and out.stdout == "", out)
    check("who must meet: who and when", out.stderr.endswith(
        "A, day 0: kept apart from B, and on one shift\n"
        "A, day 1: kept apart from B, and on one shift\n"), out.stderr)
    check("who must meet: nothing is written", not roster.exists())
    out = solve(file, "--format", "alongside", "--seconds", 5, "--json")
    check("who must meet: JSON", out.returncode == 3 and
          [one["day"] for one in json.loads(out.stdout)["broken"]] == [0, 1], out)


def impossible():
    lines = (instances / "Instance1.txt").read_text().split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith("B,D=14"))
    lines[at] = "B,D=14,4320,4320,2,2,4,1"       # nine shifts, two in a row, then four days off
    (scratch / "none.txt").write_text("\n".join(lines))
    out = solve(scratch / "none.txt", "--json")
    check("impossible: exit 3", out.returncode == 3, out.stderr)
    said = json.loads(out.stdout)
    check("impossible: who and why", said["people"] == [{"person": "B", "in_conflict": [
        "at least 4320 minutes", "at most 2 days in a row", "at least 4 days off in a row"]}], said)


def judged_alike_whatever_is_changed():
    chance = random.Random(20261122)
    instance, best = instances / "Instance3.txt", scratch / "3.txt"
    lines = [line.split() for line in best.read_text().splitlines()]
    for _ in range(40):
        changed = [list(line) for line in lines]
        for _ in range(chance.randint(1, 3)):
            chance.choice(changed)[chance.randrange(14)] = chance.choice(["-", "E", "D", "L"])
        roster = scratch / "changed.txt"
        roster.write_text("\n".join(" ".join(line) for line in changed) + "\n")
        out = subprocess.run([program, "rota", "check", instance, roster], capture_output=True,
                             text=True)
        hard, cost = re.findall(r"\d+", out.stdout)
        theirs = re.match(r"hard=(\d+) cost=(\d+)", judged(instance, roster))
        check("judged alike", (hard == "0", cost) == (theirs[1] == "0", theirs[2]),
              (out.stdout, theirs[0]))
        check("its exit code", out.returncode == (0 if hard == "0" else 1), out.returncode)


def cost_of(rota, lines):
    """What a roster costs, by docs/rota-format.md alone; rules aside, but for who may not meet."""
    kinds = {kind["id"]: kind for kind in rota["shifts"]}
    exposure = {(one["day"], one["shift"]): one["quarter_hours"]
                for one in rota.get("exposure", [])}
    cost = 0
    for person, line in zip(rota["people"], lines):
        worked = [(day, word) for day, word in enumerate(line) if word != "-"]
        for wish in person.get("wishes", []):
            is_worked = (wish["day"], wish["shift"]) in worked
            cost += wish["weight"] if is_worked == wish.get("is_off", False) else 0
        weeks = {(day - rota["first_saturday"]) // 7 for day, _ in worked
                 if (day - rota["first_saturday"]) % 7 < 2}
        carried = {"nights": sum(kinds[word].get("is_night", False) for _, word in worked),
                   "weekends": len(weeks),
                   "hours": sum(kinds[word]["minutes"] for _, word in worked) // 60,
                   "exposure": sum(exposure.get(cell, 0) for cell in worked)}
        for what, fair in person.get("fair", {}).items():
            if what == "exposure" and not exposure:
                continue
            off = carried[what] + fair.get("before", 0) - fair["share"]
            cost += math.floor(fair["weight"] * off * off + 0.5)
    for cover in rota["cover"]:
        there = sum(line[cover["day"]] == cover["shift"] for line in lines)
        missing = cover["wanted"] - there
        cost += missing * cover["under"] if missing > 0 else -missing * cover["over"]
        cost += cover.get("nobody", 0) if there == 0 < cover["wanted"] else 0
    return cost


def said_of(file, roster):
    return subprocess.run([program, "rota", "check", file, roster, "--format", "alongside"],
                          capture_output=True, text=True).stdout.split()[:2]


def rather_one_on_each():
    """Two people for two nights that want two each, and neither works both: one on each, where a
    night with nobody costs more; as cheap otherwise, as in files of before."""
    rota = {"days": 2, "shifts": [{"id": "N", "minutes": 480, "is_night": True,
                                   "not_followed_by": ["N"]}],
            "people": [{"id": who, "wishes": [{"day": 0, "shift": "N", "weight": 1}]}
                       for who in "AB"],
            "cover": [{"day": day, "shift": "N", "wanted": 2, "under": 10, "over": 99}
                      for day in range(2)]}
    file, roster = scratch / "nobody.json", scratch / "nobody.txt"
    file.write_text(json.dumps(rota))
    out = solve(file, "--format", "alongside", "--seconds", 20, "--out", roster)
    check("both on the night they wish", out.stdout.startswith("hard=0 cost=20 bound=20 "),
          out.stdout)
    for cover in rota["cover"]:
        cover["nobody"] = 5
    file.write_text(json.dumps(rota))
    check("that costs five more now", said_of(file, roster) == ["hard=0", "cost=25"])
    out = solve(file, "--format", "alongside", "--seconds", 20, "--out", roster)
    check("one on each", sorted(roster.read_text().split("\n")) == ["", "- N", "N -"],
          roster.read_text())
    check("for a wish that isn't kept", out.stdout.startswith("hard=0 cost=21 bound=21 "),
          out.stdout)


def shared_exposure():
    """One busy night and one quiet one, and two people who would each work one, twice over: who had
    more before gets the quiet ones."""
    rota = {"days": 4, "shifts": [{"id": "N", "minutes": 480, "is_night": True,
                                   "not_followed_by": ["N"]}],
            "people": [{"id": "A", "fair": {"exposure": {"share": 8, "weight": 1, "before": 6}}},
                       {"id": "B", "fair": {"exposure": {"share": 8, "weight": 1}}}],
            "cover": [{"day": day, "shift": "N", "wanted": 1, "under": 999, "over": 999}
                      for day in range(4)],
            "exposure": [{"day": day, "shift": "N", "quarter_hours": 1 + 3 * (day % 2)}
                         for day in range(4)]}
    file, roster = scratch / "exposure.json", scratch / "exposure.txt"
    file.write_text(json.dumps(rota))
    out = solve(file, "--format", "alongside", "--seconds", 20, "--out", roster)
    check("the quiet nights", roster.read_text() == "N - N -\n- N - N\n", roster.read_text())
    check("and nothing is left over", out.stdout.startswith("hard=0 cost=0 bound=0 "), out.stdout)


def most_in_seven_days(person, line):
    """Of any seven days that end within the rota, those before it too."""
    before = person.get("history", {})
    worked = {-day for day in before.get("nights_before", []) + before.get("shifts_before", [])}
    worked |= {-day for day in range(1, before.get("days", 0) + 1) if "last" in before}
    worked |= {day for day, word in enumerate(line) if word != "-"}
    return max((sum(last - day in worked for day in range(7)) for last in worked if last >= 0),
               default=0)


def enough_shifts():
    """A person for eight mornings: three in any seven days, one of them on the day before."""
    rota = {"days": 8, "shifts": [{"id": "D", "minutes": 480}],
            "people": [{"id": "A", "most_shifts_in_7_days": 3,
                        "history": {"days": 4, "shifts_before": [5, 6]}}],
            "cover": [{"day": day, "shift": "D", "wanted": 1, "under": 10, "over": 10}
                      for day in range(8)]}
    file, roster = scratch / "enough.json", scratch / "enough.txt"
    file.write_text(json.dumps(rota))
    out = solve(file, "--format", "alongside", "--seconds", 20, "--out", roster)
    line = roster.read_text().split()
    check("four of eight days", out.stdout.startswith("hard=0 cost=40 bound=40 "), out.stdout)
    check("and never more than three in seven", most_in_seven_days(rota["people"][0], line) == 3,
          line)
    roster.write_text("D D D D - - - -\n")
    said = subprocess.run([program, "rota", "check", file, roster, "--format", "alongside"],
                          capture_output=True, text=True)
    check("a fourth is against it", said.returncode == 1 and
          "too many shifts in 7 days" in said.stdout + said.stderr, said.stdout + said.stderr)


def prisons_made_up():
    for seed, people, days in ((1, 7, 28), (2, 7, 28), (3, 20, 28), (4, 12, 14), (5, 2, 7)):
        file, roster = scratch / f"prison{seed}.json", scratch / f"prison{seed}.txt"
        made = subprocess.run([program, "rota", "generate", "--people", str(people), "--days",
                               str(days), "--seed", str(seed)], capture_output=True, text=True)
        file.write_text(made.stdout)
        out = solve(file, "--format", "alongside", "--seconds", 2, "--out", roster)
        check(f"prison {seed} is solved", out.stdout.startswith("hard=0 cost="), out.stderr[-300:])
        judge = subprocess.run([program, "rota", "check", file, roster, "--format", "alongside"],
                               capture_output=True, text=True)
        check(f"prison {seed} keeps its rules", judge.returncode == 0, judge.stderr)
        check(f"prison {seed} costs the same",
              out.stdout.split()[:2] == judge.stdout.split()[:2], out.stdout + judge.stdout)
        rota = json.loads(made.stdout)
        lines = [line.split() for line in roster.read_text().splitlines()]
        check(f"prison {seed} has time with people", len(rota["exposure"]) == 3 * days)
        check(f"prison {seed} costs the same by the format alone",
              f"cost={cost_of(rota, lines)}" == judge.stdout.split()[1],
              (cost_of(rota, lines), judge.stdout))
        check(f"prison {seed}: nobody is on more shifts in seven days than are enough",
              all(most_in_seven_days(person, line) <= person.get("most_shifts_in_7_days", 7)
                  for person, line in zip(rota["people"], lines)))
        check(f"prison {seed}: a shift with nobody costs more",
              all(cover["nobody"] > 0 for cover in rota["cover"]))
        emptied(file, rota, lines, scratch / "emptied.txt")


def emptied(file, rota, lines, roster):
    """People taken off until whole shifts have nobody: judged alike by the format alone."""
    chance = random.Random(len(lines))
    for _ in range(8):
        for _ in range(len(lines) * rota["days"] // 10):
            chance.choice(lines)[chance.randrange(rota["days"])] = "-"
        for kind in rota["shifts"]:
            day = chance.randrange(rota["days"])
            for line in lines:
                line[day] = "-" if line[day] == kind["id"] else line[day]
        roster.write_text("\n".join(" ".join(line) for line in lines) + "\n")
        check("people taken off: costs the same by the format alone",
              said_of(file, roster)[1] == f"cost={cost_of(rota, lines)}",
              (cost_of(rota, lines), said_of(file, roster)))


def watches():
    """Companions on a suicide watch: four hours at most, one begun in any 24 hours, hand-overs that
    overlap; and two who work well side by side are put together."""
    kinds = [{"id": f"W{hour}", "from_minute": 60 * hour, "minutes": 240, "is_companion": True}
             for hour in range(0, 24, 3)]
    rota = {"days": 7, "shifts": kinds,
            "people": [{"id": f"P{i}", "most_days_in_a_row": 5} for i in range(24)],
            "partners": [{"one": "P0", "other": "P1", "weight": 9}],
            "cover": [{"day": day, "shift": kind["id"], "wanted": 2 if kind["id"] == "W3" else 1,
                       "under": 100, "over": 50} for day in range(7) for kind in kinds]}
    (scratch / "watch.json").write_text(json.dumps(rota))
    out = solve(scratch / "watch.json", "--format", "alongside", "--seconds", 20, "--until", -45,
                "--out", scratch / "watch.txt")
    check("watches: exit 0", out.returncode == 0, out.stderr)
    lines = [line.split() for line in (scratch / "watch.txt").read_text().splitlines()]
    begun = {kind["id"]: kind["from_minute"] for kind in kinds}
    for line in lines:
        starts = [1440 * day + begun[word] for day, word in enumerate(line) if word != "-"]
        between = [later - sooner for sooner, later in zip(starts, starts[1:])]
        check("watches: one in any 24 hours", all(gap >= 1440 for gap in between), line)
    for day in range(7):
        for kind in kinds:
            there = sum(line[day] == kind["id"] for line in lines)
            check("watches: somebody is there", there == (2 if kind["id"] == "W3" else 1))
    together = sum(a == b == "W3" for a, b in zip(lines[0], lines[1]))
    check("watches: five nights side by side, which is all they may work in a row, or more",
          together >= 5, together)


def bad_json():
    good = json.loads(subprocess.run([program, "rota", "generate", "--days", "7"],
                                     capture_output=True, text=True).stdout)

    def changed(change):
        out = json.loads(json.dumps(good))
        change(out)
        return json.dumps(out)

    cases = {
        "no days": (changed(lambda r: r.pop("days")), "days is missing"),
        "0 days": (changed(lambda r: r.update(days=0)), "days must be from 1 to 1830"),
        "10 years": (changed(lambda r: r.update(days=3650)), "days must be from 1 to 1830"),
        "a day off twice": (changed(lambda r: r["people"][1].update(off=[2, 4, 2])),
                            "people[1].off[2] day 2 is given twice"),
        "barred twice": (changed(lambda r: r["people"][1].update(
            off=[], barred=[{"day": 3, "shift": "L"}] * 2)),
            "people[1].barred[1] this day and shift are given twice"),
        "nobody": (changed(lambda r: r.update(people=[])), "people is empty"),
        "an unknown name": (changed(lambda r: r["people"][1].update(mood=1)),
                            "people[1].mood isn't known"),
        "an unknown shift": (changed(lambda r: r["people"][0]["can_work"].append("X")),
                             "people[0].can_work[3] there is no shift X"),
        "kept apart from nobody": (changed(lambda r: r.update(apart=[["P1", "Q"]])),
                                   "apart[0][1] there is nobody Q"),
        "partner of nobody": (changed(lambda r: r.update(
            partners=[{"one": "P1", "other": "Q", "weight": 3}])),
            "partners[0].other there is nobody Q"),
        "a watch that is too long": (changed(lambda r: r["shifts"][0].update(is_companion=True)),
                                     "shifts[0].minutes is more than the 240"),
        "least above most": (changed(lambda r: r["people"][2].update(least_minutes=1,
                                                                     most_minutes=0)),
                             "people[2].least_minutes is more"),
        "a weight that overflows": (changed(lambda r: r["cover"][0].update(under=10 ** 30)),
                                    "cover[0].under must be a whole number"),
        "exposure of no shift": (changed(lambda r: r["exposure"][0].update(shift="X")),
                                 "exposure[0].shift there is no shift X"),
        "exposure twice": (changed(lambda r: r["exposure"].append(r["exposure"][0])),
                           "is given twice"),
        "more than a day of exposure": (
            changed(lambda r: r["exposure"][0].update(quarter_hours=97)),
            "exposure[0].quarter_hours must be from 0 to 96, not 97"),
        "nights before": (changed(lambda r: r["people"][0]["fair"]["nights"].update(before=1)),
                          "people[0].fair.nights.before isn't known"),
        "less than nothing for nobody": (changed(lambda r: r["cover"][0].update(nobody=-1)),
                                         "cover[0].nobody must be from 0 to"),
        "more shifts than days": (changed(lambda r: r["people"][0].update(most_shifts_in_7_days=8)),
                                  "people[0].most_shifts_in_7_days must be from 0 to 7, not 8"),
        "a fraction": (changed(lambda r: r["cover"][0].update(wanted=1.5)),
                       "cover[0].wanted must be a whole number"),
        "twice": (changed(lambda r: r["people"].append(r["people"][0])), "P1 is given twice"),
        "broken JSON": ('{"days": 7,\n "shifts": [}', "line 2 isn't JSON here"),
        "more after it": (json.dumps(good) + "x", "isn't JSON here"),
        "a name twice": ('{"days": 7, "people": [{"id": "P1", "id": "P2"}]}',
                         "people[0].id is there twice"),
        "a list": ("[]", "must be an object"),
    }
    for name, (text, why) in cases.items():
        file = scratch / "bad.json"
        file.write_text(text)
        out = solve(file, "--format", "alongside")
        check(f"{name}: exit 2", out.returncode == 2, out.returncode)
        check(f"{name}: why", why in out.stderr, out.stderr)


for test in (reaches_the_best, judged_alike_whatever_is_changed, prisons_made_up,
             shared_exposure, enough_shifts, rather_one_on_each, watches, bad_json,
             same_seed_same_rota, tells_json, interrupted, bad_files, what_never_ends,
             the_file_itself, who_must_meet, impossible):
    test()
print(f"{passed} passed, {failed} failed")
sys.exit(failed != 0)
