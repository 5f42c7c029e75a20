#!/usr/bin/env python3
"""Our solver on public instances, beside two solvers of mixed-integer programmes, and on made-up
prisons: one table.

    bench/rota.py [PART…] [--limit S] [--seeds N] [--anew]

A part is an instance's number, a prison's size (7x28), "public" or "prison"; without any, all of
it: some hours. --limit: no search longer than S seconds; what needed more is then left open.
Whatever is measured is kept in build/bench/rota.jsonl at once: cut off, it shows what it had, and
goes on from there when started again with the same program; --anew begins again.

Each of ours is the median of three seeds, with two threads, judged by a checker that knows nothing
of the solver. HiGHS is npm's build (Debian 12's SciPy, which carries a native one, can't be
installed beside Boost 1.81); CBC is Debian's. Both get the same model and as long as ours, once.
Exit code 1 where ours falls short of its limit, 2 for a part that isn't known, 130 when cut off.
"""
import argparse
import hashlib
import json
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
INSTANCES = ROOT / "tests/rota"
PROGRAM = ROOT / "build/release/alongside"
KEPT = ROOT / "build/bench/rota.jsonl"
sys.path.insert(0, str(INSTANCES))
import check                                                        # noqa: E402

# Instance: costs to reach, and the seconds that each may take.
LIMITS = {1: [(607, 60)], 2: [(828, 60)], 3: [(1001, 60)], 4: [(1716, 60)], 5: [(1143, 60)],
          6: [(1950, 60)], 7: [(1056, 60)], 8: [(1927, 6), (1344, 600), (1322, 600)],
          10: [(4631, 600)], 12: [(4040, 600)], 14: [(1280, 600)], 16: [(3233, 600)],
          20: [(9750, 600)]}
PRISONS = {"7x28": 2, "20x28": 5, "60x84": 60}       # peers × days: seconds
OURS, HIGHS, CBC = "ours", "HiGHS (npm)", "CBC"


def file_of(number):
    return INSTANCES / f"Instance{number}.txt"


# ---- one search each: what it found, as (cost, seconds) -----------------------------------------

def run(command, seconds, scratch):
    """What it printed, also where it had to be ended; and its exit code, None where it had."""
    log = scratch / "log.txt"
    with log.open("w") as out:
        process = subprocess.Popen([str(part) for part in command], stdout=out,
                                   stderr=subprocess.STDOUT)
        try:
            process.wait(seconds + max(30, seconds / 2))
        except subprocess.TimeoutExpired:
            pass
        finally:
            is_ended = process.poll() is None
            if is_ended:
                process.kill()
                process.wait()
    return log.read_text(), None if is_ended else process.returncode


def ours(number, target, seconds, seed, scratch):
    roster = scratch / "roster.txt"
    roster.unlink(missing_ok=True)
    text, code = run([PROGRAM, "rota", "solve", file_of(number), "--seconds", seconds, "--threads",
                      2, "--seed", seed, "--until", target, "--out", roster], seconds, scratch)
    said = re.search(r"hard=0 cost=(\d+) bound=(\S+) seconds=([\d.]+)", text)
    if code != 0 or not said:
        raise SystemExit(f"instance {number}: {text[-500:]}")
    rows = [line.split() for line in roster.read_text().splitlines()]
    broken, cost = check.check(check.parse(file_of(number)), rows)
    if broken or cost != int(said[1]):
        raise SystemExit(f"instance {number}: {said[0]}, but judged {cost} {broken[:3]}")
    found = [(int(c), float(s)) for s, c in re.findall(r"([\d.]+) s  cost (\d+)", text)]
    return {"found": found + [(cost, float(said[3]))]}


def prison(size, seconds, seed, scratch):
    people, days = size.split("x")
    rota = scratch / "prison.json"
    rota.write_text(subprocess.run(
        [PROGRAM, "rota", "generate", "--people", people, "--days", days, "--seed", str(seed)],
        capture_output=True, text=True, check=True).stdout)
    text, code = run([PROGRAM, "rota", "solve", rota, "--format", "alongside", "--seconds",
                      seconds, "--threads", 2, "--out", scratch / "roster.txt"], seconds, scratch)
    said = re.search(r"hard=0 cost=(-?\d+) bound=(\S+) seconds=([\d.]+)", text)
    if code != 0 or not said:
        raise SystemExit(f"prison {size}: {text[-500:]}")
    return {"cost": int(said[1]), "bound": said[2], "seconds": float(said[3])}


