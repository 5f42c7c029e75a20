// The night manager says not yet: a coded reason, something instead, a time to look again; and the
// person who asked is told.
import { becomeDevice, cardOf, checkPage, expect, expectText, openWindow, picture, press, signIn,
         story }
  from "./harness.mjs";

export const demo = ["--at", "2026-11-25 01:40"];

export default async function run({ browser, demo: prison, tests }) {
  const step = story(tests);
  const officer = await openWindow(browser, prison);
  const night = await openWindow(browser, prison);
  const cell = await openWindow(browser, prison, { width: 375 });
  const board = officer.page, queue = night.page;
  const place = "A-1-012";
  let stale;

  await step("a peer has said yes, and the unlock is asked for", async () => {
    await signIn(board, prison, "officer");
    await becomeDevice(cell.page, prison.devices[0].name);
    await cell.page.goto("/ask?open=yes");
    await cell.page.getByRole("button", { name: "Ask for Listeners" }).click();
    await cell.page.getByRole("radio").first().check();
    await cell.page.getByRole("button", { name: "Ask", exact: true }).click();
    await press(cardOf(board, place), "Choose a peer");
    await board.getByRole("button", { name: /^Knock at / }).first().click();
    await press(board, "Going");
    await press(cardOf(board, place), "Ask for unlock");
    await signIn(queue, prison, "night");
    expect(new URL(queue.url()).pathname === "/unlocks", queue.url());
    await expectText(queue.locator("h1"), "One unlock is waiting for you");
    await checkPage(queue);
    stale = await night.context.newPage();
    await stale.goto("/unlocks");
  });

  await step("a refusal wants a reason, something instead, and a time", async () => {
    await press(queue, "Can’t, or not yet");
    await queue.getByRole("button", { name: "Record it and tell the person" }).click();
    const errors = queue.locator(".govuk-error-summary");
    await expectText(errors, "Choose a reason");
    await expectText(errors, "Say what is offered instead");
    await checkPage(queue);
    await queue.getByRole("radio", { name: "No", exact: true }).check();
    await queue.getByRole("radio", { name: "Not enough staff" }).check();
    await queue.getByRole("radio", { name: "A talk with staff" }).check();
    await queue.getByRole("radio", { name: "In 10 minutes" }).check();
    await queue.getByRole("button", { name: "Record it and tell the person" }).click();
    await expectText(queue.locator("main"), "Not enough staff");
    await expectText(queue.locator("main"), "Look at it again by 01:5");
    await picture(queue, "night-manager-refused");
  });

  await step("the person is told, with what is offered instead and when it is looked at again",
    async () => {
      await expectText(cell.page.locator("main"), "The unlock was refused just now");
      await expectText(cell.page.locator("main"), "It is looked at again at 01:5");
      const said = await cell.page.textContent("main");
      expect(!said.includes("Not enough staff"), "the reason is told as well");
      await checkPage(cell.page);
      await expectText(cardOf(board, place), "Unlock refused: Not enough staff");
      await expectText(cell.page.locator("main"), "They can’t be unlocked just now");
      await press(cardOf(board, place), "I told the person");
      await expectText(cardOf(board, place), "The person was told.");
      await press(cardOf(board, place), "Details");
      await expectText(board.locator(".al-timeline"), "The person was told");
    });

  await step("looked at again and authorised; the old page does nothing twice", async () => {
    await press(queue, "Authorise");
    await expectText(queue.locator("main"), "Waiting for the escort");
    const old = stale.getByRole("button", { name: "Authorise" });
    if (await old.count()) await old.click();
    await expectText(stale.locator("main"), "Waiting for the escort");
    await board.reload();
    const steps = await board.locator(".moj-timeline__title").allTextContents();
    expect(steps.filter((one) => one === "Unlock authorised").length === 1, steps.join(", "));
  });

  await step("safer custody finds the refusal, and not who asked", async () => {
    const safer = await openWindow(browser, prison);
    await signIn(safer.page, prison, "safer");
    await expectText(safer.page.locator("main"), "Not enough staff");
    await expectText(safer.page.locator("main"), "A talk with staff");
    await safer.page.getByRole("row", { name: /Not enough staff/ })
      .getByRole("link", { name: "See it" }).click();
    await expectText(safer.page.locator("main"), "Not shown here");
    await expectText(safer.page.locator(".al-timeline"), "Unlock refused");
    expect(!(await safer.page.textContent("main")).includes(place), "the cell is shown");
    await safer.close();
  });
  for (const window of [officer, night, cell]) await window.close();
}
