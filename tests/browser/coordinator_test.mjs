// The coordinator: gaps first, shifts, and what makes a member ready.
import { checkPage, expect, expectText, openWindow, picture, signIn } from "./harness.mjs";

export const demo = ["--at", "2026-11-25 09:05"];

export default async function run({ browser, demo: prison, tests }) {
  const window = await openWindow(browser, prison);
  const { page } = window;
  await signIn(page, prison, "coordinator");

  await tests.test("the overview: what needs one first, four figures, the load as a chart",
    async () => {
      await expectText(page.locator("h1"), "Good morning.");
      expect(await page.locator(".al-to-do__item").count() >= 1, "nothing first");
      expect(await page.locator(".al-figure").count() === 4, "not four figures");
      const chart = page.locator(".al-figure-chart svg");
      expect(await chart.getAttribute("role") === "img", "the chart has no role");
      expect(await page.locator(".al-chart__limit").count() > 0, "no limit in the chart");
      await page.getByText("As a table").click();
      await expectText(page.locator(".al-figure-chart table"), "Peer 2");
      expect(!/\d{4}-\d\d-\d\d/.test(await page.textContent("main")), "a raw date");
    });

  await tests.test("a shift by hand; the gap shows, and closes when somebody is put on",
    async () => {
      await page.getByRole("link", { name: "On call", exact: true }).click();
      await page.getByRole("button", { name: "Add a shift" }).click();
      await page.getByLabel("Name of the shift").fill("extra");
      await page.getByLabel("Begins at").fill("25:00");
      await page.getByRole("button", { name: "Add" }).click();
      await expectText(page.locator(".govuk-error-summary"), "Write a time like 22:00");
      await page.getByLabel("Begins at").fill("18:00");
      await page.getByLabel("Ends at").fill("20:00");
      await page.getByLabel("How many people").fill("1");
      await page.getByRole("button", { name: "Add" }).click();
      await expectText(page.locator("main"), "Nobody is on this shift yet");
      const shift = page.url();
      await page.goto("/on-call");
      const gap = page.locator(".al-to-do__item", { hasText: "extra" });
      await expectText(gap, "1 person short");
      await gap.getByRole("button", { name: "Put somebody on" }).click();
      expect(page.url() === shift, page.url());
      for (let i = 0; i < await page.getByRole("checkbox").count(); ++i) {
        await page.getByRole("checkbox").nth(i).check();
        await page.getByRole("button", { name: "Put them on" }).click();
        if (await page.locator(".govuk-error-summary").count() === 0) break;
        await expectText(page.locator(".govuk-error-summary"), "is on another shift");
        await page.goto(shift);
      }
      await page.goto("/on-call");
      await gap.waitFor({ state: "detached" });
      await checkPage(page);
    });

  await tests.test("the open shifts are planned: a calendar first, then they are put on",
    async () => {
      await page.goto("/on-call/new");
      await page.getByLabel("Day on which it begins").fill("2026-11-27");
      await page.getByLabel("Name of the shift").fill("relief");
      await page.getByLabel("Begins at").fill("15:30");
      await page.getByLabel("Ends at").fill("16:30");
      await page.getByLabel("How many people").fill("20");      // more than there are
      await page.getByRole("button", { name: "Add" }).click();
      await page.goto("/on-call");
      await page.getByRole("button", { name: "Plan the open shifts" }).click();
      await page.getByLabel("How many weeks").fill("2");
      await page.getByRole("button", { name: "Show a plan" }).click();
      await expectText(page.locator("h1"), "Plan the open shifts");
      expect(await page.locator(".al-rota tbody tr").count() > 3, "no row for each peer");
      await expectText(page.locator(".al-rota"), "Not covered");
      await page.getByText("Why nobody?").first().click();
      await picture(page, "plan-why");
      await checkPage(page);
      await page.getByRole("button", { name: "What would fix it?" }).click();
      await expectText(page.locator("main"), "Two more peers who are ready");
      await picture(page, "repairs");
      await checkPage(page);
      await page.goto("/on-call");
    });

  await tests.test("a shift is cancelled by a second press, and can be added again", async () => {
    await page.getByRole("row", { name: /extra/ }).getByRole("link", { name: /Change/ }).click();
    const shift = page.url();
    await page.getByText("Cancel this shift").click();
    await page.getByRole("button", { name: "Yes, cancel it" }).click();
    await expectText(page.locator("main"), "This shift was cancelled");
    await page.getByRole("button", { name: "Add a shift" }).click();
    await page.getByLabel("Name of the shift").fill("extra");
    await page.getByLabel("Begins at").fill("18:00");
    await page.getByLabel("Ends at").fill("20:00");
    await page.getByRole("button", { name: "Add" }).click();
    expect(page.url() === shift, page.url());
    await expectText(page.locator("main"), "Nobody is on this shift yet");
    await checkPage(page);
    await page.goto("/on-call");
  });

  await tests.test("shifts from a repeating pattern; a line that can't be read is named",
    async () => {
      await page.getByRole("link", { name: "Repeating pattern" }).click();
      const text = await page.locator("textarea").inputValue();
      await page.locator("textarea").fill(`${text}\n9; noon; x`);
      await page.getByRole("button", { name: "Save the pattern" }).click();
      await expectText(page.locator("main"), "Some lines can’t be read");
      await page.locator("textarea").fill(text);
      await page.getByRole("button", { name: "Save the pattern" }).click();
      expect(await page.locator(".govuk-error-summary").count() === 0, "refused");
    });

  const member = async (name) => {
    await page.goto("/peers");
    await page.getByRole("link", { name, exact: true }).click();
  };
  const missing = () => page.locator(".al-note", { hasText: "What is missing" });

  await tests.test("suspended at once, with a reason and a review; appealed; over", async () => {
    await member("Peer 7");
    await page.getByLabel("Reviewed on").fill("2030-01-15");
    await page.getByRole("button", { name: "Suspend at once" }).click();
    await expectText(page.locator("main"), "Review on 15 Jan 2030");
    await expectText(missing(), "suspended");
    await page.getByRole("button", { name: "They appeal" }).click();
    await page.getByRole("button", { name: "Dismiss the appeal" }).click();
    await page.getByRole("button", { name: "End the suspension" }).click();
    await page.getByRole("button", { name: "Suspend at once" }).waitFor();
  });

  await tests.test("the compact ends and is signed again; a module is done; languages; probation",
    async () => {
      await member("Peer 6");
      await page.getByRole("button", { name: "End it" }).click();
      await expectText(missing(), "compact not signed");
      await page.getByRole("button", { name: "They signed it" }).click();
      await expectText(page.locator("main"), "is in force");
      await page.getByLabel("Done on").fill("2026-11-20");
      await page.getByLabel("Valid until").fill("2027-05-02");
      await page.getByRole("button", { name: "Record it" }).click();
      await expectText(page.locator("main"), "until 2 May 2027");
      await page.getByLabel("Languages").fill("en fr-CA");
      await page.getByRole("button", { name: "Save the languages" }).click();
      await page.getByLabel("On probation until").fill("2030-06-01");
      await page.getByRole("button", { name: "Save the date" }).click();
      await expectText(missing(), "on probation");
      await page.getByLabel("On probation until").fill("");
      await page.getByRole("button", { name: "Save the date" }).click();
      await checkPage(page);
      await page.goto("/peers");
      await expectText(page.getByRole("row", { name: /Peer 6/ }), "English, Français");
    });

  await tests.test("a new member is not ready before all is there", async () => {
    await page.goto("/peers");
    await page.getByLabel("Prisoner number").fill("nobody");
    await page.getByLabel("Name on the boards").fill("Peer 10");
    await page.getByRole("button", { name: "Add" }).click();
    await page.locator(".govuk-error-summary").waitFor();
    await checkPage(page);
  });

  await tests.test("nothing broke on the way", async () =>
    expect(window.faults.length === 0, window.faults.join("\n")));
  await window.close();
}
