#!/usr/bin/env python3
"""Statistics beside R: the same file, the same outputs, in one run; medians of three.

    bench/evidence.py [PART…]     cox robust logit km logrank match bootstrap csv; all unless told

R runs as a user runs it (read.csv, then coxph, glm, …, and what prints them); its engine
(coxph.fit, glm.fit) is told apart. Ours is the whole command. Seconds are of the work after
reading, for both; reading and the peak of memory are measured too. Exit code 1 where ours falls
short of a limit.
"""
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = pathlib.Path(os.environ.get("ALONGSIDE", HERE.parent / "build/release/alongside"))
PACKAGES = {"survival": "r-cran-survival", "MASS": "r-cran-mass", "sandwich": "r-cran-sandwich",
            "MatchIt": "r-cran-matchit", "boot": "r-cran-boot", "data.table": "r-cran-data.table"}
ROUNDS = 3
REPLICATES = 10000
MODEL = "fin + age + race + wexp + mar + paro + prio + educ"
MOST_MEMORY = 0.3
LEAST_CSV = 500

# Part: file, our words after it, how many times as fast as R at least, as its engine at least.
PARTS = {
    "cox": ("million.csv", ["cox", f"Surv(week, arrest) ~ {MODEL}"], 10, 3),
    "robust": ("robust.csv", ["cox", f"Surv(week, arrest) ~ {MODEL}", "--robust"], 50, None),
    "logit": ("million.csv", ["logit", f"arrest ~ {MODEL}"], 8, 5),
    "km": ("million.csv", ["km", "Surv(week, arrest) ~ fin"], 10, None),
    "logrank": ("million.csv", ["logrank", "Surv(week, arrest) ~ fin"], 10, None),
    "match": ("match.csv", ["match", "treat ~ age + educ + prio", "--caliper", "0.2"], 10, None),
    "bootstrap": ("cost.csv", ["bootstrap", "--cost", "cost", "--effect", "effect", "--arm", "arm",
                               "--replicates", str(REPLICATES), "--seed", "1"], 10, None),
}
MOST_SECONDS_ROBUST_MILLION = 5
fell_short = False


def say(what, found, unit, limit=None, at_least=True):
    global fell_short
    line = f"{what:<58} {found:>9.3g} {unit:<5}"
    if limit is not None:
        is_kept = found >= limit if at_least else found <= limit
        fell_short |= not is_kept
        line += (f" ({'at least' if at_least else 'at most'} {limit:g})  "
                 f"{'ok' if is_kept else 'falls short'}")
    print(line, flush=True)


def needs_r():
    if not shutil.which("Rscript"):
        raise SystemExit("R isn't installed, and nothing can be compared without it: apt-get "
                         f"install r-base-core {' '.join(PACKAGES.values())}")
    asked = ", ".join(f'"{name}"' for name in PACKAGES)
    there = subprocess.run(
        ["Rscript", "-e", f"for (p in c({asked})) cat(p, requireNamespace(p, quietly = TRUE), "
                          "'\\n')"], capture_output=True, text=True, check=True).stdout
    missing = [PACKAGES[name] for name in PACKAGES if f"{name} TRUE" not in there]
    if missing:
        raise SystemExit(f"R lacks packages: apt-get install {' '.join(missing)}")


def measured(words):
    """What it printed, and the most memory it held, in MB."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as problems:
        begun = subprocess.Popen(words, stdout=out, stderr=problems, env={**os.environ,
                                                                         "LC_ALL": "C.UTF-8"})
        _, status, used = os.wait4(begun.pid, 0)
        begun.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        problems.seek(0)
        said = out.read()
        if begun.returncode > 1 or (begun.returncode and words[0] == "Rscript"):
            raise SystemExit(f"{' '.join(map(str, words))}: {problems.read()[-800:]} {said[-300:]}")
        return said, used.ru_maxrss / 1024


def in_r(part, folder):
    file = folder / PARTS[part][0]
    said, memory = measured(["Rscript", HERE / "evidence.R", part, file, str(REPLICATES)])
    read, whole, engine = re.search(r"^seconds (\S+) (\S+) (\S+)$", said, re.M).groups()
    return float(read), float(whole), float("nan") if engine == "NA" else float(engine), memory


def in_ours(part, folder, more=()):
    name, words = PARTS[part][:2]
    said, memory = measured([PROGRAM, "evidence", words[0], folder / name, *words[1:], *more,
                             "--json"])
    seconds = json.loads(said)["seconds"]
    return seconds["read"], seconds["fit"], memory


def medians(rounds):
    return [statistics.median(column) for column in zip(*rounds)]


def measure(part, folder):
    _, _, least, least_engine = PARTS[part]
    # By turns, so that whatever else the machine does falls on both.
    pairs = [(in_r(part, folder), in_ours(part, folder)) for _ in range(ROUNDS)]
    r_read, r_whole, r_engine, r_memory = medians([r for r, _ in pairs])
    read, fit, memory = medians([ours for _, ours in pairs])
    print(f"{part}: R {r_whole:.3f} s after {r_read:.2f} s of reading, "
          f"ours {fit:.4f} s after {read:.3f} s")
    say(f"{part}, of R's time", r_whole / fit, "×", least)
    say(f"{part}, with reading", (r_read + r_whole) / (read + fit), "×")
    if least_engine:
        say(f"{part}, of its engine's ({r_engine:.2f} s)", r_engine / fit, "×", least_engine)
    say(f"{part}, peak memory {memory:.0f} MB, of R's {r_memory:.0f} MB", memory / r_memory, "×",
        MOST_MEMORY, at_least=False)


def measure_robust_million(folder):
    words = [PROGRAM, "evidence", "cox", folder / "million.csv", PARTS["cox"][1][1], "--robust",
             "--json"]
    found = [json.loads(measured(words)[0])["seconds"]["fit"] for _ in range(ROUNDS)]
    say("robust Cox, a million rows", statistics.median(found), "s", MOST_SECONDS_ROBUST_MILLION,
        at_least=False)


def measure_csv(folder):
    """Reading on one thread; beside data.table's fread, and the bytes alone."""
    for name, limit in (("numbers.csv", LEAST_CSV), ("million.csv", None)):
        file = folder / name
        size = file.stat().st_size / 1e6
        column = "V1" if name == "numbers.csv" else "age"
        words = [PROGRAM, "evidence", "ols", file, f"{column} ~ 1", "--threads", "1", "--json"]
        ours = statistics.median(json.loads(measured(words)[0])["seconds"]["read"]
                                 for _ in range(ROUNDS))
        said = subprocess.run(
            ["Rscript", "-e", "library(data.table); setDTthreads(1); cat(median(replicate("
             f"{ROUNDS}, system.time(fread('{file}'))[['elapsed']])))"],
            capture_output=True, text=True, check=True).stdout
        say(f"{name}, {size:.0f} MB, one thread", size / ours, "MB/s", limit)
        say(f"{name}, data.table's fread, one thread", size / float(said.split()[-1]), "MB/s")


def main():
    asked = sys.argv[1:] or [*PARTS, "csv"]
    unknown = [part for part in asked if part not in PARTS and part != "csv"]
    if unknown:
        raise SystemExit(f"no such part: {' '.join(unknown)}. {__doc__}")
    needs_r()
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        subprocess.run(["Rscript", HERE / "evidence_data.R", folder], check=True)
        for part in asked:
            if part == "csv":
                measure_csv(folder)
            else:
                measure(part, folder)
            if part == "robust":
                measure_robust_million(folder)
    return 1 if fell_short else 0


if __name__ == "__main__":
    sys.exit(main())
