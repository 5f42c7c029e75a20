// The life of a rota: planned, kept as a draft, changed, published, torn open by a suspension,
// repaired; and what became of it, in the end, on one page.
import { checkEverywhere, checkPage, expect, expectText, openWindow, picture, signIn, speak }
  from "./harness.mjs";

export const demo = ["--at", "2026-11-25 09:05"];

export default async function run({ browser, demo: prison, tests }) {
  const window = await openWindow(browser, prison);
  const { page } = window;
  await signIn(page, prison, "coordinator");
  const main = page.locator("main");
  const onCall = "/on-call?scheme=pops";
  const rowOf = (name) => page.getByRole("row", { name }).first();
  let draft = "", peer = "", repaired = {};

  await tests.test("a plan is kept as a draft, and nobody is on a shift by it", async () => {
    for (const day of ["2026-12-02", "2026-12-04"]) {
      await page.goto("/on-call/new?scheme=pops");
      await page.getByLabel("Day on which it begins").fill(day);
      await page.getByLabel("Name of the shift").fill("visits");
      await page.getByLabel("Begins at").fill("15:00");
      await page.getByLabel("Ends at").fill("16:00");
      await page.getByLabel("How many people").fill("1");
      await page.getByRole("button", { name: "Add" }).click();
    }
    await page.goto("/on-call/plan?scheme=pops");
    await page.getByLabel("How many weeks").fill("2");
    await page.getByRole("button", { name: "Show a plan" }).click();
    await page.getByRole("button", { name: "Keep it as a draft" }).click();
    await expectText(main, "The draft is kept. Nobody is on a shift by it yet.");
    draft = new URL(page.url()).pathname;
    expect(await rowOf(/2 Dec, 15:00–16:00, visits.*comes on/).count() === 1, "not in the draft");
    await page.goto(onCall);
    await expectText(rowOf(/2 Dec.* visits/), "nobody yet");
    await checkEverywhere(page, draft, "draft");
    await checkEverywhere(page, "/on-call/drafts?scheme=pops", "drafts");
  });

  await tests.test("it is changed by hand, and says what that would break", async () => {
    await page.goto(draft);
    await page.getByRole("button", { name: /^Remove .*2 Dec, 15:00–16:00, visits/ }).click();
    expect(await rowOf(/2 Dec, 15:00–16:00, visits.*comes on/).count() === 0, "still there");
    const add = async (shift, who) => {
      const value = await page.locator("#shift_id option", { hasText: shift }).first()
        .getAttribute("value");
      await page.getByLabel("Shift", { exact: true }).selectOption(value);
      await page.getByLabel("Who", { exact: true }).selectOption({ label: who });
      await page.getByRole("button", { name: "Add to the draft" }).click();
    };
    const people = (await page.locator("#person_id option").allTextContents()).slice(1);
    let taken = 0;
    for (const who of people) {
      await add(/2 Dec, 15:00–16:00, visits/, who);
      if (await page.locator(".govuk-error-summary").count() === 0) taken += 1;
      if (await page.locator(".al-note", { hasText: "What it would break" }).count()) break;
    }
    expect(taken > 0, "nobody could be added");
    await expectText(page.locator(".al-note"), "on another shift that day");
    await checkPage(page);
    await picture(page, "draft-breaks");
    await page.getByRole("button", { name: "Add to the draft" }).click();
    await expectText(page.locator(".govuk-error-summary"), "Choose somebody.");
    // Those who would break something go; one stays.
    const breaking = page.locator(".al-note li");
    for (let left = await breaking.count(); left > 0; left = await breaking.count()) {
      const who = await breaking.first().locator("strong").textContent();
      await page.getByRole("button", { name: new RegExp(`^Remove ${who}, .*visits`) }).first()
        .click();
    }
    const rest = page.getByRole("row", { name: /2 Dec, 15:00–16:00, visits.*comes on/ });
    while (await rest.count() > 1) {
      await rest.first().getByRole("button").click();
      await page.waitForLoadState("load");
    }
    if (await rest.count() === 0) {
      for (const who of people) {
        await add(/2 Dec, 15:00–16:00, visits/, who);
        if (await page.locator(".govuk-error-summary").count() > 0) continue;
        if (await breaking.count() === 0) break;
        await page.getByRole("button", { name: new RegExp(`^Remove ${who}, .*2 Dec, 15`) })
          .click();
      }
    }
    expect(await rest.count() === 1, "not one person on it");
  });

  await tests.test("it is thrown away and got back, then published in one go", async () => {
    await page.goto(draft);
    await page.getByRole("button", { name: "Throw it away" }).click();
    await expectText(main, "This draft was thrown away.");
    await checkPage(page);
    await page.getByRole("button", { name: "Get it back" }).click();
    await page.getByRole("button", { name: "Publish this draft" }).click();
    await expectText(main, "This draft was published. It is the rota now.");
    await checkEverywhere(page, draft, "draft-published");
    await page.goto(onCall);
    const row = await rowOf(/2 Dec.* visits/).textContent();
    peer = row.match(/Peer \d+/)?.[0];
    expect(Boolean(peer), `nobody is on it: ${row}`);
  });

  await tests.test("somebody is suspended: the gaps show, and a repair is offered", async () => {
    await page.goto("/peers");
    await page.getByRole("link", { name: peer, exact: true }).click();
    await page.getByLabel("Reviewed on").fill("2030-01-15");
    await page.getByRole("button", { name: "Suspend at once" }).click();
    await page.goto(onCall);
    await expectText(rowOf(/2 Dec.* visits/), "nobody yet");
    // Above the calendar the soonest gaps; the others open by a press, without JavaScript too.
    const calendar = "/on-call/calendar?scheme=pops&from=2026-12-07";
    const gaps = page.locator(".al-to-do__item").filter({ hasText: "short" });
    for (const rows of ["shifts", "peers"]) {
      await checkEverywhere(page, `${calendar}&rows=${rows}`, `cal-gaps-${rows}`);
    }
    expect(await gaps.filter({ visible: true }).count() === 3, "not the first three");
    expect(await gaps.count() > 3, "no others");
    await page.locator("summary", { hasText: /^\s*\d+ more gaps/ }).click();
    expect(await gaps.filter({ visible: true }).count() === await gaps.count(), "not all");
    await checkEverywhere(page, `${calendar}&rows=peers&period=month`, "cal-gaps-month");
    await page.goto("/overview");
    await page.getByRole("button", { name: "Repair the rota" }).first().click();
    await expectText(page.locator("h1"), "Repair the rota");
    await checkEverywhere(page, "/on-call/repair?scheme=pops", "repair");
    await page.goto(onCall);
    await page.getByRole("button", { name: "Repair with the fewest changes" }).click();
    await expectText(main, "What would change");
    await expectText(page.locator("h2").first(), /^The shifts of \d+ (person|people) change$/);
    const changes = async () => page.locator("main .govuk-list--spaced > li li").count();
    const ofTheWeek = await changes();
    await page.getByRole("link", { name: "The first day with a gap" }).click();
    const ofTheDay = await changes();
    await page.getByRole("link", { name: "All four weeks" }).click();
    const ofAll = await changes();
    // Two of the four weeks are open in the demo.
    expect(ofTheDay > 0 && ofTheDay < ofTheWeek && ofTheWeek < 20 && ofAll > 40,
      `${ofTheDay} changes for the day, ${ofTheWeek} for the week, ${ofAll} for all`);
    await page.getByRole("link", { name: "That day and the seven after it" }).click();
    const published = { hasText: /^on \S+ (\d+ Nov|[1-8] Dec), / };
    const shown = page.locator("main .govuk-list--spaced > li")
      .filter({ has: page.locator("li").filter(published) }).first();
    const who = await shown.locator("strong").textContent();
    const line = await shown.locator("li").filter(published).first().textContent();
    repaired = { who, shift: line.replace(/^on /, "") };
    const [, day, hours] = repaired.shift.match(/^(.*), (\d\d:\d\d–\d\d:\d\d), /);
    await page.getByRole("button", { name: /^Make (this|these)/ }).click();
    await expectText(main, /changes? (was|were) made/);
    await expectText(rowOf(new RegExp(`${day}.*${hours}`)), who);
    await checkEverywhere(page, "/on-call/repair?scheme=pops", "repaired");
  });

  await tests.test("what became of it stands on one page, and the rota as it stood", async () => {
    await page.goto(onCall);
    await page.getByRole("link", { name: "Changes", exact: true }).click();
    const titles = await page.locator(".moj-timeline__title").allTextContents();
    expect(titles[0] === "Repair", `first: ${titles[0]}`);
    const lines = await page.locator(".moj-timeline__item").first().locator("li")
      .allTextContents();
    // Somebody else may have come off the same shift for them.
    const isIt = (line) => line.startsWith(`${repaired.shift}: `) &&
      line.includes(`${repaired.who} on`);
    expect(lines.some(isIt), `${repaired.who} isn't on ${repaired.shift}: ${lines.join(" | ")}`);
    expect(titles.includes("A draft was published"), titles.join());
    const moved = await page.locator(".moj-timeline__item", { hasText: "Movement" }).first()
      .textContent();
    expect(moved.includes(`visits: ${peer} off (stopped being ready)`), moved);
    expect(titles.indexOf("Repair") < titles.indexOf("A draft was published"), "not newest first");
    await page.getByRole("link", { name: /^The draft that was version/ }).click();
    await expectText(main, "This draft was published.");
    await page.goBack();
    await page.getByRole("link", { name: /^Version \d+ beside the rota/ }).first().click();
    await expectText(page.getByRole("row", { name: /2 Dec.*visits/ }), peer);
    const address = page.url();
    await checkEverywhere(page, address, "stood");
    await checkEverywhere(page, "/on-call/changes?scheme=pops", "changes");
    await page.goto(address);
    await page.getByLabel("As it stood on").fill("2026-11-20");
    await page.getByRole("button", { name: "Show it" }).click();
    await expectText(page.getByRole("row", { name: /2 Dec.*visits/ }), "no such shift");
    await page.getByLabel("As it stood on").fill("2030-11-20");
    await page.getByRole("button", { name: "Show it" }).click();
    await expectText(page.locator(".govuk-error-summary"), "Choose a moment that has been.");
    await speak(page, "en");
  });

  await tests.test("what the night needs is said once, for all of them", async () => {
    await page.goto("/on-call/needs?scheme=pops&name=night");
    await checkEverywhere(page, "/on-call/needs?scheme=pops&name=night", "needs");
    await page.getByLabel("Structured Intervention Unit", { exact: true }).check();
    await page.getByRole("button", { name: "Save" }).click();
    await expectText(page.getByRole("row", { name: /^night/ }), "Structured Intervention Unit");
    await checkEverywhere(page, "/on-call/needs?scheme=pops", "needs-said");
    await page.goto(onCall);
    await page.locator('a[href^="/on-call/shifts/"]', { hasText: "night" }).first().click();
    await expectText(main, "Whoever is on it needs: clearance for Structured Intervention Unit.");
    await checkEverywhere(page, new URL(page.url()).pathname, "needs-shift");
  });

  await tests.test("nobody was asked of elsewhere", async () => {
    expect(window.faults.length === 0, window.faults.join());
  });
  await window.close();
}
