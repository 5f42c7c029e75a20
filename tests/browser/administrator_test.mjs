// The administrator: accounts, devices, imports with what they would change, policy.
import { becomeDevice, checkPage, expect, expectText, openWindow, signIn } from "./harness.mjs";

export const demo = ["--at", "2026-11-25 11:15"];

export default async function run({ browser, demo: prison, tests }) {
  const window = await openWindow(browser, prison);
  const { page } = window;
  await signIn(page, prison, "admin");

  await tests.test("an account, its one-time password, and a password of one's own", async () => {
    await page.getByRole("button", { name: "Add an account" }).click();
    await page.getByRole("button", { name: "Add" }).click();
    await page.locator(".govuk-error-summary").waitFor();
    await checkPage(page);
    await page.getByLabel("Sign-in name").fill("new.officer");
    await page.getByLabel("Name", { exact: true }).fill("New officer");
    await page.getByRole("checkbox", { name: "Officer" }).check();
    await page.getByLabel("Wing", { exact: true }).selectOption({ index: 1 });
    await page.getByRole("button", { name: "Add" }).click();
    await expectText(page.locator("main"), "Hand this over");
    const secret = await page.locator(".govuk-panel__body p").textContent();
    const other = await openWindow(browser, prison);
    await signIn(other.page, { ...prison, password: secret }, "new.officer");
    await expectText(other.page.locator("h1"), "Choose your own");
    await other.page.locator('input[name="before"]').fill(secret);
    await other.page.locator('input[name="secret"]').fill("three quiet words");
    await other.page.locator('input[name="again"]').fill("three quiet words");
    await other.page.getByRole("button", { name: "Change" }).click();
    await other.page.waitForURL(/\/board$/);
    await page.goto("/accounts");
    await page.getByRole("link", { name: "New officer" }).click();
    await page.getByRole("button", { name: "Close this account" }).click();
    await other.page.goto("/board");
    expect(new URL(other.page.url()).pathname === "/sign-in", "a closed account goes on");
    await other.close();
  });

  await tests.test("a device: a code that works once", async () => {
    await page.goto("/devices");
    await page.getByLabel("Where it is").fill("C");
    await page.getByLabel("Label").fill("Kiosk on C");
    await page.getByRole("button", { name: "Add and make a code" }).click();
    const code = (await page.textContent("main")).match(/[A-Z0-9]{4}-[A-Z0-9]{4}/)[0];
    await checkPage(page);
    const kiosk = await openWindow(browser, prison);
    await becomeDevice(kiosk.page, code);
    await kiosk.page.goto("/");
    expect(new URL(kiosk.page.url()).pathname === "/ask", kiosk.page.url());
    await page.goto("/devices");
    await expectText(page.getByRole("row", { name: /Kiosk on C/ }), "Registered");
    await page.getByRole("row", { name: /Kiosk on C/ })
      .getByText("Take out of use", { exact: true }).click();
    await page.getByRole("button", { name: "Yes, take it out of use" }).click();
    await kiosk.page.goto("/ask");
    expect(await kiosk.page.getByRole("button", { name: /^Ask for/ }).count() === 0,
           "a device out of use goes on");
    await kiosk.close();
  });

  await tests.test("a roll: what it would change is shown first, bad rows with line and reason",
    async () => {
      const roll = "prisonerNumber,firstName,lastName,prisonId,cellLocation,status\r\n" +
        "900001A,Newly,Arrived,SMI,A-1-001,ACTIVE IN\r\n" +
        "900002B,Bad,Row,SMI,Z-9-999,ACTIVE IN\r\n";
      await page.goto("/imports");
      await page.locator('input[type="file"]').first().setInputFiles(
        { name: "roll.csv", mimeType: "text/csv", buffer: Buffer.from(roll) });
      await page.getByRole("button", { name: "Show the difference" }).first().click();
      await page.waitForURL(/\/imports\/.+/);
      await expectText(page.locator("main"), "Arrived");
      await expectText(page.locator("main"), "Rows that can’t be taken");
      await checkPage(page);
      expect(await page.getByRole("button", { name: /pply/ }).count() > 0, "can't be applied");
      await page.getByRole("button", { name: "Abandon" }).click();
      await page.goto("/imports");
      await expectText(page.locator("table"), "abandoned");
    });

  await tests.test("a file that is no roll is refused, and changes nothing", async () => {
    await page.goto("/imports");
    await page.locator('input[type="file"]').first().setInputFiles(
      { name: "roll.csv", mimeType: "text/csv", buffer: Buffer.from([0xff, 0xfe, 0, 1, 2]) });
    await page.getByRole("button", { name: "Show the difference" }).first().click();
    await page.locator(".govuk-error-summary").waitFor();
    await checkPage(page);
  });

  await tests.test("policy: each value with its source; a mistake is named by line and key",
    async () => {
      await page.goto("/policy/pops");
      await expectText(page.locator("main"), "Its values and where they come from");
      await expectText(page.locator("main"), "Default");
      await page.getByRole("button", { name: "Change the policy" }).click();
      const text = await page.locator("textarea").inputValue();
      await page.locator("textarea").fill(`${text}\nnonsense = 1\n`);
      await page.getByRole("button", { name: "Save as a new version" }).click();
      await expectText(page.locator("main"), "nonsense");
      await checkPage(page);
      await page.locator("textarea").fill(text.replace("members_aim = 7", "members_aim = 8"));
      await page.getByRole("button", { name: "Save as a new version" }).click();
      await page.waitForURL(/\/policy\/pops$/);
      await expectText(page.locator("main"), "Version 1");
      expect(!/\d{4}-\d\d-\d\dT/.test(await page.textContent("main")), "a raw time");
      await page.getByRole("button", { name: "Pause this scheme" }).click();
      await expectText(page.locator("main"), "This scheme is paused");
      await page.getByRole("button", { name: "Let it run again" }).click();
    });

  await tests.test("nothing broke on the way", async () =>
    expect(window.faults.length === 0, window.faults.join("\n")));
  await window.close();
}
