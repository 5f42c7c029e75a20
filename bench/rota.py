#!/usr/bin/env python3
"""Our solver on public instances and made-up prisons, then beside two solvers of mixed-integer
programmes.

    bench/rota.py [SECONDS]      how long the two may search each instance; 60 unless told

Each of ours is the median of three seeds, with two threads, judged by a checker that knows nothing
of the solver. HiGHS is npm's build (Debian 12's SciPy, which carries a native one, can't be
installed beside Boost 1.81); CBC is Debian's. Both get the same model. Exit code 1 where ours falls
short of its limit.
"""
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
INSTANCES = ROOT / "tests/rota"
PROGRAM = ROOT / "build/release/alongside"
sys.path.insert(0, str(INSTANCES))
import check                                                        # noqa: E402

# Instance: a cost to reach, and the seconds it may take.
LIMITS = [(1, 607, 60), (2, 828, 60), (3, 1001, 60), (4, 1716, 60), (5, 1143, 60), (6, 1950, 60),
          (7, 1056, 60), (8, 1927, 6), (8, 1344, 600), (8, 1322, 600), (10, 4631, 600),
          (12, 4040, 600), (14, 1280, 600), (16, 3233, 600), (20, 9750, 600)]
PRISONS = [(7, 28, 2), (20, 28, 5), (60, 84, 60)]    # peers, days, seconds
BESIDE = [(2, 828), (3, 1001), (8, 1927)]
SEEDS = (1, 2, 3)
fell_short = False


def file_of(number):
    return INSTANCES / f"Instance{number}.txt"


def ours(number, target, seconds, seed, scratch):
    """The seconds until the target; None: not reached."""
    roster = scratch / "roster.txt"
    out = subprocess.run(
        [PROGRAM, "rota", "solve", file_of(number), "--seconds", str(seconds), "--threads", "2",
         "--seed", str(seed), "--until", str(target), "--out", roster],
        capture_output=True, text=True, timeout=seconds + 120)
    said = re.search(r"hard=0 cost=(\d+) bound=\S+ seconds=([\d.]+)", out.stdout)
    rows = [line.split() for line in roster.read_text().splitlines()]
    broken, cost = check.check(check.parse(file_of(number)), rows)
    if not said or broken or cost != int(said[1]):
        raise SystemExit(f"instance {number}: {out.stdout} {out.stderr[-500:]} {broken[:3]}")
    return float(said[2]) if cost <= target else None


def measure_ours(scratch):
    global fell_short
    for number, target, seconds in LIMITS:
        found = [ours(number, target, seconds, seed, scratch) for seed in SEEDS]
        reached = [f if f is not None else float("inf") for f in found]
        middle = statistics.median(reached)
        is_kept = middle <= seconds
        fell_short |= not is_kept
        shown = f"{middle:8.1f} s" if is_kept else "       not"
        print(f"instance {number:>2}: {target:>5} or better after {shown}   (at most {seconds}, "
              f"median of {len(SEEDS)})  {'ok' if is_kept else 'falls short'}", flush=True)


def measure_prisons(scratch):
    """Made-up prisons: what the time allows, beside what no rota can be better than."""
    global fell_short
    for people, days, seconds in PRISONS:
        gaps, said = [], []
        for seed in SEEDS:
            rota = scratch / "prison.json"
            rota.write_text(subprocess.run(
                [PROGRAM, "rota", "generate", "--people", str(people), "--days", str(days),
                 "--seed", str(seed)], capture_output=True, text=True, check=True).stdout)
            out = subprocess.run(
                [PROGRAM, "rota", "solve", rota, "--format", "alongside", "--seconds",
                 str(seconds), "--threads", "2"], capture_output=True, text=True,
                timeout=seconds + 120)
            cost, bound, took = re.search(
                r"hard=0 cost=(-?\d+) bound=(\S+) seconds=([\d.]+)", out.stdout).groups()
            has_bound = bound.lstrip("-").isdigit()
            gaps.append((int(cost) - int(bound)) / int(cost) if has_bound else float("inf"))
            said.append(f"{cost}/{bound} {took} s")
        middle = statistics.median(gaps)
        is_kept = middle < float("inf")
        fell_short |= not is_kept
        print(f"{people:>3} peers, {days} days, {seconds} s: {100 * middle:5.1f} % above the bound "
              f" (cost/bound: {', '.join(said)})  {'ok' if is_kept else 'falls short'}", flush=True)


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


def first_at_most(found, target):
    """Of (cost, seconds) the first that is good enough; else the best."""
    for cost, seconds in found:
        if cost <= target + 0.5:
            return f"{seconds:7.1f} s"
    return f"not ({min((c for c, _ in found), default=float('nan')):.0f} at the end)"


def cbc(model, seconds, always):
    out = subprocess.run(["cbc", model, "-seconds", str(seconds), "-solve"], capture_output=True,
                         text=True, timeout=seconds + 300).stdout
    found = re.findall(
        r"(?:Integer solution of|found solution of) (-?[\d.]+).*?\(([\d.]+) seconds\)", out)
    end = re.search(r"Objective value:\s+(-?[\d.]+)[\s\S]*Total time \(CPU seconds\):\s+([\d.]+)",
                    out)
    return [(float(c) + always, float(s)) for c, s in found + ([end.groups()] if end else [])]


def highs(model, seconds, always):
    out = subprocess.run(["node", ROOT / "bench/highs.mjs", model, str(seconds)],
                         capture_output=True, text=True, timeout=seconds + 300).stdout
    return [(float(c) + always, float(s)) for c, s in re.findall(r"^(-?[\d.e+]+) ([\d.]+)$", out,
                                                                 re.M)]


def measure_beside(seconds, scratch):
    print(f"\nThe seconds until a cost is reached; the others search up to {seconds} s")
    print(f"{'':<24}{'ours':>12}{'HiGHS (npm)':>28}{'CBC':>28}")
    for number, target in BESIDE:
        model = scratch / "model.lp"
        always = write_model(number, model)
        own = ours(number, target, seconds, 1, scratch)
        found = [first_at_most(highs(model, seconds, always), target),
                 first_at_most(cbc(model, seconds, always), target)
                 if shutil.which("cbc") else "not installed"]
        print(f"instance {number}, {target:>5}          {own or float('nan'):>8.1f} s  "
              f"{found[0]:>26}{found[1]:>28}", flush=True)


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    with tempfile.TemporaryDirectory() as folder:
        measure_ours(pathlib.Path(folder))
        measure_prisons(pathlib.Path(folder))
        measure_beside(seconds, pathlib.Path(folder))
    sys.exit(1 if fell_short else 0)


main()
