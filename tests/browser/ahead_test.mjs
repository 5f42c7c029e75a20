// Before the night and beyond it: somebody on call tonight who can't come, and the page Ahead with
// an answer that was simulated.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { checkEverywhere, expect, expectText, openWindow, press, root, signIn, speak, story }
  from "./harness.mjs";

const folder = mkdtempSync(path.join(tmpdir(), "alongside-ahead-"));
export const demo = ["--at", "2026-11-25 15:05", "--folder", path.join(folder, "demo")];

const program = path.resolve(root, process.env.ALONGSIDE ?? "build/release/alongside");
const database = ["--database", `sqlite:${path.join(folder, "demo", "demo.db")}`];
const run_it = (...words) => execFileSync(program, words, { encoding: "utf8", cwd: folder });

export default async function run({ browser, demo: prison, tests }) {
  const step = story(tests);
  const lead = await openWindow(browser, prison);
  const page = lead.page;
  let away = "", instead = "";

  await step("who is on call tonight, and that all can come", async () => {
    await signIn(page, prison, "coordinator");
    await page.goto("/on-call?scheme=pops");
    await press(page.locator("main"), "Who can come tonight");
    await expectText(page.locator("main h2"), "POPS: ");
    away = (await page.getByRole("row", { name: /Peer \d.*can come/ }).first().textContent())
      .match(/Peer \d/)[0];
    await page.goto("/overview");
    expect(!(await page.locator("main").textContent()).includes("POPS tonight"), "warned already");
  });

  await step("one of them can’t today, and says not why", async () => {
    const own = await openWindow(browser, prison);
    await signIn(own.page, prison, away.toLowerCase().replace(" ", ""));
    await own.page.goto("/me");
    await own.page.getByRole("button", { name: "I can’t today" }).click();
    await own.page.waitForLoadState("load");
    await own.close();
  });

  await step("the overview says so before the night, by count", async () => {
    await page.goto("/overview");
    const first = page.locator(".al-to-do__item", { hasText: "POPS tonight" });
    await expectText(first, "one person on call can’t be reached");
    expect(!(await first.textContent()).includes(away), "named on the overview");
    await checkEverywhere(page, "/overview", "tonight-overview");
    await speak(page, "en");
  });

  await step("the night manager sees who, and not why", async () => {
    const night = await openWindow(browser, prison);
    await signIn(night.page, prison, "night");
    await expectText(night.page.locator("main"), `Can’t be reached: ${away}.`);
    await press(night.page.locator("main"), "Who can come tonight");
    const row = night.page.getByRole("row", { name: new RegExp(away) });
    await expectText(row, "can’t be reached");
    expect(!(await night.page.locator("main").textContent()).includes("stands down"), "told why");
    await checkEverywhere(night.page, "/on-call/tonight", "tonight-night-manager");
    await night.close();
  });

  await step("the coordinator sees why and who could take it, and puts somebody on", async () => {
    await page.goto("/on-call/tonight");
    await expectText(page.getByRole("row", { name: new RegExp(away) }), "stands down");
    // The demo's pattern has six of the seven on each day: by the rules of a plan nobody is left.
    await expectText(page.locator(".al-to-do__item", { hasText: "1 person short" }),
                     "Nobody else could take it by the rules of a plan");
    await checkEverywhere(page, "/on-call/tonight", "tonight-coordinator");
    await speak(page, "en");
    await page.goto("/on-call/tonight");
    await press(page.locator("main"), "Put somebody on");
    const free = page.locator("label.govuk-checkboxes__label", { hasText: /Peer \d/ });
    instead = (await free.first().textContent()).match(/Peer \d/)[0];
    await page.getByLabel(instead).check();
    await press(page.locator("main"), "Put them on");
    await page.goto("/on-call/tonight");
    await expectText(page.getByRole("row", { name: new RegExp(instead) }), "can come");
    await page.goto("/overview");
    expect(!(await page.locator("main").textContent()).includes("POPS tonight"), "still warned");
  });

  await step("an officer sees that somebody can’t be reached, not who or why", async () => {
    const officer = await openWindow(browser, prison);
    await signIn(officer.page, prison, "officer");
    await officer.page.goto("/on-call/tonight");
    await expectText(officer.page.locator("main"), "One more is on call and can’t be reached.");
    expect(!(await officer.page.locator("main").textContent()).includes(away), "named");
    await officer.close();
  });

  await step("court on the day of a shift: a gap at once, never why, until it is taken back",
    async () => {
      await page.goto("/on-call?scheme=pops");
      const row = page.getByRole("row", { name: /Thu 26 Nov.*early.*Peer \d/ });
      const who = (await row.textContent()).match(/Peer \d/)[0];
      const gap = (on) =>
        on.locator("li", { hasText: /(Thu 26 Nov,|tomorrow) 06:00.*14:00, early.* short/ });
      expect(await gap(page).count() === 0, "a gap before anything was said");
      const own = await openWindow(browser, prison);
      await signIn(own.page, prison, who.toLowerCase().replace(" ", ""));
      await own.page.goto("/me/availability");
      await own.page.getByRole("radio", { name: "I can’t: court", exact: true }).check();
      await own.page.getByLabel("First day").fill("2026-11-26");
      await press(own.page, "Save");
      for (const place of ["/on-call?scheme=pops", "/on-call/calendar?scheme=pops", "/overview"]) {
        await page.goto(place);
        await gap(page).first().waitFor({ state: "attached" });
        expect(!(await gap(page).first().textContent()).includes("court"), `told why: ${place}`);
      }
      const officer = await openWindow(browser, prison);
      await signIn(officer.page, prison, "officer");
      await officer.page.goto("/on-call?scheme=pops");
      await gap(officer.page).first().waitFor();
      const text = await officer.page.locator("main").textContent();
      expect(!/court|has said/.test(text), "an officer is told why");
      await officer.close();
      await own.page.locator(".al-shifts li", { hasText: "court" })
        .getByRole("button", { name: "Take it back" }).click();
      await own.page.locator(".al-shifts li", { hasText: "court" }).waitFor({ state: "detached" });
      await own.close();
      await page.goto("/on-call?scheme=pops");
      expect(await gap(page).count() === 0, "the gap stays");
    });

  await step("ahead: peers, nights, demand; and how to have it simulated", async () => {
    await page.goto("/on-call?scheme=pops");
    await press(page.locator("main"), "What comes: peers, demand, uncovered nights");
    await expectText(page.locator("main"), "are ready today");
    await expectText(page.locator("main"), "Nobody has let this be simulated here yet");
    await checkEverywhere(page, "/on-call/ahead?scheme=pops", "ahead-before");
    await speak(page, "en");
  });

  await step("simulated for this prison beside the program that serves it, and shown", async () => {
    const scene = run_it(...database, "ahead", "scene", "--scheme", "pops");
    expect(scene.includes("recorded here on") || scene.includes("default"), "no sources");
    expect(!/[0-9]{6}[A-Z]"/.test(scene.replace(/number_pattern.*/, "")), "somebody’s number");
    writeFileSync(path.join(folder, "own.toml"), scene);
    const answer = run_it("simulate", "--how-many", "--scene", "own.toml", "--days", "7",
                          "--seeds", "2", "--fewest", "6", "--most", "9", "--json");
    writeFileSync(path.join(folder, "answer.json"), answer);
    run_it(...database, "ahead", "keep", "answer.json");
    await page.goto("/on-call/ahead?scheme=pops");
    await expectText(page.locator("main"), "7 days from each of 2 seeds");
    const chart = page.locator(".al-figure-chart", { hasText: "Somebody is there within 15" });
    const rows = JSON.parse(answer).rows;
    expect(await chart.first().locator("details table tbody tr").count() === rows.length, "rows");
    expect(await chart.first().locator("svg circle").count() === rows.length, "points");
    await checkEverywhere(page, "/on-call/ahead?scheme=pops", "ahead");
    await speak(page, "en");
  });

  await tests.test("nobody was asked of elsewhere", async () => {
    expect(lead.faults.length === 0, lead.faults.join());
  });
  await lead.close();
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
}
