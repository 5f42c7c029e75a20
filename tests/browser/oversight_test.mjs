// Those who look after the scheme without being at a board: partner, security, safer custody.
import { checkPage, expect, expectText, openWindow, signIn } from "./harness.mjs";

export const demo = ["--at", "2026-11-25 10:00"];

export default async function run({ browser, demo: prison, tests }) {
  const as = async (name, body) => {
    const window = await openWindow(browser, prison);
    await signIn(window.page, prison, name);
    await body(window.page, window.context);
    expect(window.faults.length === 0, window.faults.join("\n"));
    await window.close();
  };

  await tests.test("the partner sees its own scheme alone, and no request", () =>
    as("partner", async (page) => {
      expect(new URL(page.url()).pathname === "/debriefs", page.url());
      await checkPage(page);
      await page.getByRole("link", { name: "Overview" }).click();
      const said = await page.textContent("main");
      expect(said.includes("Listener 1") && !said.includes("Peer 1"), "another scheme's members");
      for (const [path, status] of [["/board", 403], ["/peers", 403], ["/unmet", 403]]) {
        expect((await page.goto(path)).status() === status, path);
      }
    }));

  await tests.test("security clears a member for a unit, with a coded reason and an end", () =>
    as("security", async (page) => {
      expect(new URL(page.url()).pathname === "/clearances", page.url());
      await expectText(page.getByRole("row", { name: /Peer 1/ }), "Minimum");
      expect(!/\bpops\b/.test(await page.textContent("main")), "a raw code of a scheme");
      await page.getByRole("link", { name: "Peer 1", exact: true }).click();
      await page.getByLabel("Unit").selectOption({ label: "Minimum" });
      await page.getByRole("button", { name: "Record the decision" }).click();
      await page.locator(".govuk-error-summary").waitFor();
      await page.getByLabel("Unit").selectOption({ label: "Minimum" });
      await page.getByRole("radio", { name: "Cleared", exact: true }).check();
      await page.getByLabel("Reason").selectOption({ label: "Reviewed" });
      await page.getByLabel("Until").fill("2031-03-04");
      await page.getByRole("button", { name: "Record the decision" }).click();
      await expectText(page.locator(".govuk-summary-list"), "until 4 Mar 2031");
      await checkPage(page);
      expect((await page.goto("/board")).status() === 403, "security may open the board");
    }));

  await tests.test("safer custody: unmet requests, as a file, and keeping a name on purpose", () =>
    as("safer", async (page, context) => {
      expect(new URL(page.url()).pathname === "/unmet", page.url());
      const csv = await context.request.get("/unmet/csv");
      expect((await csv.text()).startsWith("request,scheme,wing,asked"), "no file");
      await page.getByRole("link", { name: "See it" }).first().click();
      await page.getByText("Keep the name from being destroyed").click();
      await page.getByRole("radio", { name: "A complaint" }).check();
      await page.getByRole("button", { name: "Keep the name" }).click();
      await expectText(page.locator("main"), "Kept on purpose: A complaint");
      await page.getByRole("button", { name: "No longer keep the name" }).click();
      expect(!(await page.textContent("main")).includes("Kept on purpose"), "still kept");
      await checkPage(page);
    }));
}
