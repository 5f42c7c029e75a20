// The wing officer: raising a request, at the doors, and when the board has lost contact.
import { cardOf, checkPage, expect, expectText, openWindow, picture, press, signIn }
  from "./harness.mjs";

export const demo = ["--at", "2026-11-25 02:20"];

export default async function run({ browser, demo: prison, tests }) {
  const window = await openWindow(browser, prison);
  const { page } = window;
  await signIn(page, prison, "officer");

  // The cursor stands where the cell is typed: that takes no tap.
  const typeCell = async (cell) => {
    await page.waitForFunction(() => document.activeElement.id === "cell");
    await page.keyboard.type(cell);
  };

  await tests.test("raises a request in three taps", async () => {
    let taps = 0;
    const tap = async (locator) => { taps += 1; await locator.click(); };
    await page.waitForTimeout(350);
    await tap(page.getByRole("button", { name: "Raise a request" }));
    await typeCell("c-3-5");
    await tap(page.getByRole("button", { name: "They say yes: ask Listeners" }));
    await page.waitForURL(/\/choose$/);
    expect(taps <= 3, `${taps} taps`);
    await expectText(page.locator("h1"), "C-3-005");
  });

  await tests.test("not going, and not reached, look the same and lead to the next peer",
    async () => {
      const answered = [];
      for (const answer of ["Not going", "Not reached"]) {
        answered.push(await page.locator(".al-peer__who").first().textContent());
        await page.getByRole("button", { name: /^Knock at / }).first().click();
        await press(page, answer);
        await page.waitForURL(/\/choose$/);
      }
      expect(answered[0] !== answered[1], "the same peer is asked again at once");
      await expectText(page.locator("main"), "Nobody can be sent to this request now");
      await expectText(page.locator("main"), "Offer the helpline");
      await page.getByRole("link", { name: "Everything about this request" }).click();
      const steps = await page.locator(".moj-timeline__item").allTextContents();
      const ended = steps.filter((step) => step.includes("An offer ended"))
        .map((step) => step.replaceAll(/\d\d:\d\d/g, "").trim());
      expect(ended.length === 2 && ended[0] === ended[1], ended.join(" | "));
    });

  await tests.test("in a double cell, too: which of the two is one press more", async () => {
    let taps = 0;
    const tap = async (locator) => { taps += 1; await locator.click(); };
    await page.goto("/board");
    await page.waitForTimeout(350);
    await tap(page.getByRole("button", { name: "Raise a request" }));
    await typeCell("C-1-4");
    await tap(page.getByRole("button", { name: "They say yes: ask POPS" }));
    await expectText(page.locator("h1"), "Which of the two would like to talk?");
    expect(await page.locator(".govuk-error-summary").count() === 0, "asked as an error");
    await checkPage(page);
    await picture(page, "officer-which-of-the-two");
    await tap(page.getByRole("button", { name: / · / }).last());
    await page.waitForURL(/\/choose$/);
    expect(taps <= 3, `${taps} taps`);
    await expectText(page.locator("h1"), "C-1-004");
    await page.getByRole("link", { name: "Everything about this request" }).click();
    await page.getByText("They say: no longer needed").click();
    await page.getByRole("button", { name: "Yes, close it" }).click();
  });

  await tests.test("the return key leaves no scheme to the alphabet", async () => {
    await page.goto("/board/raise");
    await page.getByLabel("Cell").fill("C-3-007");
    await page.keyboard.press("Enter");
    await expectText(page.locator("h1"), "Who should be asked?");
  });

  await tests.test("what isn't a cell, and who isn't on the roll", async () => {
    for (const [cell, said] of [["", "Enter the cell"], ["Z-9-999", "no such cell"]]) {
      await page.goto("/board/raise");
      await page.getByLabel("Cell").fill(cell);
      await page.getByRole("button", { name: "They say yes: ask POPS" }).click();
      await expectText(page.locator(".govuk-error-summary"), said);
    }
    await checkPage(page);
  });

  await tests.test("an urgent one, and closing it with a coded reason", async () => {
    await page.goto("/board");
    await press(cardOf(page, "C-3-005"), "Details");
    await page.getByRole("button", { name: "Make it urgent" }).click();
    await expectText(page.locator("main"), "Made urgent");
    await page.getByText("Close it for another reason").click();
    await page.getByRole("button", { name: "Close the request" }).click();
    await expectText(page.locator(".govuk-error-summary"), "Choose why it is closed");
    await page.getByRole("radio", { name: "They talked with staff" }).or(
      page.getByRole("radio", { name: /staff/i })).first().check();
    await page.getByRole("button", { name: "Close the request" }).click();
    await expectText(page.locator(".al-head-row"), "Closed");
  });

  await tests.test("says whether the person is safe alone with a peer, without a reason",
    async () => {
      await page.goto("/board");
      await press(cardOf(page, "C-2-011"), "Details");
      await page.getByText("Safe alone with a peer: Yes").click();
      await page.getByRole("radio", { name: "Only in sight of staff" }).check();
      await page.getByRole("button", { name: "Save the answer" }).click();
      await page.getByText("Safe alone with a peer: Only in sight of staff").waitFor();
      await page.getByRole("button", { name: /^Choose a/ }).click();
      await expectText(page.locator("main"), "Together in sight of staff only");
    });

  await tests.test("without JavaScript: from the request to the unlock", async () => {
    const still = await openWindow(browser, prison, { script: false, width: 375 });
    await signIn(still.page, prison, "officer");
    await still.page.getByRole("button", { name: "Raise a request" }).click();
    await still.page.getByLabel("Cell").fill("C-3-006");
    await still.page.getByRole("button", { name: "They say yes: ask POPS" }).click();
    await still.page.getByRole("button", { name: /^Knock at / }).first().click();
    await still.page.getByRole("button", { name: "Going", exact: true }).click();
    const card = cardOf(still.page, "C-3-006");
    await card.getByRole("button", { name: "Ask for unlock" }).click();
    await expectText(card, "Waiting for the night manager since");
    await still.close();
  });

  await tests.test("on a small screen danger is on top of the board", async () => {
    const small = await openWindow(browser, prison, { width: 375 });
    await signIn(small.page, prison, "officer");
    const box = await small.page.getByRole("link", { name: "Immediate danger" })
      .or(small.page.getByRole("button", { name: "Immediate danger" })).first().boundingBox();
    expect(box.y + box.height < 720, `at ${box.y}`);
    await small.close();
  });

  await tests.test("danger: on every board at once, until somebody goes", async () => {
    const other = await openWindow(browser, prison);
    await signIn(other.page, prison, "officer-b");
    await expectText(other.page.locator("main"), "B-2-011");
    expect(await cardOf(other.page, "M-4-001").count() === 0, "another wing's request is shown");
    await page.goto("/board");
    await press(page, "Immediate danger");
    await page.getByLabel("Where?").fill("C-2-011");
    const began = Date.now();
    await page.getByRole("button", { name: "Yes: call help there" }).click();
    await other.page.getByText("Danger at").first().waitFor({ timeout: 3_000 });
    expect(Date.now() - began < 2_000, `after ${Date.now() - began} ms`);
    await picture(other.page, "officer-danger");
    await press(other.page, "I am going");
    await expectText(other.page.locator("main"), "Officer, B wing is going, since");
    await press(other.page, "The danger is over");
    await other.page.getByText("Danger at").first().waitFor({ state: "detached" });
    await other.close();
  });

  await tests.test("danger comes up on a locked board by itself", async () => {
    const locked = await openWindow(browser, prison);
    await signIn(locked.page, prison, "officer-b");
    await locked.page.evaluate(() => fetch("/lock", { method: "POST", body: new URLSearchParams(
      { csrf: document.querySelector('input[name="csrf"]').value }) }));
    await locked.page.goto("/board");
    await expectText(locked.page.locator("h1"), "This board is locked");
    await locked.page.locator('input[name="secret"]').fill("half a pass");
    await page.goto("/board");
    await press(page, "Immediate danger");
    await page.getByLabel("Where?").fill("C-2-012");
    await page.getByRole("button", { name: "Yes: call help there" }).click();
    await locked.page.getByText("Danger at").first().waitFor({ timeout: 5_000 });
    expect(await locked.page.locator('input[name="secret"]').inputValue() === "half a pass",
           "what was typed is gone");
    await checkPage(locked.page);
    await press(page, "I am going");
    await press(page, "The danger is over");
    await locked.page.getByText("Danger at").first().waitFor({ state: "detached" });
    await locked.close();
  });

  await tests.test("who is on call can be seen by whoever calls them out", async () => {
    await page.getByRole("link", { name: "On call", exact: true }).click();
    await expectText(page.locator("h1"), "On call");
    expect(await page.getByRole("link", { name: "Change" }).count() === 0, "may change shifts");
  });

  await tests.test("on paper", async () => {
    await page.goto("/board");
    await page.emulateMedia({ media: "print" });
    expect(await page.getByText("M-4-001").isVisible(), "the place isn't printed");
    expect(!await page.locator(".al-card__action a").first().isVisible(), "buttons are printed");
    expect(!await page.locator(".al-nav").isVisible(), "the navigation is printed");
    await picture(page, "officer-board-print");
    await page.emulateMedia({ media: "screen" });
  });

  await tests.test("a server that falls silent before its first beat is lost, and found again",
    async () => {
      const other = await openWindow(browser, prison);
      await signIn(other.page, prison, "officer-b");
      await other.page.clock.install();
      await other.page.goto("/board");
      const light = other.page.locator("#al-live-text");
      await expectText(light, "Live 02:2");
      prison.fallSilent();
      try {
        await other.page.clock.fastForward(21_000);
        await expectText(light, "Lost contact since 02:2");
        await other.page.locator("#al-lost:visible").waitFor();
      } finally {
        prison.speakAgain();
      }
      await other.page.clock.fastForward(21_000);
      await expectText(light, "Live 02:2");
      await other.close();
    });

  await tests.test("the light tells the server's time, and says since when contact is lost",
    async () => {
      await page.clock.setFixedTime(new Date("2001-01-01T00:00:00Z"));
      await page.goto("/board");
      const light = page.locator("#al-live-text");
      await expectText(light, "Live 02:2");
      expect(await prison.stop() === 0, "did not end in peace");
      await page.locator("#al-lost:visible").waitFor({ timeout: 8_000 });
      await expectText(light, "Lost contact since 02:2");
      await expectText(page.locator("#al-lost"), "Lost contact since 02:2");
    });
  await window.close();
}
