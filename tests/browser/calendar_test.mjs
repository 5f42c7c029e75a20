// The rota as a calendar: looked at, changed by keyboard and mouse with the consequence shown,
// undone; and all of it without JavaScript.
import { checkPage, expect, expectText, languages, openWindow, picture, signIn, speak, whatIsWrong }
  from "./harness.mjs";

export const demo = ["--at", "2026-11-25 09:05"];

const week = "/on-call/calendar?scheme=pops&from=2027-01-12";

// The calendar's box of this shift: "night", "Wed 25 Nov".
const boxOf = (page, kind, day) =>
  page.locator(`.al-cal [data-label="${day}, ${kind}"]`);
const nameIn = (box, peer) => box.locator(".al-cal__peer", { hasText: peer });
const said = (page) => page.locator(".al-cal-said");
const peer = "Peer 3";

async function addShift(page, day, name, from, to) {
  await page.goto("/on-call/new?scheme=pops");
  await page.getByLabel("Day on which it begins").fill(`2027-01-${day}`);
  await page.getByLabel("Name of the shift").fill(name);
  await page.getByLabel("Begins at").fill(from);
  await page.getByLabel("Ends at").fill(to);
  await page.getByLabel("How many people").fill("1");
  await page.getByRole("button", { name: "Add" }).click();
}
// As a hand does it: pressed, a little way first, then there.
async function drag(from, to) {
  const page = from.page();
  await page.locator(".al-cal-wide .al-cal__peer[role=button]").first().waitFor();
  const middle = async (place) => {
    const box = await place.boundingBox();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const [x, y] = await middle(from);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 12, y + 8, { steps: 3 });
  await page.mouse.move(...await middle(to), { steps: 6 });
  await page.mouse.up();
}
const dialog = (page) => page.locator("dialog[open]");

