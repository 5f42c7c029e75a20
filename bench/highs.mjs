// highs.mjs MODEL.lp SECONDS: HiGHS as npm has it. A line for each better solution: cost, seconds.
import { readFileSync } from "node:fs";
import loadHighs from "highs";

const [file, seconds] = process.argv.slice(2);
// Its log: a letter, nodes …, then the bound, the best so far, the gap and the time.
const progress = /^\s?[A-Z]\s.*?(-?[\d.e+]+)\s+[\d.e+]+%\s.*?([\d.]+)s\s*$/;
const highs = await loadHighs({
  print: (line) => {
    const found = progress.exec(line);
    if (found) console.log(`${found[1]} ${found[2]}`);
  },
});
const began = process.hrtime.bigint();
const solved = highs.solve(
  readFileSync(file, "utf8"),
  { time_limit: Number(seconds), output_flag: true, log_to_console: true });
console.log(`${solved.ObjectiveValue} ${Number(process.hrtime.bigint() - began) / 1e9}`);
