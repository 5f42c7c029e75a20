// What is made of the rota: who carries how much.
import { checkEverywhere, expect, expectText, openWindow, signIn, speak }
  from "./harness.mjs";

export const demo = ["--at", "2026-11-25 09:05"];

export default async function run({ browser, demo: prison, tests }) {
  const window = await openWindow(browser, prison);
  const { page } = window;
  await signIn(page, prison, "coordinator");

  await tests.test("how the rota is shared out: words, a table, and bars of the same numbers",
    async () => {
      await page.goto("/on-call?scheme=pops");
      await page.getByRole("link", { name: "How the rota is shared out" }).click();
      await expectText(page.locator("main li").first(), "Nights: ");
      const hours = page.getByRole("row", { name: /^Peer 2 / }).first().locator("td").last();
      const chart = page.locator(".al-figure-chart", { hasText: "Hours on call" });
      const bar = chart.locator("details table tr", { hasText: "Peer 2" }).locator("td").last();
      const [said, drawn] = (await Promise.all([hours, bar].map((cell) => cell.textContent())))
        .map((text) => text.match(/[\d.]+$/)?.[0]);
      expect(Number(said) > 0 && said === drawn, `${said} hours in words, ${drawn} as a bar`);
      expect(await page.locator(".al-figure-chart svg[role=img]").count() === 3, "not three");
      await page.getByRole("link", { name: "The last 4 weeks" }).click();
      await expectText(page.locator("main"), "to 24 Nov 2026.");
      await checkEverywhere(page, "/on-call/shares?scheme=pops", "rota-shares");
      await speak(page, "en");
    });

  await tests.test("nobody was asked of elsewhere", async () => {
    expect(window.faults.length === 0, window.faults.join());
  });
  await window.close();
}
