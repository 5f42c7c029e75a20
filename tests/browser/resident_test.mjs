// Someone who asks: from an account, a kiosk and a cell; and every way out.
import { becomeDevice, cardOf, checkPage, expect, expectText, openWindow, picture, press, signIn,
         speak } from "./harness.mjs";

export const demo = ["--at", "2026-11-25 20:30"];

export default async function run({ browser, demo: prison, tests }) {
  const officer = await openWindow(browser, prison);
  const board = officer.page;
  const own = await openWindow(browser, prison, { width: 375 });
  const { page } = own;

  await tests.test("lands where one asks, and is promised only what holds", async () => {
    await signIn(page, prison, "resident");
    expect(new URL(page.url()).pathname === "/ask", page.url());
    await expectText(page.locator("main"), "No officer is looking at the requests right now");
    await signIn(board, prison, "officer");
    await expectText(board.locator("#al-live-text"), "Live ");
    await page.reload();
    await expectText(page.locator("main"), "We ask the members who are rested");
    await expectText(page.locator("main"), "You do not have to say why");
  });

  await tests.test("asks, and takes it back with one press", async () => {
    await page.getByRole("button", { name: "Ask for POPS" }).dblclick();
    await page.getByRole("heading", { name: "You have asked" }).waitFor();
    await page.getByRole("button", { name: "I don’t need this any more" }).click();
    await page.getByRole("heading", { name: "This is closed" }).waitFor();
    await checkPage(page);
  });

  await tests.test("what was asked is on the page again, and goes with one press", async () => {
    await page.goto("/ask");
    await page.getByRole("button", { name: "Ask for POPS" }).click();
    await page.getByRole("heading", { name: "You have asked" }).waitFor();
    await page.goto("/ask");
    await expectText(page.locator("main"), "You have asked: POPS");
    await picture(page, "resident-asked-before");
    await page.getByRole("button", { name: "I don’t need this any more" }).click();
    await page.getByRole("heading", { name: "This is closed" }).waitFor();
    await page.goto("/ask");
    expect(await page.getByText("You have asked").count() === 0, "still there");
  });

  // What is heard is what is seen: each recording's words stand on the page, in that order.
  const heardIsSeen = async (where) => {
    const wrong = await where.evaluate(() => {
      const plain = (text) => text.replace(/\s+/g, " ");
      const copy = document.querySelector("main").cloneNode(true);
      for (const node of copy.querySelectorAll("figure, noscript, dialog, input")) node.remove();
      const seen = plain([...copy.querySelectorAll("p, h1, label, legend, .govuk-hint, div")]
        .filter((node) => !node.querySelector("p, h1, label, legend, div, form"))
        .map((node) => node.textContent).join(" "));
      return [...document.querySelectorAll("main audio")]
        .map((node) => plain(node.getAttribute("aria-label").replace(/^[^:]+: /, "")))
        .filter((said) => !seen.includes(said));
    });
    expect(wrong.length === 0, `heard, and not seen so: ${wrong.join(" | ")}`);
    expect(await where.locator("main audio").count() > 0, `nothing to hear on ${where.url()}`);
  };

  await tests.test("what can be heard is what can be seen, in both languages", async () => {
    for (const language of ["fr-CA", "en"]) {
      await page.goto("/ask");
      await speak(page, language);
      await heardIsSeen(page);
      await page.locator(".al-ask button").first().click();
      await page.waitForURL(/\/asked\//);
      await heardIsSeen(page);
      await page.locator("main form[action$=withdraw] button").click();
    }
  });

  await tests.test("a form that was sent already asks nothing again", async () => {
    await page.goto("/ask");
    const body = await page.locator(".al-ask form, form.al-ask").first()
      .evaluate((form) => new URLSearchParams(new FormData(form)).toString());
    const send = () => own.context.request.post("/ask", {
      data: body, headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    const first = await send(), second = await send();
    expect(first.url() === second.url() && first.ok(), `${first.url()} ${second.url()}`);
    await page.goto(first.url());
    await page.getByRole("button", { name: "I don’t need this any more" }).click();
  });

  await tests.test("asks for tomorrow, and no scheme is chosen for anybody", async () => {
    await page.goto("/ask");
    await page.getByRole("link", { name: "Tomorrow instead" }).click();
    expect(await page.locator("input[name=scheme]:checked").count() === 0, "a scheme is chosen");
    await page.getByRole("radio", { name: /^Tomorrow evening/ }).check();
    await page.getByRole("button", { name: "Ask for tomorrow" }).click();
    await expectText(page.locator(".govuk-error-summary"), "Choose who to ask");
    expect(await page.getByRole("radio", { name: /^Tomorrow evening/ }).isChecked(), "forgotten");
    await page.getByRole("radio", { name: "Listeners" }).check();
    await page.getByRole("button", { name: "Ask for tomorrow" }).click();
    await page.getByRole("heading", { name: "You have asked for later" }).waitFor();
    await expectText(page.locator("main"), "From tomorrow 19:00 on we look for a peer");
    await expectText(board.locator("main"), "Asked for later");
  });

  await tests.test("the other ways: helpline, staff, whom one would rather not meet", async () => {
    for (const [way, said] of [["Phone the helpline", "9-8-8"],
                               ["Talk to staff", "Press your bell"],
                               ["Anything that would help?", "You are never asked why"]]) {
      await page.goto("/ask");
      await page.getByRole("link", { name: way, exact: true }).click();
      await expectText(page.locator("main"), said);
    }
    await page.getByRole("link", { name: "Somebody you would rather not meet" }).click();
    await page.getByLabel("Their number").fill("999999Z");
    await page.getByRole("button", { name: "Add" }).click();
    await page.locator(".govuk-error-summary").waitFor();
  });

  await tests.test("in French, with its recording", async () => {
    await page.goto("/ask");
    await speak(page, "fr-CA");
    await page.getByRole("heading", { name: "Aimeriez‑vous parler à quelqu’un?" }).waitFor();
    const source = await page.locator("audio source, audio").first()
      .evaluate((node) => node.src || node.currentSrc);
    expect((await own.context.request.get(source)).ok(), `no recording at ${source}`);
  });

  const cell = await openWindow(browser, prison, { width: 375 });
  await tests.test("in a cell: a neutral tile, and dim and silent", async () => {
    await becomeDevice(cell.page, prison.devices[0].name);
    await cell.page.goto("/ask");
    expect(await cell.page.title() === "Start · Alongside", await cell.page.title());
    await cell.page.getByRole("link", { name: "Alongside: dim and silent" }).click();
    expect(await cell.page.locator("audio").count() === 0, "it can be heard");
    const brightest = await cell.page.evaluate(() => Math.max(...[...document.querySelectorAll(
      "body, .al-main *")].filter((node) => node.checkVisibility())
      .map((node) => getComputedStyle(node).backgroundColor.match(/[\d.]+/g) ?? [0, 0, 0])
      .map(([r, g, b, a = 1]) => (+r + +g + +b) * a)));
    expect(brightest < 200, `a bright surface: ${brightest}`);
    expect(await cell.page.title() === "Start · Alongside", "the title tells");
  });

  // What is to be pressed first is seen without scrolling.
  const inFirstScreen = async (where, ...names) => {
    const height = where.viewportSize().height;
    for (const name of names) {
      const box = await where.getByRole("button", { name }).or(where.getByRole("link", { name }))
        .first().boundingBox();
      expect(box.y + box.height <= height, `${name} ends at ${box.y + box.height} of ${height}`);
    }
  };

  await tests.test("in a cell: the buttons are on the first screen, with a request open as well",
    async () => {
      const { page: small } = cell;
      await small.goto("/ask?open=yes");
      await inFirstScreen(small, /^Ask for POPS/, "I need help right now");
      await own.close();
      const alone = await openWindow(browser, prison, { width: 375 });
      await signIn(alone.page, prison, "resident");
      await speak(alone.page, "en");
      await expectText(alone.page.locator("main"), "You have asked for later: Listeners");
      await inFirstScreen(alone.page, /^Ask for POPS/, "I need help right now",
                          "I don’t need this any more");
      await picture(alone.page, "resident-with-a-request");
      expect(await alone.page.locator("details.al-listen").count() === 1, "more than one control");
      await alone.page.getByRole("button", { name: "I don’t need this any more" }).click();
      await alone.close();
    });

  await tests.test("in a cell: while the server is away the page goes, and says where help is",
    async () => {
      const { page: lost, context } = cell;
      await lost.clock.install();
      await lost.goto("/ask?open=yes");
      await context.setOffline(true);
      await lost.clock.fastForward(101_000);
      await lost.getByRole("dialog").waitFor();
      await lost.clock.fastForward(21_000);
      await expectText(lost.locator("main"), "tell any officer, or press the bell");
      expect(!(await lost.textContent("body")).includes("Would you like to talk"), "still there");
      await context.setOffline(false);
      await Promise.all([lost.waitForURL(/\/ask$/), lost.clock.fastForward(11_000)]);
      expect(await lost.locator("h1").textContent() === "Start", "not back");
    });

  await tests.test("it clears itself, and gives more time to whoever wants it", async () => {
    await cell.page.clock.install();
    await cell.page.goto("/ask?open=yes");
    await cell.page.clock.fastForward(101_000);
    const dialog = cell.page.getByRole("dialog");
    await dialog.waitFor();
    await dialog.getByRole("button", { name: "Yes, more time" }).click();
    await dialog.waitFor({ state: "hidden" });
    await cell.page.clock.fastForward(101_000);
    await dialog.waitFor();
    await Promise.all([cell.page.waitForURL(/\/ask$/), cell.page.clock.fastForward(21_000)]);
    expect(await cell.page.locator("h1").textContent() === "Start", "not cleared");
    await cell.close();
  });

  const kiosk = await openWindow(browser, prison);
  await tests.test("at a kiosk: by the number of the cell, and never a name", async () => {
    await becomeDevice(kiosk.page, prison.devices[1].name);
    await kiosk.page.getByRole("button", { name: "Ask for POPS" }).click();
    await heardIsSeen(kiosk.page);
    const main = kiosk.page.locator("main");
    expect(await main.getByText("your bell").count() === 0, "a kiosk has no bell");
    await kiosk.page.goto("/ask");
    await inFirstScreen(kiosk.page, "Ask for POPS", "I need help right now");
    await picture(kiosk.page, "resident-kiosk");
    await kiosk.page.getByRole("button", { name: "Ask for POPS" }).click();
    await kiosk.page.getByRole("textbox", { name: "Your cell’s number" }).fill("9-999");
    await kiosk.page.getByRole("button", { name: "Ask", exact: true }).click();
    await expectText(kiosk.page.locator(".govuk-error-summary"), "doesn’t fit a cell on this wing");
    await kiosk.page.getByRole("textbox", { name: "Your cell’s number" }).fill("2-022");
    await kiosk.page.getByRole("button", { name: "Ask", exact: true }).click();
    await kiosk.page.getByRole("heading", { name: "You have asked" }).waitFor();
    await heardIsSeen(kiosk.page);
    const card = cardOf(board, "B-2-022");
    await expectText(card, "Did you ask?");
    await press(card, "Ask them: “Did you ask?”");
    await board.getByRole("button", { name: "No, they didn’t ask" }).click();
    await card.waitFor({ state: "detached" });
  });

  await tests.test("at a kiosk: who walks away signed in is gone from it, page and session",
    async () => {
      const { page } = kiosk;
      await signIn(page, prison, "resident");
      await page.clock.install();
      await page.goto("/account");
      expect(new URL(page.url()).pathname === "/account", page.url());
      await page.clock.fastForward(161_000);
      await page.getByRole("dialog").waitFor();
      await checkPage(page);
      await Promise.all([page.waitForURL(/\/ask$/), page.clock.fastForward(21_000)]);
      await page.goto("/account");
      expect(new URL(page.url()).pathname === "/sign-in", page.url());
      await kiosk.close();
    });

  await tests.test("without JavaScript a screen that many use forgets by itself", async () => {
    const still = await openWindow(browser, prison, { script: false });
    await becomeDevice(still.page, prison.devices[2].name);
    await still.page.goto("/ask");
    const content = await still.page.locator("meta[http-equiv=refresh]").getAttribute("content");
    expect(content === "120;url=/ask/clear", content);
    await still.page.getByRole("link", { name: /I need more time/ }).click();
    await still.close();
  });

  await tests.test("nothing broke on the way", async () =>
    expect(officer.faults.length === 0, officer.faults.join("\n")));
  await officer.close();
}
