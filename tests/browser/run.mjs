// Runs every *_test.mjs of this folder, or those whose names are given, each with a demo of its
// own, started as it says in its `demo`. ALONGSIDE_PICTURES=1 leaves
// pictures in build/browser/. Ends with `N passed, N failed`.
import { readdirSync } from "node:fs";
import path from "node:path";
import { Tests, openBrowser, root, startDemo } from "./harness.mjs";

const folder = path.join(root, "tests/browser");
const wanted = process.argv.slice(2);
const files = readdirSync(folder).filter((name) => name.endsWith("_test.mjs"))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part))).sort();

const tests = new Tests();
const browser = await openBrowser();
try {
  for (const file of files) {
    console.log(`\n== ${file}`);
    const { default: run, demo: options = [] } = await import(path.join(folder, file));
    let demo;
    await tests.test("the demo starts", async () => { demo = await startDemo(...options); });
    if (!demo) continue;
    try {
      await run({ browser, demo, tests });
    } finally {
      await tests.test("the demo ends in peace", async () => {
        const code = await demo.stop();
        if (code !== 0) throw new Error(`ended with ${code}\n${demo.complained}`);
      });
    }
  }
} finally {
  await browser.close();
}
console.log(`\n${tests.passed} passed, ${tests.failed} failed`);
process.exit(tests.failed === 0 && tests.passed > 0 ? 0 : 1);
