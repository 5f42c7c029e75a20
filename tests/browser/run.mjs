// Runs every *_test.mjs of this folder, or those whose names are given, each with a demo and a
// browser of its own, started as it says in its `demo`: as many files side by side as there are
// cores and one more, since each waits for the browser half of its time; three at most.
// ALONGSIDE_PICTURES=1 leaves pictures in build/browser/. Ends with what failed, once more, and
// `N passed, N failed`.
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { Tests, openBrowser, root, startDemo } from "./harness.mjs";

const folder = path.join(root, "tests/browser");
const wanted = process.argv.slice(2);
const waiting = readdirSync(folder).filter((name) => name.endsWith("_test.mjs"))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  // The longest first, so that none is left alone at the end.
  .sort((a, b) => b.startsWith("every") - a.startsWith("every") || a.localeCompare(b));

async function runFile(file) {
  const tests = new Tests(file.replace("_test.mjs", ""));
  const { default: run, demo: options = [] } = await import(path.join(folder, file));
  let demo;
  await tests.test("the demo starts", async () => { demo = await startDemo(...options); });
  if (!demo) return tests;
  const browser = await openBrowser();
  try {
    await run({ browser, demo, tests });
  } finally {
    await browser.close();
    await tests.test("the demo ends in peace", async () => {
      const code = await demo.stop();
      if (code !== 0) throw new Error(`ended with ${code}\n${demo.complained}`);
    });
  }
  return tests;
}

let passed = 0;
const failures = [];
async function work() {
  while (waiting.length > 0) {
    const tests = await runFile(waiting.shift());
    passed += tests.passed;
    failures.push(...tests.failures);
  }
}
await Promise.all(Array.from({ length: Math.min(3, availableParallelism() + 1) }, work));
// Whoever sees only the end of the log sees what failed.
if (failures.length > 0) console.log(`\n${failures.join("\n")}`);
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 && passed > 0 ? 0 : 1);
