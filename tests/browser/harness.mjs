// What every browser test needs: the demo, Chromium, sign-in, pictures, axe, and a count.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const pictures = path.join(root, "build/browser");
export const picturesWanted = Boolean(process.env.ALONGSIDE_PICTURES);
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
                               "utf8");
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
    // Silent, as behind a pulled cable: connections stay open, and nothing comes over them.
    fallSilent() { child.kill("SIGSTOP"); },
    speakAgain() { child.kill("SIGCONT"); },
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

// The board's card of this place.
export function cardOf(page, place) {
  return page.locator(".al-card").filter({ has: page.getByText(place, { exact: true }) });
}

// Presses the button or link of that name there, once nothing has moved for a moment: live pages
// take no press that was meant for what stood there before.
export async function press(place, name) {
  const target = place.getByRole("button", { name, exact: true })
    .or(place.getByRole("link", { name, exact: true })).first();
  await target.waitFor();
  await target.page().waitForTimeout(350);
  await target.click();
}

// What the page says there, in the end: live pages and slow machines are given time.
export async function expectText(locator, text) {
  await locator.filter({ hasText: text }).first().waitFor({ timeout: 5_000 }).catch(async () => {
    const said = (await locator.allTextContents()).join(" | ").replaceAll(/\s+/g, " ");
    throw new Error(`“${text}” isn't in: ${said.slice(0, 1500)}`);
  });
}

// The language's own name, at the foot of every page.
export async function speak(page, language) {
  const button = page.locator(`button[name="language"][value="${language}"]`).first();
  if (await button.getAttribute("aria-current") === "true") return;
  await Promise.all([page.waitForLoadState("load"), button.click()]);
  await page.waitForFunction((tag) => document.documentElement.lang === tag, language);
}

// With ALONGSIDE_PICTURES=1, in build/browser/.
export async function picture(page, name) {
  if (!picturesWanted) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: true });
}

// ---- what must hold for every page --------------------------------------------------------------

// What is wrong with the page at its present size: what axe finds, and what every page must have.
export async function whatIsWrong(page, { axe = true } = {}) {
  const found = await page.evaluate(() => {
    const out = [];
    const wider = document.documentElement.scrollWidth - innerWidth;
    if (wider > 0) out.push(`wider than the window by ${wider} px`);
    const headings = document.querySelectorAll("h1").length;
    if (headings !== 1) out.push(`${headings} h1`);
    if (!/^\S.* · Alongside$/.test(document.title)) out.push(`its title is “${document.title}”`);
    const skip = document.querySelector("a.govuk-skip-link");
    if (!skip || !document.querySelector(skip.getAttribute("href"))) out.push("no skip link");
    const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
    const twice = new Set(ids.filter((id, i) => ids.indexOf(id) !== i));
    if (twice.size) out.push(`ids used twice: ${[...twice].join(", ")}`);
    // What programs write, not people: "2026-11-21", "STAFF_TALK". Policy is shown as the file
    // that it is.
    const raw = (document.querySelector("main")?.innerText ?? "")
      .match(/\b\d{4}-\d\d-\d\d|\b[A-Z]{2,}_[A-Z_]+\b/);
    if (raw && !location.pathname.startsWith("/policy/")) out.push(`raw: ${raw[0]}`);
    return out;
  });
  if (!axe) return found;
  await page.evaluate(`window.axe || (() => { ${axeSource} })()`);
  const violations = await page.evaluate(async () => {
    const { violations: list } = await window.axe.run({ resultTypes: ["violations"] });
    return list.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3)
      .map(({ target, any }) => `${target.join(" ")} ${any[0]?.message ?? ""}`).join(" | ")}`);
  });
  return [...found, ...violations];
}

export async function checkPage(page) {
  const found = await whatIsWrong(page);
  if (found.length) throw new Error(`${page.url()}\n    ${found.join("\n    ")}`);
}

// The page at this address in both languages and at both widths.
export async function checkEverywhere(page, address, name) {
  for (const language of languages) {
    await page.goto(address);
    await speak(page, language);
    await page.evaluate(() => document.fonts.ready);
    for (const width of widths) {
      await page.setViewportSize({ width, height: width < 600 ? 720 : 900 });
      await picture(page, `${name}-${language}-${width}`);
      await checkPage(page);
    }
  }
  await speak(page, "en");
}

// ---- every page ---------------------------------------------------------------------------------

const anyId = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

// "/requests/{id}/choose": the page an address is of. Of a query only the names count.
export function patternOf(address) {
  const url = new URL(address, "http://here");
  const names = [...new Set(url.searchParams.keys())].sort().join("&");
  return url.pathname.replace(anyId, "{id}") + (names && `?${names}`);
}

// The elements of <main> without their words and keys.
export async function skeletonOf(page) {
  return page.evaluate(() => {
    const seen = new Set();
    const draw = (node) => {
      const line = `${node.nodeName}.${node.className}(${[...node.children].map(draw).join()})`;
      return seen.has(line) ? "" : (seen.add(line), line);
    };
    return draw(document.querySelector("main"));
  });
}

// The addresses of this sign-in's pages, found by following links from where it lands; the first
// of each pattern.
export async function crawl(context, url) {
  const found = new Map(), waiting = ["/"], asked = new Set();
  while (waiting.length) {
    const address = waiting.shift();
    if (asked.has(patternOf(address))) continue;
    asked.add(patternOf(address));
    const answer = await context.request.get(address);
    const type = answer.headers()["content-type"] ?? "";
    if (answer.status() >= 400) throw new Error(`${address}: ${answer.status()}`);
    if (!type.startsWith("text/html")) continue;
    const here = answer.url().slice(url.length);
    if (!found.has(patternOf(here))) found.set(patternOf(here), here);
    for (const [, href] of (await answer.text()).matchAll(/href="(\/[^"#]*)"/g)) {
      if (!href.startsWith("/assets/")) waiting.push(href.replaceAll("&amp;", "&"));
    }
  }
  return [...found.values()];
}

// ---- counting -----------------------------------------------------------------------------------

export class Tests {
  passed = 0;
  failures = [];  // of each that failed, its line and what was wrong

  // Of what the tests are: it stands before each line.
  constructor(of) { this.of = of; }

  // Runs one test and says how it went; one that fails doesn't end the others.
  async test(name, body) {
    const began = Date.now();
    try {
      await body();
      this.passed += 1;
      console.log(`${this.of}: ${name} … passed (${Date.now() - began} ms)`);
    } catch (fault) {
      this.failures.push(`${this.of}: ${name} … FAILED\n  ${fault.stack ?? fault}`);
      console.log(this.failures.at(-1));
    }
  }
}

// Steps of one story: when one fails, the later ones can't be tried.
export function story(tests) {
  let stopped = false;
  return (name, body) => tests.test(name, async () => {
    if (stopped) throw new Error("an earlier step failed").stack = "an earlier step failed";
    try {
      await body();
    } catch (fault) {
      stopped = true;
      throw fault;
    }
  });
}

export function expect(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}
