// A peer's own page: the call, saying no, looking after oneself, and the sheet.
import { cardOf, checkPage, expect, expectText, openWindow, picture, press, signIn, story }
  from "./harness.mjs";

export const demo = ["--at", "2026-11-25 20:10"];

const nameOf = (label) => label.split(" · ")[0].toLowerCase().replace(" ", "");

export default async function run({ browser, demo: prison, tests }) {
  const step = story(tests);
  const officer = await openWindow(browser, prison);
  const board = officer.page;
  const windows = [officer];
  const me = async (name) => {
    const window = await openWindow(browser, prison, { width: 375 });
    windows.push(window);
    await signIn(window.page, prison, name);
    return window.page;
  };
  const knock = async () => {
    await board.goto("/board");
    await press(cardOf(board, "B-2-011"), "Choose a peer");
    const label = await board.locator(".al-peer__who").first().textContent();
    await board.getByRole("button", { name: /^Knock at / }).first().click();
    return me(nameOf(label));
  };

  await step("a call stands on the page, with no cell and no name; saying no is free", async () => {
    await signIn(board, prison, "officer");
    const page = await knock();
    await expectText(page.locator(".al-call"), "Someone on B wing would like to talk");
    await expectText(page.locator("main"), "Saying no is always fine. You won’t be asked why.");
    expect(!(await page.textContent("main")).includes("B-2-011"), "the cell is shown");
    await checkPage(page);
    await press(page, "Not this time");
    await page.locator(".al-call").waitFor({ state: "detached" });
  });

  await step("the next peer can go, pressed twice", async () => {
    const page = await knock();
    await page.waitForTimeout(350);
    await page.getByRole("button", { name: "I can go" }).dblclick();
    await expectText(page.locator("main"), "You said yes. An officer brings you");
    await board.goto("/board");
    await expectText(cardOf(board, "B-2-011"), "said yes at");
    expect(await cardOf(board, "B-2-011").getByText("said yes at").count() === 1, "twice");
  });

  await step("a call comes up by itself, and goes by itself", async () => {
    await board.goto("/board");
    await press(cardOf(board, "C-2-011"), "Choose a peer");
    const name = await board.locator(".al-peer__who").first().textContent();
    const waiting = await me(nameOf(name));
    await expectText(waiting.locator("main"), "Nobody needs you right now");
    await board.getByRole("button", { name: /^Knock at / }).first().click();
    await expectText(waiting.locator(".al-call"), "would like to talk");
    await press(waiting, "I can go");
    await expectText(waiting.locator("main"), "You said yes");
    await expectText(board.locator("main"), "They have said yes, and are going");
  });

  let page, label;
  await step("who was out today owes a sheet, and is owed a debrief", async () => {
    const lead = await openWindow(browser, prison);
    windows.push(lead);
    await signIn(lead.page, prison, "coordinator");
    label = (await lead.page.locator(".al-peer__who", { hasText: "Debrief: Peer" }).first()
      .textContent()).replace("Debrief: ", "");
    page = await me(nameOf(label));
    await expectText(page.locator("main"), "Owed to you");
  });

  await step("the sheet: taps alone, and a draft is kept", async () => {
    await page.getByRole("link", { name: /^My sheet/ }).click();
    await checkPage(page);
    expect(await page.locator("main textarea, main input[type=text]").count() === 0,
           "there is a place for a story");
    await page.getByRole("radio", { name: "In distress", exact: true }).check();
    await page.goto("/me");
    await page.getByRole("link", { name: /^My sheet/ }).click();
    expect(await page.getByRole("radio", { name: "In distress", exact: true }).isChecked(),
           "the draft is lost");
    await page.getByRole("button", { name: "Done" }).click();
    await page.waitForURL(/\/me$/);
    expect(await page.getByRole("link", { name: /^My sheet/ }).count() === 0, "still owed");
  });

  await step("my shifts and my hours", async () => {
    await page.goto("/me");
    const shifts = page.locator("#shifts li");
    expect(await shifts.count() >= 3, "no shifts");
    expect(!/\d{4}-\d\d-\d\d/.test(await page.textContent("main")), "a raw date");
    await expectText(page.locator("#hours"), "h with people in the last seven days");
  });

  await step("when I can’t, and what I wish: said, told twice, taken back", async () => {
    await page.goto("/me");
    await page.getByRole("link", { name: /^When I can’t/ }).click();
    const say = async (what, from, more = async () => {}) => {
      await page.getByRole("radio", { name: what, exact: true }).check();
      await page.getByLabel("First day").fill(from);
      await more();
      await press(page, "Save");
    };
    await say("I can’t: court", "2026-11-30");
    await expectText(page.locator(".al-shifts li"), "Can’t: court");
    await say("I can’t: work", "2026-11-30");
    await expectText(page.locator(".govuk-error-summary"), "Something is said already");
    await page.locator(".govuk-error-summary a").click();
    expect(await page.evaluate(() => document.activeElement.id) === "from_on", "leads elsewhere");
    await checkPage(page);
    await page.goto("/me/availability");
    await say("I would rather be on call", "2026-11-30", async () => {
      await page.getByLabel("Last day").fill("2026-12-11");
      await page.getByRole("checkbox", { name: "Mon" }).check();
      await page.getByRole("radio", { name: /^Night/ }).check();
    });
    await expectText(page.locator(".al-shifts li"), "Mon 30 Nov to Fri 11 Dec, Mon, 22:00–06:00");
    await checkPage(page);
    await page.locator(".al-shifts li", { hasText: "court" })
      .getByRole("button", { name: "Take it back" }).click();
    await page.locator(".al-shifts li", { hasText: "court" }).waitFor({ state: "detached" });
    const enough = page.getByLabel("Shifts in any seven days");
    await enough.selectOption("At most 3");
    await press(page, "Save how many");
    expect(await enough.inputValue() === "3", "it isn't kept");
    await expectText(page.locator(".govuk-inset-text"), "At most 3");
    for (const width of [375, 1280]) {
      await page.setViewportSize({ width, height: 720 });
      await checkPage(page);
      await picture(page, `availability-${width}`);
    }
    await page.goto("/me");
  });

  // A shift on a day far ahead, on which the scheme has no other, and who is on it.
  const title = "Mon 28 Dec, 14:00–22:00, late";
  const addShift = async (lead, scheme, who) => {
    await lead.goto(`/on-call/new?scheme=${scheme}`);
    await lead.getByLabel("Day on which it begins").fill("2026-12-28");
    await lead.getByLabel("Name of the shift").fill("late");
    await lead.getByLabel("Begins at").fill("14:00");
    await lead.getByLabel("Ends at").fill("22:00");
    await press(lead, "Add");
    await lead.getByRole("checkbox", { name: who, exact: true }).check();
    await press(lead, "Put them on");
  };
  const mine = (peer) => peer.locator("#shifts li", { hasText: title });
  const wanted = (peer) => peer.locator("#wanted li", { hasText: title });
  const askForIt = async (peer) => {
    await peer.goto("/me/shifts");
    await press(mine(peer), "Ask for it to be taken");
    await expectText(mine(peer), "You are on it until somebody has it.");
  };
  let lead;

  await step("a shift is asked to be taken, taken at once, given back, kept", async () => {
    const window = await openWindow(browser, prison);
    windows.push(window);
    lead = window.page;
    await signIn(lead, prison, "coordinator");
    await addShift(lead, "pops", "Peer 1");
    const asker = await me("peer1");
    await askForIt(asker);
    const other = await me("peer2");
    await other.getByRole("link", { name: /^Shifts to take/ }).click();
    await checkPage(other);
    expect(!(await other.textContent("main")).includes("Peer 1"), "says who asks");
    await press(wanted(other), "Take this shift");
    await expectText(mine(other), "You took this over.");
    await asker.goto("/me/shifts");
    expect(await mine(asker).count() === 0, "still on it");
    await press(mine(other), "Give it back");
    await mine(other).waitFor({ state: "detached" });
    await asker.goto("/me/shifts");
    await press(mine(asker), "I keep it after all");
    await asker.locator("#shifts li", { hasText: "You asked" }).waitFor({ state: "detached" });
    await checkPage(asker);
  });

  await step("where the policy says so, the coordinator says yes first", async () => {
    await addShift(lead, "listeners", "Listener 1");
    const asker = await me("listener1");
    await askForIt(asker);
    const other = await me("listener2");
    await other.getByRole("link", { name: /^Shifts to take/ }).click();
    await press(wanted(other), "Take this shift");
    await expectText(wanted(other), "Your coordinator decides");
    await lead.goto("/overview");
    await press(lead, "See the swaps");
    await checkPage(lead);
    await press(lead, "Yes, change it");
    await expectText(lead.locator(".al-to-do__item"), "Listener 2 has it instead of Listener 1");
    await other.goto("/me/shifts");
    await expectText(mine(other), "You took this over.");
    await press(lead, "Give it back");
    await asker.goto("/me/shifts");
    await expectText(mine(asker), "You asked");
    await page.goto("/me");
  });

  await step("“I need to talk” reaches whoever leads debriefs, once", async () => {
    await page.getByText("I need to talk to someone").first().click();
    await page.getByRole("button", { name: "Yes, tell them" }).dblclick();
    await expectText(page.locator("main"), "You said that you need to talk");
    const lead = await openWindow(browser, prison);
    windows.push(lead);
    await signIn(lead.page, prison, "coordinator");
    await expectText(lead.page.locator(".al-to-do"), label);
    await lead.page.goto("/debriefs");
    const talk = lead.page.locator(".al-to-do__item", { hasText: `${label} would like to talk` });
    expect(await talk.count() === 1, `${await talk.count()} times`);
    await talk.getByRole("button", { name: "Somebody is with them" }).click();
    await talk.waitFor({ state: "detached" });
  });

  await step("“I can’t today”: nobody asks why, nobody calls, until it is taken back", async () => {
    const other = await me("listener3");
    await other.getByRole("button", { name: "I can’t today" }).click();
    await expectText(other.locator("main"), "You have today off. Nobody asks why.");
    await checkPage(other);
    await Promise.all([other.waitForEvent("load"),
                       other.getByRole("button", { name: "I can go again today" }).click()]);
    expect(await other.getByRole("button", { name: "I can’t today" }).isVisible(),
           "the page after the press shows what was before it");
  });

  await step("someone one would rather not meet, seen by nobody else", async () => {
    await page.goto("/avoid");
    await page.getByLabel("Their number").fill("000000X");
    await page.getByRole("button", { name: "Add" }).click();
    await page.locator(".govuk-error-summary").waitFor();
    await checkPage(page);
  });

  await step("nothing broke on the way", async () => {
    const faults = windows.flatMap((window) => window.faults);
    expect(faults.length === 0, faults.join("\n"));
  });
  for (const window of windows) await window.close();
}
