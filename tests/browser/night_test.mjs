// The main job as it happens at night: ten past three, two wings away from the next peer. From the
// bell to the debrief, each person in a window of their own, on one demo.
import { becomeDevice, cardOf, checkPage, expect, expectText, openWindow, picture, press, signIn,
         story }
  from "./harness.mjs";

export const demo = ["--at", "2026-11-25 03:10"];

const cell = "A-1-012";          // the in-cell screen of the demo

// The page's own text, once it says so; the page renews itself.
async function says(page, text, timeout = 5_000) {
  await page.getByText(text).first().waitFor({ timeout });
}

export default async function run({ browser, demo: prison, tests }) {
  const windows = [];
  const open = async (options) => {
    const window = await openWindow(browser, prison, options);
    windows.push(window);
    return window;
  };
  const signedIn = async (name, options) => {
    const window = await open(options);
    await signIn(window.page, prison, name);
    return window.page;
  };

  const step = story(tests);
  const inCell = await open({ width: 375 });
  let withoutScript, board, request, asked, peer;

  await step("with no officer at a board, the cell is told to press the bell", async () => {
    await becomeDevice(inCell.page, prison.devices[0].name);
    await inCell.page.goto("/ask");
    expect(await inCell.page.locator("h1").textContent() === "Start", "not a neutral tile first");
    await inCell.page.getByRole("link", { name: "Alongside", exact: true }).click();
    await says(inCell.page, "No officer is looking at the requests right now");
    const storageState = await inCell.context.storageState();
    withoutScript = (await open({ width: 375, script: false, storageState })).page;
  });

  await step("an officer opens the board, and the cell may promise that it is seen",
    async () => {
      board = await signedIn("officer");
      await board.waitForFunction(() => /^Live /.test(
        document.getElementById("al-live-text").textContent));
      await withoutScript.goto("/ask?open=yes");
      expect(await withoutScript.getByText("No officer is looking").count() === 0,
             "still says that nobody looks");
    });

  await step("asked from the cell without JavaScript; the board shows it by itself",
    async () => {
      await withoutScript.getByRole("button", { name: "Ask for POPS" }).click();
      // Two people share this cell: a tap on one's own initials, and no name on the screen.
      await withoutScript.getByText("Which of you is asking?").waitFor();
      await withoutScript.getByRole("radio").first().check();
      await withoutScript.getByRole("button", { name: "Ask", exact: true }).click();
      await withoutScript.getByRole("heading", { name: "You have asked" }).waitFor();
      asked = withoutScript.url();
      const began = Date.now();
      await cardOf(board, cell).waitFor({ timeout: 3_000 });
      expect(Date.now() - began < 2_000, `after ${Date.now() - began} ms`);
      await expectText(cardOf(board, cell), "Nobody is being asked");
      request = (await cardOf(board, cell).getByRole("link", { name: "Details" })
        .getAttribute("href"));
    });

  await step("asked again with JavaScript: it is the same request, which follows by itself",
    async () => {
      // The same screen, with its mark of what was asked on it.
      await inCell.context.addCookies(await withoutScript.context().cookies());
      await inCell.page.goto(asked);
      await says(inCell.page, "You have asked");
      await checkPage(inCell.page);
    });

  await step("called out in two actions, by keyboard, and pressed twice", async () => {
    let actions = 0;
    const cards = await board.locator(".al-card").allTextContents();
    const number = cards.findIndex((text) => text.includes(cell)) + 1;
    await board.keyboard.press(`Alt+Digit${number}`);
    expect(await board.evaluate(() => document.activeElement.textContent) === "Choose a peer",
           "Alt and the card's number don't go to its action");
    await Promise.all([board.waitForURL(/\/choose$/), board.keyboard.press("Enter")]);
    actions += 1;
    const knock = board.getByRole("button", { name: /^Knock at / }).first();
    peer = (await board.locator(".al-peer__who").first().textContent()).split(" · ")[0];
    await knock.focus();
    // A second window that has the same page open, for later.
    const stale = await board.context().newPage();
    await stale.goto(board.url());
    await Promise.all([board.waitForURL(/\/offers\//), board.keyboard.press("Enter")]);
    actions += 1;
    expect(actions <= 2, `${actions} actions`);
    await expectText(board.locator("main"), `Asking ${peer}`);
    await says(inCell.page, "A peer is being asked");
    await stale.getByRole("button", { name: /^Knock at / }).first().click();
    await stale.waitForLoadState("load");
    await stale.close();
  });

  await step("the officer says fixed words, and records: going", async () => {
    await expectText(board.locator("main"), "You can say no, and nobody will ask you why");
    await expectText(board.locator("main"), "Don’t ask why");
    await checkPage(board);
    const going = board.getByRole("button", { name: "Going", exact: true });
    await going.focus();
    await Promise.all([board.waitForURL(/\/board$/), board.keyboard.press("Enter")]);
    await expectText(cardOf(board, cell), `${peer} said yes`);
    await says(inCell.page, "Someone said yes");
  });

  await step("the peer's own page says so, without the cell", async () => {
    const me = await signedIn(peer.toLowerCase().replace(" ", ""), { width: 375 });
    await says(me, "You said yes. An officer will unlock you");
    expect(!(await me.textContent("main")).includes(cell), "the cell is shown to the peer");
  });

  await step("unlock asked, authorised by the night manager, pressed twice", async () => {
    const queue = await signedIn("night");
    await says(queue, "No unlock is waiting for you");
    await press(cardOf(board, cell), "Ask for unlock");
    const waiting = queue.locator(".al-card", { hasText: peer });
    await waiting.waitFor({ timeout: 3_000 });
    await expectText(waiting, "2 officers are needed");
    await queue.waitForTimeout(350);
    await waiting.getByRole("button", { name: "Authorise" }).dblclick();
    await queue.getByText("Waiting for the escort").first().waitFor();
    await expectText(queue.locator("h1"), "No unlock is waiting for you");
  });

  await step("escorted, arrived, looked in on, finished, back", async () => {
    await cardOf(board, cell).getByRole("button", { name: "Out of the cell" }).waitFor();
    await press(cardOf(board, cell), "Out of the cell");
    await says(inCell.page, "Someone is on the way to you");
    await press(cardOf(board, cell), "They are there");
    await checkPage(board);
    await board.getByRole("button", { name: "Both are there" }).click();
    await expectText(board.locator(".govuk-error-summary"), "Say whether a cellmate is there");
    await board.getByRole("radio", { name: "No", exact: true }).check();
    await board.getByRole("button", { name: "Both are there" }).click();
    await board.waitForURL(/\/board$/);
    await says(inCell.page, "Someone is with you");
    await expectText(cardOf(board, cell), "Look in by");
    await press(cardOf(board, cell), "I looked in: both well");
    await expectText(cardOf(board, cell), "Last looked in on at 03:1");
    await press(cardOf(board, cell), "They have finished");
    await board.getByRole("checkbox").check();
    await board.getByRole("button", { name: "They have finished" }).click();
    await board.waitForURL(/\/board$/);
    await press(cardOf(board, cell), "Both are back");
    await cardOf(board, cell).waitFor({ state: "detached", timeout: 5_000 });
    await expectText(board.locator(".al-peers"), `${peer} · `);
    await expectText(board.locator(".al-peer", { hasText: peer }), "Resting until");
    await expectText(board.locator(".al-peer", { hasText: peer }), "Excused from work today");
  });

  await step("the peer rests, is excused from work, and is owed a debrief", async () => {
    const me = await signedIn(peer.toLowerCase().replace(" ", ""), { width: 375 });
    await says(me, "excused from work");
    await expectText(me.locator("main"), "You are resting");
    await expectText(me.locator("main"), "Owed to you");
    await checkPage(me);
    await picture(me, "night-peer-resting");
  });

  await step("the coordinator sees the debrief owed, offers it, and holds it", async () => {
    const page = await signedIn("coordinator");
    await expectText(page.locator("main"), `Debrief: ${peer}`);
    await page.goto("/debriefs");
    const row = page.getByRole("row", { name: new RegExp(peer) });
    await row.getByRole("button", { name: "Offered" }).click();
    await expectText(row, "Offered");
    await row.getByText("Held, without an officer", { exact: true }).click();
    await row.getByRole("button", { name: "Yes, it was held without an officer" }).click();
    await row.waitFor({ state: "detached" });
    await page.goto("/overview");
    expect(!(await page.textContent("main")).includes(`Debrief: ${peer}`), "still owed");
  });

  await step("what happened stands in the timeline, each step once", async () => {
    await board.goto(request);
    const steps = await board.locator(".moj-timeline__title").allTextContents();
    for (const step of ["Asked", "A peer was asked", "A peer said yes", "Unlock asked for",
                        "Unlock authorised", "Out of the cell, with an escort", "Together",
                        "Looked in on", "Session over", "Back in the cell", "Closed"]) {
      const times = steps.filter((one) => one === step).length;
      expect(times === 1, `“${step}” ${times} times in: ${steps.join(", ")}`);
    }
    await picture(board, "night-timeline");
  });

  await step("the explanation is for the coordinator, not for the officer", async () => {
    const page = await signedIn("coordinator");
    await page.goto("/board");
    expect(await cardOf(page, "B-2-011").count() === 0, "the cell is shown");
    await press(cardOf(page, "B wing"), "Details");
    await page.waitForURL(/\/requests\//);
    await expectText(page.locator("main"), "Who could be sent now");
    const address = new URL(page.url()).pathname;
    await board.goto(address);
    expect(!(await board.textContent("main")).includes("Who could be sent now"),
           "an officer can read why peers aren't sent");
    const resident = await signedIn("resident");
    expect((await resident.goto(address)).status() === 403, "a resident can open it");
  });

  await step("nothing broke on the way", async () => {
    const faults = windows.flatMap((window) => window.faults);
    expect(faults.length === 0, faults.join("\n"));
  });
  for (const window of windows) await window.close();
}