export default async function run({ browser, demo: prison, tests }) {
  const window = await openWindow(browser, prison);
  const { page } = window;
  await signIn(page, prison, "coordinator");

  await tests.test("the calendar by shift and by peer, of a week and a month", async () => {
    await page.goto("/on-call?scheme=pops");
    await page.getByRole("link", { name: "Calendar of the month and the week" }).click();
    await expectText(page.locator("main"), "From 23 Nov 2026 to 29 Nov 2026.");
    for (const language of languages) {
      await speak(page, language);
      for (const rows of ["shifts", "peers"]) {
        for (const period of ["week", "month"]) {
          await page.goto(`/on-call/calendar?scheme=pops&rows=${rows}&period=${period}`);
          for (const width of [320, 375, 1280]) {
            await page.setViewportSize({ width, height: 800 });
            if (width > 320) await picture(page, `cal-${rows}-${period}-${language}-${width}`);
            await checkPage(page);
          }
        }
      }
    }
    await speak(page, "en");
    await page.goto("/on-call/calendar?scheme=pops&period=month&rows=peers");
    await page.getByRole("link", { name: "The month after" }).click();
    await expectText(page.locator("main"), "From 1 Dec 2026 to 31 Dec 2026.");
    await page.getByRole("link", { name: "Today", exact: true }).click();
    await expectText(page.locator("main"), "From 1 Nov 2026 to 30 Nov 2026.");
  });

  await tests.test("by keyboard: picked up, moved over the days, put down, saved and undone",
    async () => {
      for (const day of [11, 12, 13, 14, 16]) await addShift(page, day, "night", "22:00", "06:00");
      await addShift(page, 11, "late", "14:00", "22:00");
      await page.goto(week);
      await expectText(page.locator(".al-to-do"), "1 person short");
      // Without a mouse from the list of peers: onto Monday's night.
      await page.locator(".al-cal-people a", { hasText: peer }).focus();
      await page.keyboard.press("Enter");
      await expectText(said(page), "Mon 11 Jan, late: Put here");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await dialog(page).getByRole("button", { name: "Save" }).press("Enter");
      await expectText(page.locator(".govuk-notification-banner"),
                       `${peer} is on: Mon 11 Jan, night.`);
      await nameIn(boxOf(page, "night", "Mon 11 Jan"), peer).focus();
      await page.keyboard.press("Enter");
      await expectText(said(page), `Mon 11 Jan, night: They come off this one.`);
      await page.keyboard.press("ArrowUp");
      await expectText(said(page), "Mon 11 Jan, late: ");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowRight");
      await expectText(said(page), "Tue 12 Jan, night: Put here");
      await picture(page, "cal-held-1280");
      await checkPage(page);
      await page.keyboard.press("Escape");
      await expectText(said(page), "Put back. Nothing was changed.");
      expect(await page.evaluate(() => document.activeElement.matches(".al-cal__peer")),
             "the focus isn't where it was");
      await page.keyboard.press("Space");
      await expectText(said(page), "They come off this one.");
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Enter");
      await expectText(dialog(page), `What it would change for ${peer}`);
      await expectText(dialog(page), "Off: Mon 11 Jan, night");
      await expectText(dialog(page), "It would be short by 1.");
      await picture(page, "cal-consequence-1280");
      await checkPage(page);
      await dialog(page).getByRole("button", { name: "Save" }).press("Enter");
      await expectText(page.locator(".govuk-notification-banner"),
                       `${peer} is off Mon 11 Jan, night and on Tue 12 Jan, night.`);
      expect(await nameIn(boxOf(page, "night", "Tue 12 Jan"), peer).count() === 1, "not there");
      await checkPage(page);
      await page.getByRole("button", { name: "Undo" }).click();
      await expectText(page.locator(".govuk-notification-banner"), "It is undone");
      expect(await nameIn(boxOf(page, "night", "Mon 11 Jan"), peer).count() === 1, "not back");
    });

  await tests.test("by mouse: dragged, refused with the reason, and cancelled", async () => {
    await page.setViewportSize({ width: 1280, height: 1600 });
    await drag(nameIn(boxOf(page, "night", "Mon 11 Jan"), peer),
               boxOf(page, "night", "Wed 13 Jan"));
    await expectText(dialog(page), `What it would change for ${peer}`);
    await dialog(page).getByRole("link", { name: "Cancel" }).click();
    await expectText(said(page), "Nothing was changed.");
    expect(await nameIn(boxOf(page, "night", "Mon 11 Jan"), peer).count() === 1, "gone");
    // From the list of peers onto the night after: two nights running.
    const listed = page.locator(".al-cal-people a", { hasText: peer });
    await drag(listed, boxOf(page, "night", "Tue 12 Jan"));
    await expectText(said(page), "two nights running");
    expect(await dialog(page).count() === 0, "it was asked about");
    await drag(listed, boxOf(page, "night", "Thu 14 Jan"));
    await dialog(page).getByRole("button", { name: "Save" }).click();
    await expectText(page.locator(".govuk-notification-banner"),
                     `${peer} is on: Thu 14 Jan, night.`);
    await page.getByRole("button", { name: "Undo" }).click();
    await expectText(page.locator(".govuk-notification-banner"), "It is undone");
  });

  await tests.test("by peer: in their own row, by keyboard and by mouse, undone", async () => {
    await page.goto(`${week}&rows=peers`);
    const row = page.locator("tr[data-person]", { hasText: peer });
    const on = (kind) => row.locator("td .al-cal__peer", { hasText: kind });
    await on("night").first().focus();
    await page.keyboard.press("Enter");
    await expectText(said(page), "Mon 11 Jan, night: They come off this one.");
    await checkPage(page);
    await picture(page, "cal-by-peer-held-1280");
    await page.keyboard.press("ArrowUp");
    await expectText(said(page), "Mon 11 Jan, late: ");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    await expectText(said(page), "Tue 12 Jan, night: Put here");
    await page.keyboard.press("Escape");
    await expectText(said(page), "Put back. Nothing was changed.");
    expect(await row.locator(".al-cal__may, [data-added]").count() === 0, "something is left");
    expect(await page.evaluate(() => document.activeElement.matches(".al-cal__peer")),
           "the focus isn't where it was");
    // By mouse: the places appear in the row once the name is dragged.
    const from = await on("night").first().boundingBox();
    await page.mouse.move(from.x + 10, from.y + 8);
    await page.mouse.down();
    await page.mouse.move(from.x + 24, from.y + 12, { steps: 3 });
    const place = row.locator('[data-label="Wed 13 Jan, night"]');
    await place.waitFor();
    const to = await place.boundingBox();
    await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 6 });
    await page.mouse.up();
    await expectText(dialog(page), "Off: Mon 11 Jan, night");
    await dialog(page).getByRole("button", { name: "Save" }).click();
    await expectText(page.locator(".govuk-notification-banner"),
                     `${peer} is off Mon 11 Jan, night and on Wed 13 Jan, night.`);
    expect(new URL(page.url()).searchParams.get("rows") === "peers", "not by peer any more");
    await page.getByRole("button", { name: "Undo" }).click();
    await expectText(page.locator(".govuk-notification-banner"), "It is undone");
    // Of a month, in narrow columns.
    await page.goto(`${week}&rows=peers&period=month`);
    await row.locator("th .al-cal__peer").focus();
    await page.keyboard.press("Enter");
    await expectText(said(page), "Put here");
    await picture(page, "cal-by-peer-month-held-1280");
    await checkPage(page);
    await page.keyboard.press("Escape");
    // Without JavaScript, and on a narrow screen.
    const storageState = await window.context.storageState();
    const plain = await openWindow(browser, prison, { script: false, width: 320, storageState });
    await plain.page.goto(`${week}&rows=peers`);
    await plain.page.locator(".al-cal-days > li", { hasText: "Mon 11 Jan" })
      .getByRole("link", { name: /^night/ }).click();
    await expectText(plain.page.locator("#al-cal-held"), "is picked up from Mon 11 Jan, night.");
    const wrong = await whatIsWrong(plain.page, { axe: false });    // axe needs its timers
    expect(wrong.length === 0, wrong.join());
    await picture(plain.page, "cal-by-peer-plain-320");
    await plain.page.locator(".al-cal-days > li", { hasText: "Wed 13 Jan" })
      .getByRole("link", { name: /^Put here/ }).click();
    await expectText(plain.page.locator("main"), "Nothing has changed yet.");
    await plain.close();
  });

  await tests.test("given to somebody else in one step: by keyboard, by mouse, by links",
    async () => {
      const banner = page.locator(".govuk-notification-banner");
      const given = "is on instead of Peer 3: Mon 11 Jan, night.";
      const row = (who) => page.locator("tr[data-person]", { hasText: who });
      const theirs = row(peer).locator("td .al-cal__peer", { hasText: "night" }).first();
      for (const rows of ["peers", "shifts"]) {
        await page.goto(`${week}&rows=${rows}`);
        const box = boxOf(page, "night", "Mon 11 Jan");
        await (rows === "peers" ? theirs : nameIn(box, peer)).focus();
        await page.keyboard.press("Enter");
        await expectText(said(page), "They come off this one.");
        await page.getByRole("button", { name: "Somebody else takes it" }).waitFor();
        await page.keyboard.press("Enter");
        await expectText(dialog(page), "Somebody else takes it from Peer 3");
        await checkPage(page);
        await picture(page, `cal-give-${rows}-1280`);
        await page.keyboard.press("Escape");
        await expectText(said(page), "Put back. Nothing was changed.");
        await page.keyboard.press("Enter");
        await expectText(said(page), "They come off this one.");
        await page.keyboard.press("Enter");
        await dialog(page).getByRole("link", { name: "Peer 5", exact: true }).press("Enter");
        await expectText(dialog(page), "What Peer 3 would carry");
        await checkPage(page);
        await dialog(page).getByRole("button", { name: "Save" }).press("Enter");
        await expectText(banner, `Peer 5 ${given}`);
        await page.getByRole("button", { name: "Undo" }).click();
        await expectText(banner, "It is undone");
      }
      // By mouse, from one row into another.
      await page.goto(`${week}&rows=peers`);
      await drag(theirs, row("Peer 4").locator("td").nth(2));
      await expectText(dialog(page), "What it would change for Peer 4");
      await dialog(page).getByRole("button", { name: "Save" }).click();
      await expectText(banner, `Peer 4 ${given}`);
      await page.getByRole("button", { name: "Undo" }).click();
      await expectText(banner, "It is undone");
      // Without JavaScript, on a narrow screen.
      const storageState = await window.context.storageState();
      const plain = await openWindow(browser, prison, { script: false, width: 320, storageState });
      await plain.page.goto(`${week}&rows=peers`);
      await plain.page.locator(".al-cal-days > li", { hasText: "Mon 11 Jan" })
        .getByRole("link", { name: /^night/ }).click();
      await picture(plain.page, "cal-give-plain-320");
      await plain.page.locator("#al-cal-give").getByRole("link", { name: "Peer 5" }).click();
      await expectText(plain.page.locator("main"), "Nothing has changed yet.");
      const wrong = await whatIsWrong(plain.page, { axe: false });
      expect(wrong.length === 0, wrong.join());
      await plain.page.getByRole("button", { name: "Save" }).click();
      await expectText(plain.page.locator("main"), `Peer 5 ${given}`);
      await plain.page.getByRole("button", { name: "Undo" }).click();
      await expectText(plain.page.locator("main"), "It is undone");
      await plain.close();
    });

  await tests.test("without JavaScript: from the shift's page, by links and forms", async () => {
    const storageState = await window.context.storageState();
    const plain = await openWindow(browser, prison, { script: false, width: 375, storageState });
    await plain.page.goto(week);
    const day = plain.page.locator(".al-cal-days > li", { hasText: "Mon 11 Jan" });
    await day.getByRole("link", { name: /^night/ }).click();
    await plain.page.getByRole("link", { name: "Move to another shift" }).first().click();
    await expectText(plain.page.locator("#al-cal-held"), "is picked up from Mon 11 Jan, night.");
    await picture(plain.page, "cal-plain-375");
    const saturday = plain.page.locator(".al-cal-days > li", { hasText: "Sat 16 Jan" });
    await saturday.getByRole("link", { name: /^Put here ?, Sat 16 Jan, night/ }).click();
    await expectText(plain.page.locator("main"), "Nothing has changed yet.");
    await picture(plain.page, "cal-plain-consequence-375");
    await plain.page.getByRole("button", { name: "Save" }).click();
    await expectText(plain.page.locator("main"), "and on Sat 16 Jan, night.");
    await plain.page.getByRole("button", { name: "Undo" }).click();
    await expectText(plain.page.locator("main"), "It is undone");
    await plain.close();
  });

  await tests.test("one person on several shifts, all or none; several people on one", async () => {
    await page.goto(week);
    await page.getByRole("link", { name: "One person on several shifts" }).click();
    await page.getByLabel("Who").selectOption({ label: peer });
    await page.getByLabel("Which shift").selectOption({ label: "night" });
    await page.getByLabel("First day").fill("2027-01-11");
    await page.getByLabel("Last day").fill("2027-01-17");
    await page.getByRole("button", { name: "Show these shifts" }).click();
    await expectText(page.locator("main"), "Not these, with the others");
    await expectText(page.locator("main"), "They are on it.");
    for (const width of [375, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      await picture(page, `cal-several-${width}`);
      await checkPage(page);
    }
    await page.getByRole("button", { name: "Put them on all of these" }).click();
    await expectText(page.locator(".govuk-notification-banner"),
                     `${peer} is on: Wed 13 Jan, night`);
    await page.getByRole("button", { name: "Undo" }).click();
    await expectText(page.locator(".govuk-notification-banner"), "It is undone");
    await page.goto(week);
    await boxOf(page, "night", "Wed 13 Jan").getByRole("link").first().click();
    await picture(page, "cal-shift-1280");
    for (const one of ["Peer 1", "Peer 2"]) await page.getByLabel(one, { exact: true }).check();
    await page.getByRole("button", { name: "Put them on" }).click();
    await page.goto(week);
    const there = boxOf(page, "night", "Wed 13 Jan").locator(".al-cal__peer");
    expect(await there.count() === 2, "not both are on it");
  });

  await tests.test("a temporary schedule: what it changes first, then saved and taken back",
    async () => {
      await page.goto("/on-call?scheme=pops");
      await page.getByRole("link", { name: "Temporary schedule" }).click();
      await page.getByLabel("What it is called").fill("snow week");
      await page.getByLabel("First day").fill("2027-01-13");
      await page.getByLabel("Last day").fill("2027-01-14");
      await page.getByLabel("Days of the cycle").fill("1");
      await page.getByLabel("Shifts, one a line").fill(
        "1; 20:00-04:00; night; 2;\n1; 12:00-20:00; late; 1; Peer 5");
      await page.getByRole("button", { name: "Show what it changes" }).click();
      await expectText(page.locator("main"), "2 shifts are added");
      await expectText(page.locator("main"), "2 shifts change");
      await expectText(page.locator("main"), "before: 22:00–06:00");
      for (const language of languages) {
        for (const width of [375, 1280]) {
          await page.setViewportSize({ width, height: 800 });
          await picture(page, `cal-temporary-${language}-${width}`);
          await checkPage(page);
        }
        if (language === languages[0]) {
          await page.getByRole("button", { name: "Save" }).click();
          await expectText(page.locator(".govuk-notification-banner"), "is saved");
          await speak(page, languages[1]);
        }
      }
      await speak(page, "en");
      await page.goto(week);
      await expectText(boxOf(page, "night", "Wed 13 Jan"), "20:00–04:00");
      await expectText(boxOf(page, "night", "Wed 13 Jan"), "Peer 1");
      await expectText(boxOf(page, "late", "Thu 14 Jan"), "Peer 5");
      await page.goto("/on-call/temporary?scheme=pops");
      await page.getByRole("button", { name: "Take it back" }).click();
      await expectText(page.locator(".govuk-notification-banner"), "It is taken back");
      await page.goto(week);
      await expectText(boxOf(page, "night", "Wed 13 Jan"), "22:00–06:00");
      expect(await boxOf(page, "late", "Thu 14 Jan").count() === 0, "the late one is still there");
    });

  await tests.test("on paper the calendar stands without what is for the screen", async () => {
    await page.goto(week);
    await page.emulateMedia({ media: "print" });
    for (const hidden of [".al-cal-people", ".al-cal-ways"]) {
      expect(!await page.locator(hidden).first().isVisible(), `${hidden} is on the paper`);
    }
    expect(await page.locator(".al-cal").first().isVisible(), "no table");
    await page.emulateMedia({ media: null });
  });

  await tests.test("nobody was asked of elsewhere", async () => {
    expect(window.faults.length === 0, window.faults.join());
  });
  await window.close();
}
