#!/usr/bin/env python3
"""Independent checker for the public shift-scheduling benchmark (Curtois & Qu 2014).

usage: check.py INSTANCE.txt ROSTER.txt
ROSTER has one line per employee in the instance's order, one token per day:
a shift id, or '-' for a day off. Prints 'hard=N cost=M' and exits 0 when N is 0.
"""
import sys


def parse(path):
    section = None
    inst = dict(days=0, shifts={}, staff=[], off=set(), on_req=[], off_req=[], cover={})
    for line in open(path, encoding="utf-8-sig"):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("SECTION_"):
            section = line[8:]
            continue
        p = line.split(",")
        if section == "HORIZON":
            inst["days"] = int(line)
        elif section == "SHIFTS":
            after = p[2].split("|") if len(p) > 2 else []
            inst["shifts"][p[0]] = (int(p[1]), set(x for x in after if x))
        elif section == "STAFF":
            caps = {a.split("=")[0]: int(a.split("=")[1]) for a in p[1].split("|")}
            inst["staff"].append((p[0], caps, *map(int, p[2:8])))
        elif section == "DAYS_OFF":
            inst["off"] |= {(p[0], int(d)) for d in p[1:] if d}
        elif section == "SHIFT_ON_REQUESTS":
            inst["on_req"].append((p[0], int(p[1]), p[2], int(p[3])))
        elif section == "SHIFT_OFF_REQUESTS":
            inst["off_req"].append((p[0], int(p[1]), p[2], int(p[3])))
        elif section == "COVER":
            inst["cover"][int(p[0]), p[1]] = tuple(map(int, p[2:5]))
    return inst


def check(inst, roster):
    days, hard, cost = inst["days"], [], 0
    row_of = {s[0]: i for i, s in enumerate(inst["staff"])}
    for person, row in zip(inst["staff"], roster):
        name, caps, max_min, min_min, max_run, min_run, min_off, max_weekends = person
        work = [c != "-" for c in row]
        for d in range(days):
            if work[d] and row[d] not in inst["shifts"]:
                hard.append((name, d, "unknown shift"))
            if work[d] and (name, d) in inst["off"]:
                hard.append((name, d, "day off"))
            if d and work[d] and work[d - 1] and row[d] in inst["shifts"][row[d - 1]][1]:
                hard.append((name, d, "may not follow"))
        for shift in inst["shifts"]:
            if row.count(shift) > caps.get(shift, 0):
                hard.append((name, shift, "too many"))
        minutes = sum(inst["shifts"][c][0] for c in row if c != "-")
        if not min_min <= minutes <= max_min:
            hard.append((name, minutes, "minutes"))
        d = 0
        while d < days:
            start = d
            while d < days and work[d] == work[start]:
                d += 1
            run, inside = d - start, start > 0 and d < days
            if work[start]:
                if run > max_run:
                    hard.append((name, start, "run too long"))
                if run < min_run and inside:
                    hard.append((name, start, "run too short"))
            elif run < min_off and inside:
                hard.append((name, start, "rest too short"))
        if sum(work[7 * w + 5] or work[7 * w + 6] for w in range(days // 7)) > max_weekends:
            hard.append((name, "weekends"))
    cost += sum(w for n, d, s, w in inst["on_req"] if roster[row_of[n]][d] != s)
    cost += sum(w for n, d, s, w in inst["off_req"] if roster[row_of[n]][d] == s)
    for (d, s), (want, under, over) in inst["cover"].items():
        have = sum(r[d] == s for r in roster)
        cost += (want - have) * under if have < want else (have - want) * over
    return hard, cost


if __name__ == "__main__":
    instance = parse(sys.argv[1])
    rows = [line.split() for line in open(sys.argv[2]) if line.strip()]
    if len(rows) != len(instance["staff"]) or any(len(r) != instance["days"] for r in rows):
        sys.exit(f"roster must be {len(instance['staff'])} lines of {instance['days']} tokens")
    violations, total = check(instance, rows)
    print(f"hard={len(violations)} cost={total}", *violations[:5])
    sys.exit(1 if violations else 0)