def rules_of(name, days, shifts, staff, off):
    """The rules of one person as rows of an LP file."""
    _, caps, most, least, max_run, min_run, min_off, max_weekends = staff
    days_of = range(days)
    kinds = list(shifts)

    def x(d, k):
        return f"x_{name}_{d}_{k}"

    def works(d):
        return " + ".join(x(d, k) for k in kinds)

    def minus_works(d):
        return " - ".join(x(d, k) for k in kinds)

    rows = [f"{works(d)} <= 1" for d in days_of]
    for d in days_of[:-1]:
        rows += [f"{x(d, k)} + {x(d + 1, after)} <= 1" for k in kinds for after in shifts[k][1]]
    rows += [" + ".join(x(d, k) for d in days_of) + f" <= {caps.get(k, 0)}" for k in kinds]
    minutes = " + ".join(f"{shifts[k][0]} {x(d, k)}" for d in days_of for k in kinds)
    rows += [f"{minutes} <= {most}", f"{minutes} >= {least}"]
    for d in range(days - max_run):
        rows.append(" + ".join(works(j) for j in range(d, d + max_run + 1)) + f" <= {max_run}")
    for s in range(1, min_run):
        for d in range(days - s - 1):
            inside = "".join(f" - {minus_works(j)}" for j in range(d + 1, d + s + 1))
            rows.append(f"{works(d)}{inside} + {works(d + s + 1)} >= {1 - s}")
    for s in range(1, min_off):
        for d in range(days - s - 1):
            inside = " + ".join(works(j) for j in range(d + 1, d + s + 1))
            rows.append(f"{inside} - {minus_works(d)} - {minus_works(d + s + 1)} >= -1")
    for w in range(days // 7):
        rows.append(f"{works(7 * w + 5)} + {works(7 * w + 6)} - 2 w_{name}_{w} <= 0")
    rows.append(" + ".join(f"w_{name}_{w}" for w in range(days // 7)) + f" <= {max_weekends}")
    rows += [f"{x(d, k)} = 0" for n, d in off if n == name for k in kinds]
    return rows


def write_model(number, path):
    """The instance as an LP file; its objective lacks what unmet wishes cost at least."""
    instance = check.parse(file_of(number))
    days, shifts = instance["days"], instance["shifts"]
    costs, always = {}, 0
    for name, d, k, weight in instance["on_req"]:
        always += weight
        costs[f"x_{name}_{d}_{k}"] = costs.get(f"x_{name}_{d}_{k}", 0) - weight
    for name, d, k, weight in instance["off_req"]:
        costs[f"x_{name}_{d}_{k}"] = costs.get(f"x_{name}_{d}_{k}", 0) + weight
    rows, whole = [], []
    for staff in instance["staff"]:
        rows += rules_of(staff[0], days, shifts, staff, instance["off"])
        whole += [f"x_{staff[0]}_{d}_{k}" for d in range(days) for k in shifts]
        whole += [f"w_{staff[0]}_{w}" for w in range(days // 7)]
    for (d, k), (wanted, under, over) in instance["cover"].items():
        costs[f"u_{d}_{k}"], costs[f"o_{d}_{k}"] = under, over
        there = " + ".join(f"x_{staff[0]}_{d}_{k}" for staff in instance["staff"])
        rows.append(f"{there} + u_{d}_{k} - o_{d}_{k} = {wanted}")
    objective = " ".join(f"{'+' if c >= 0 else '-'} {abs(c)} {v}\n" for v, c in costs.items())
    path.write_text("Minimize\n obj: " + objective + "Subject To\n" +
                    "\n".join(f" r{i}: {row}" for i, row in enumerate(rows)) +
                    "\nBinary\n" + "\n".join(whole) + "\nEnd\n")
    return always


def highs(number, seconds, scratch):
    model = scratch / "model.lp"
    always = write_model(number, model)
    text, code = run(["node", ROOT / "bench/highs.mjs", model, seconds], seconds, scratch)
    found = re.findall(r"^(-?[\d.e+]+) ([\d.]+)$", text, re.M)
    return {"found": [(float(c) + always, float(s)) for c, s in found], "failed": bool(code)}


def cbc(number, seconds, scratch):
    if not shutil.which("cbc"):
        return {"found": [], "missing": True}
    model = scratch / "model.lp"
    always = write_model(number, model)
    text, code = run(["cbc", model, "-seconds", seconds, "-solve"], seconds, scratch)
    found = re.findall(
        r"(?:Integer solution of|found solution of) (-?[\d.]+).*?\(([\d.]+) seconds\)", text)
    end = re.search(r"Objective value:\s+(-?[\d.]+)[\s\S]*Total time \(CPU seconds\):\s+([\d.]+)",
                    text)
    return {"found": [(float(c) + always, float(s))
                      for c, s in found + ([end.groups()] if end else [])], "failed": bool(code)}


# ---- all of them, each kept as soon as it is there ----------------------------------------------

class Measured:
    def __init__(self, is_anew):
        program = hashlib.sha256(PROGRAM.read_bytes()).hexdigest()[:16]
        self.program = program
        self.results = {}
        KEPT.parent.mkdir(parents=True, exist_ok=True)
        if is_anew:
            KEPT.unlink(missing_ok=True)
        for line in KEPT.read_text().splitlines() if KEPT.exists() else []:
            try:
                one = json.loads(line)
            except ValueError:
                continue                             # cut off while it was written
            if one["program"] in (program, "theirs"):
                self.results[tuple(one["key"])] = one["result"]

    def measure(self, key, is_ours, work):
        if key in self.results and not self.results[key].get("missing"):
            return
        self.results[key] = json.loads(json.dumps(work()))
        with KEPT.open("a") as out:
            out.write(json.dumps({"key": key, "program": self.program if is_ours else "theirs",
                                  "result": self.results[key]}) + "\n")


def steps_of(parts, most, seeds, scratch, measured):
    """What there is to do: what it is called, and how it is done."""
    steps = []
    for number in [p for p in parts if p in LIMITS]:
        seconds = min(most, max(limit for _, limit in LIMITS[number]))
        target = min(cost for cost, _ in LIMITS[number])
        for seed in range(1, seeds + 1):
            steps.append(((OURS, number, seconds, seed), True, lambda n=number, t=target, s=seconds,
                          i=seed: ours(n, t, s, i, scratch)))
        steps.append(((HIGHS, number, seconds, 0), False,
                      lambda n=number, s=seconds: highs(n, s, scratch)))
        steps.append(((CBC, number, seconds, 0), False,
                      lambda n=number, s=seconds: cbc(n, s, scratch)))
    for size in [p for p in parts if p in PRISONS]:
        seconds = min(most, PRISONS[size])
        for seed in range(1, seeds + 1):
            steps.append(((OURS, size, seconds, seed), True, lambda z=size, s=seconds, i=seed:
                          prison(z, s, i, scratch)))
    began = time.monotonic()
    for done, (key, is_ours, work) in enumerate(steps, 1):
        who, what, seconds, seed = key
        print(f"{done} of {len(steps)}, {time.monotonic() - began:.0f} s so far: {what}, {who}"
              f"{f', seed {seed}' if seed else ''}, up to {seconds:g} s",
              file=sys.stderr, flush=True)
        measured.measure(key, is_ours, work)


# ---- the table ----------------------------------------------------------------------------------

def reached(result, target):
    """The seconds until a cost is reached; None: it wasn't."""
    return next((s for cost, s in result["found"] if cost <= target + 0.5), None)


def shown_beside(result, target):
    if result is None:
        return "not run"
    if result.get("missing"):
        return "not installed"
    after = reached(result, target)
    if after is not None:
        return f"{after:.1f} s"
    best = min((cost for cost, _ in result["found"]), default=None)
    if best is None:
        return "failed" if result.get("failed") else "none"
    return f"not, {best:.0f}"


def row_of_instance(number, target, limit, most, seeds, results):
    """The row, and whether ours falls short: None where that isn't known."""
    seconds = min(most, max(limit for _, limit in LIMITS[number]))
    found = [results.get((OURS, number, seconds, seed)) for seed in range(1, seeds + 1)]
    short, said = None, "not run"
    if all(found):
        times = [reached(one, target) for one in found]
        middle = statistics.median(t if t is not None else float("inf") for t in times)
        short = middle > limit if middle < float("inf") or seconds >= limit else None
        best = statistics.median(min(cost for cost, _ in one["found"]) for one in found)
        said = f"{middle:.1f} s" if middle < float("inf") else f"not, {best:.0f}"
    verdict = {True: "falls short", False: "ok", None: ""}[short]
    row = (f"instance {number:>2} {target:>6} {limit:>5} s {said:>13}"
           f" {shown_beside(results.get((HIGHS, number, seconds, 0)), target):>14}"
           f" {shown_beside(results.get((CBC, number, seconds, 0)), target):>14}  {verdict}")
    return row.rstrip(), short


def row_of_prison(size, most, seeds, results):
    seconds = min(most, PRISONS[size])
    found = [results.get((OURS, size, seconds, seed)) for seed in range(1, seeds + 1)]
    if not all(found):
        return f"{size:>7} {seconds:>5g} s  not run", None
    gaps = [(one["cost"] - int(one["bound"])) / max(1, abs(one["cost"]))
            if one["bound"].lstrip("-").isdigit() else float("inf") for one in found]
    middle = statistics.median(gaps)
    short = middle == float("inf")
    said = ", ".join(f"{one['cost']}/{one['bound']} {one['seconds']:.1f} s" for one in found)
    return (f"{size:>7} {seconds:>5g} s {100 * middle:>7.1f} %   {said}  "
            f"{'falls short' if short else 'ok'}"), short


def show(parts, most, seeds, measured):
    shorts = []
    if any(part in LIMITS for part in parts):
        print("\nSeconds until a cost is reached, or “not” and the cost it came to; ours is the "
              f"median of {seeds}\n{'':<12}{'cost':>6} {'within':>7} {OURS:>13} {HIGHS:>14} "
              f"{CBC:>14}")
    for number in [p for p in parts if p in LIMITS]:
        for target, limit in LIMITS[number]:
            row, short = row_of_instance(number, target, limit, most, seeds, measured.results)
            print(row)
            shorts.append(short)
    if any(part in PRISONS for part in parts):
        print(f"\nMade-up prisons: above the bound in the middle of {seeds}, and each cost/bound")
    for size in [p for p in parts if p in PRISONS]:
        row, short = row_of_prison(size, most, seeds, measured.results)
        print(row)
        shorts.append(short)
    sys.stdout.flush()
    return any(shorts)


def parts_of(words):
    out = []
    for word in words or ["public", "prison"]:
        if word == "public":
            out += list(LIMITS)
        elif word == "prison":
            out += list(PRISONS)
        elif word in PRISONS:
            out.append(word)
        elif word.isdigit() and int(word) in LIMITS:
            out.append(int(word))
        else:
            print(f"there is no part {word}: an instance ({', '.join(map(str, LIMITS))}), a prison "
                  f"({', '.join(PRISONS)}), public or prison", file=sys.stderr)
            sys.exit(2)
    return list(dict.fromkeys(out))


def positive(text):
    value = float(text)
    if not 0 < value < 1e6:
        raise ValueError(text)
    return value


def main():
    reader = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].strip())
    reader.add_argument("parts", nargs="*")
    reader.add_argument("--limit", type=positive, default=1e6)
    reader.add_argument("--seeds", type=int, choices=range(1, 100), default=3, metavar="N")
    reader.add_argument("--anew", action="store_true")
    asked = reader.parse_args()
    parts = parts_of(asked.parts)
    measured = Measured(asked.anew)

    def cut_off(*_):
        raise KeyboardInterrupt
    signal.signal(signal.SIGTERM, cut_off)
    with tempfile.TemporaryDirectory() as folder:
        try:
            steps_of(parts, asked.limit, asked.seeds, pathlib.Path(folder), measured)
        except KeyboardInterrupt:
            print("cut off", file=sys.stderr)
            show(parts, asked.limit, asked.seeds, measured)
            sys.exit(130)
    sys.exit(1 if show(parts, asked.limit, asked.seeds, measured) else 0)


main()
