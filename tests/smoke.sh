#!/usr/bin/env bash
# Fourteen simulated days at Stony Mountain: the rules that always hold, the same bytes for the same
# seed, both policies, both rotas, and what is said about a scene that is not there.
# The program is build/release/alongside, or what ALONGSIDE names.
set -uo pipefail
cd "$(dirname "$0")/.."
alongside=${ALONGSIDE:-build/release/alongside}
passed=0
failed=0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

check() {  # check WHAT COMMAND…
  local what=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "failed: $what"
  fi
}

simulate() {  # simulate FILE OPTION…
  local out=$1
  shift
  timeout 60 "$alongside" simulate --days 14 --json "$@" >"$folder/$out" 2>"$folder/$out.err"
}

holds() {  # holds FILE EXPRESSION: Python, over the figures `it` and, of the other file, `other`
  python3 - "$folder/$1" "$folder/${3:-$1}" "$2" <<'PYTHON'
import json, sys
it, other = (json.load(open(path)) for path in sys.argv[1:3])
without_seconds = lambda figures: {k: v for k, v in figures.items() if k != "seconds"}
true = eval(sys.argv[3])
if not true:
    print(json.dumps(it))
sys.exit(0 if true else 1)
PYTHON
}

without_seconds() { sed -E 's/"seconds": ?[0-9.eE+-]+//' "$folder/$1"; }
same_bytes() { cmp -s <(without_seconds "$1") <(without_seconds "$2"); }
differ() { ! same_bytes "$1" "$2"; }

check "seed 1 ends with 0" simulate one --seed 1
check "seed 1 again ends with 0" simulate again --seed 1
check "seed 2 ends with 0" simulate two --seed 2
check "the paper list ends with 0" simulate list --seed 1 --policy list
check "a repeating pattern ends with 0" simulate pattern --seed 1 --rota pattern
check "a repeating pattern again ends with 0" simulate pattern-again --seed 1 --rota pattern

check "the rotas side by side end with 0" simulate compared --seed 1 --compare-rotas --seeds 2
check "the rotas side by side again end with 0" simulate compared-again --seed 1 --compare-rotas --seeds 2

keys='requests fill wait_median_minutes wait_p90_minutes night_denial concentration
  max_peer_hours_per_week rest_broken debriefs_late invariant_violations ledger_entries seconds'
for key in $keys; do
  check "the figures have $key" holds one "'$key' in it"
done
check "the year's demand, for 14 days" holds one "60 <= it['requests'] <= 200"
for run in one two list pattern; do
  check "$run: no rule was broken" holds "$run" "it['invariant_violations'] == 0"
  check "$run: the ledger grew" holds "$run" "it['ledger_entries'] > 10 * it['requests']"
  check "$run: a share is a share" holds "$run" "0 < it['fill'] <= 1 and 0 <= it['night_denial'] <= 1"
done
check "seed 1: nobody's rest was broken" holds one "it['rest_broken'] == 0"
check "seed 2: nobody's rest was broken" holds two "it['rest_broken'] == 0"
check "the paper list breaks rest" holds list "it['rest_broken'] > 0"
check "the same seed, the same bytes but seconds" same_bytes one again
check "the repeating pattern: nobody's rest was broken" holds pattern "it['rest_broken'] == 0"
check "the same pattern, the same bytes but seconds" same_bytes pattern pattern-again
check "another rota, another fortnight" differ one pattern
check "another seed, another fortnight" differ one two
check "side by side: pattern, plan and list" holds compared \
  "[row['rota'] for row in it] == ['pattern', 'plan', 'list']"
check "side by side: the list fills most, and breaks rest" holds compared \
  "it[2]['fill']['mean'] > max(it[0]['fill']['mean'], it[1]['fill']['mean']) and it[2]['rest_broken'] > 0 == it[0]['rest_broken'] == it[1]['rest_broken']"
check "side by side: shares within their intervals" holds compared \
  "all(0 <= row[key]['low'] <= row[key]['mean'] <= row[key]['high'] <= 1 for row in it for key in ('fill', 'night_denial', 'concentration'))"
check "side by side, the same bytes again" cmp -s "$folder/compared" "$folder/compared-again"
check "another policy, another fortnight" differ one list

no_scene() {
  simulate nowhere --scene no-such-scene
  [ $? -eq 2 ] && grep -q '"userMessage":.*no-such-scene' "$folder/nowhere"
}
check "an unknown scene is named, with exit code 2" no_scene
no_policy() {
  simulate nothing --policy lottery
  [ $? -eq 2 ] && grep -q '"userMessage":.*lottery' "$folder/nothing"
}
check "an unknown policy is named, with exit code 2" no_policy

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
