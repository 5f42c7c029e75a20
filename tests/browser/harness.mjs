// What every browser test needs: the demo, Chromium, sign-in, pictures, axe, and a count.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const pictures = path.join(root, "build/browser");
const program = process.env.ALONGSIDE ?? path.join(root, "build/release/alongside");
export const languages = ["en", "fr-CA"];
export const widths = [320, 1280];

// ---- the demo ---------------------------------------------------------------------------------

// Starts `alongside demo` on a free port and reads what it says about itself. The names are those
// of its sign-ins, each with what it is for; the codes make a browser a screen of the prison.
export async function startDemo(...more) {
  const child = spawn(program, ["demo", "--port", "0", ...more], {
    cwd: root, stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "", complained = "";
  child.stderr.on("data", (bytes) => { complained = (complained + bytes).slice(-4000); });
  const ended = new Promise((done) => child.once("exit", (code) => done(code)));
  await new Promise((ready, failed) => {
    const tooLong = setTimeout(() => failed(new Error(`no answer in 60 s\n${said}`)), 60_000);
    child.once("error", failed);
    child.once("exit", (code) => failed(new Error(`demo ended with ${code}\n${complained}`)));
    child.stdout.on("data", (bytes) => {
      said += bytes;
      if (!/Ctrl-C/.test(said)) return;
      clearTimeout(tooLong);
      ready();
    });
  });
  const lines = (from, to) => [...said.split(from)[1].split(to)[0].matchAll(/^ {2}(\S+) +(.+)$/gm)]
    .map(([, name, whatFor]) => ({ name, whatFor }));
  return {
    url: said.match(/Open (http\S+?)\/?\s/)[1],
    password: said.match(/password (\S+)/)[1],
    people: lines("Sign in", "Or make"),
    devices: lines("Or make", "Everything"),
    said,
    get complained() { return complained; },
    async stop() {
      child.kill("SIGTERM");
      const killing = setTimeout(() => child.kill("SIGKILL"), 10_000);
      const code = await ended;
      clearTimeout(killing);
      return code;
    },
  };
}

// ---- the browser ------------------------------------------------------------------------------

export async function openBrowser() {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
}

// A browser window of its own: cookies, language, size. Whatever its pages complain about in the
// console, and whatever they ask of other sites, is kept in `window.faults`.
export async function openWindow(browser, demo, { language = "en", width = 1280, script = true,
                                                 ...more } = {}) {
  const context = await browser.newContext({
    baseURL: demo.url, locale: language, javaScriptEnabled: script,
    viewport: { width, height: width < 600 ? 720 : 900 }, ...more,
  });
  context.setDefaultTimeout(15_000);
  const faults = [];
  context.on("console", (message) => {
    // A status of 4xx is a page's own matter; the tests look at those.
    if (message.type() === "error" && !/status of 4/.test(message.text())) {
      faults.push(message.text());
    }
  });
  context.on("weberror", (fault) => faults.push(String(fault.error())));
  context.on("request", (request) => {
    if (!request.url().startsWith(demo.url)) faults.push(`asked of another site: ${request.url()}`);
  });
  const page = await context.newPage();
  return { context, page, faults, close: () => context.close() };
}

export async function signIn(page, demo, name) {
  await page.goto("/sign-in");
  await page.locator('input[name="sign_in_name"]').fill(name);
  await page.locator('input[name="secret"]').fill(demo.password);
  await page.locator("main form button[type=submit]").first().click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}

export async function becomeDevice(page, code) {
  await page.goto("/device");
  await page.locator('input[name="code"]').fill(code);
  await page.locator("main form button[type=submit]").first().click();
  await page.waitForURL((url) => url.pathname !== "/device");
}

// The language's own name, at the foot of every page.
export async function speak(page, language) {
  const button = page.locator(`button[name="language"][value="${language}"]`).first();
  if (await button.getAttribute("aria-current") === "true") return;
  await Promise.all([page.waitForLoadState("load"), button.click()]);
  await page.waitForFunction((tag) => document.documentElement.lang === tag, language);
}

export async function picture(page, name) {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: true });
}

// ---- what must hold for every page --------------------------------------------------------------

// Throws with what axe found, or where the page is wider than the window.
export async function checkPage(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3)
    .map((node) => `${node.target.join(" ")} ${node.any[0]?.message ?? ""}`).join(" | ")}`);
  if (wider > 0) found.push(`wider than the window by ${wider} px`);
  if (await page.locator("h1").count() !== 1) found.push("not exactly one h1");
  if (found.length) throw new Error(`${page.url()}\n    ${found.join("\n    ")}`);
}

// The page at this address in both languages and at both widths, with a picture of each.
export async function checkEverywhere(page, address, name) {
  for (const language of languages) {
    for (const width of widths) {
      await page.setViewportSize({ width, height: width < 600 ? 720 : 900 });
      await page.goto(address);
      await speak(page, language);
      await page.evaluate(() => document.fonts.ready);
      await picture(page, `${name}-${language}-${width}`);
      await checkPage(page);
    }
  }
  await speak(page, "en");
}

// ---- counting -----------------------------------------------------------------------------------

export class Tests {
  passed = 0;
  failed = 0;

  // Runs one test and says how it went; one that fails doesn't end the others.
  async test(name, body) {
    const began = Date.now();
    process.stdout.write(`${name} … `);
    try {
      await body();
      this.passed += 1;
      console.log(`passed (${Date.now() - began} ms)`);
    } catch (fault) {
      this.failed += 1;
      console.log(`FAILED\n  ${fault.stack ?? fault}`);
    }
  }
}

export function expect(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}
