// What is made of the rota: who carries how much, and the sheet for the wall of the wing office.
import { inflateRawSync } from "node:zlib";
import { checkEverywhere, checkPage, expect, expectText, openWindow, picture, signIn, speak,
  widths } from "./harness.mjs";

export const demo = ["--at", "2026-11-25 09:05"];

// The files of a zip archive, by its central directory.
function unzipped(bytes) {
  const out = {};
  let at = bytes.readUInt32LE(bytes.lastIndexOf("PK\x05\x06", undefined, "latin1") + 16);
  while (bytes.readUInt32LE(at) === 0x02014b50) {
    const [method, packed] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20)];
    const [name, extra, comment] = [28, 30, 32].map((i) => bytes.readUInt16LE(at + i));
    const local = bytes.readUInt32LE(at + 42);
    const data = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const raw = bytes.subarray(data, data + packed);
    out[bytes.toString("utf8", at + 46, at + 46 + name)] =
      (method === 8 ? inflateRawSync(raw) : raw).toString("utf8");
    at += 46 + name + extra + comment;
  }
  return out;
}

export default async function run({ browser, demo: prison, tests }) {
  const window = await openWindow(browser, prison);
  const { page } = window;
  await signIn(page, prison, "coordinator");

  await tests.test("how the rota is shared out: words, a table, and bars of the same numbers",
    async () => {
      await page.goto("/on-call?scheme=pops");
      await page.getByRole("link", { name: "How the rota is shared out" }).click();
      await expectText(page.locator("main li").first(), "Nights: ");
      const hours = page.getByRole("row", { name: /^Peer 2 / }).first().locator("td").nth(2);
      const chart = page.locator(".al-figure-chart", { hasText: "Hours on call" });
      const bar = chart.locator("details table tr", { hasText: "Peer 2" }).locator("td").last();
      const [said, drawn] = (await Promise.all([hours, bar].map((cell) => cell.textContent())))
        .map((text) => text.match(/[\d.]+$/)?.[0]);
      expect(Number(said) > 0 && said === drawn, `${said} hours in words, ${drawn} as a bar`);
      expect(await page.locator(".al-figure-chart svg[role=img]").count() === 4, "not four");
      await expectText(page.locator("main"), "Expected hours with people: ");
      await page.getByRole("link", { name: "The last 4 weeks" }).click();
      await expectText(page.locator("main"), "to 24 Nov 2026.");
      await expectText(page.locator("main"), "Hours with people: most for ");
      await checkEverywhere(page, "/on-call/shares?scheme=pops", "rota-shares");
      await speak(page, "en");
    });

  await tests.test("weeks that are open are planned, and expected hours with people shared",
    async () => {
      for (const scheme of ["pops", "listeners"]) {
        for (const language of ["en", "fr-CA"]) {
          await page.goto("/on-call");
          await speak(page, language);
          await page.goto(`/on-call/plan?scheme=${scheme}`);
          await page.locator("main form button[type=submit]").first().click();
          const put = language === "en" ? /^Put these \d+ on$/ : /^Faire ces \d+ inscriptions$/;
          await page.getByRole("button", { name: put }).waitFor();
          await expectText(page.locator("main"), language === "en"
            ? "Expected hours with people: " : "Heures attendues avec des gens : ");
          await page.getByText(language === "en" ? "Hours of each" : "Les heures de chacun")
            .click();
          for (const width of [320, 375, 1280]) {
            await page.setViewportSize({ width, height: 720 });
            await checkPage(page);
            await picture(page, `plan-${scheme}-${language}-${width}`);
          }
        }
      }
      await page.goto("/on-call");
      await speak(page, "en");
    });

  await tests.test("a longer search shows how far it is, is stopped, and is found again",
    async () => {
      const main = page.locator("main");
      await page.goto("/on-call/plan?scheme=pops");
      await page.getByLabel("How many weeks").fill("12");
      await page.getByRole("button", { name: "Show a plan" }).click();
      await page.getByRole("button", { name: "Search longer" }).click();
      await expectText(main, "Searching for a better plan.");
      await expectText(main, /[2-9] of at most 60 seconds/);      // by itself
      await page.getByText("How it went").click();
      for (const width of [320, 375, 1280]) {
        await page.setViewportSize({ width, height: 720 });
        await checkPage(page);
        await picture(page, `search-${width}`);
      }
      await expectText(main, /\d points/);
      expect(await page.locator("details[open]").count() === 1, "what was opened is shut again");
      const still = await openWindow(browser, prison, { script: false });
      await signIn(still.page, prison, "coordinator");
      await still.page.goto("/on-call/plan?scheme=pops");
      await still.page.getByRole("link", { name: "See how far it is" }).click();
      await still.page.getByRole("link", { name: "Look again now" }).click();
      await expectText(still.page.locator("main"), "Places that nobody covers");
      await picture(still.page, "search-without-script");
      await page.getByRole("button", { name: "Stop and keep the best" }).click();
      await page.getByRole("button", { name: "Keep it as a draft" }).waitFor();
      await expectText(main, "The search was stopped. The best plan so far is kept.");
      for (const width of [375, 1280]) {
        await page.setViewportSize({ width, height: 720 });
        await checkPage(page);
        await picture(page, `search-found-${width}`);
      }
      await still.page.goto("/on-call/plan?scheme=pops");
      await speak(still.page, "fr-CA");
      await still.page.getByRole("link", { name: "Voir le plan qu’elle a trouvé" }).click();
      await expectText(still.page.locator("main"), "La recherche a été arrêtée.");
      await speak(still.page, "en");
      await still.close();
    });

  await tests.test("the rota on paper: a page of A4 a week, large, without what is for the screen",
    async () => {
      await page.goto("/on-call?scheme=pops");
      await page.getByRole("link", { name: "Print the rota" }).click();
      for (const width of widths) {
        await page.setViewportSize({ width, height: 720 });
        await checkPage(page);
      }
      for (const weeks of [1, 4]) {
        const pdf = await page.pdf({ preferCSSPageSize: true });
        const text = pdf.toString("latin1");
        const pages = [...text.matchAll(/\/Type\s*\/Page[^s]/g)].length;
        expect(pages === weeks, `${pages} pages for ${weeks} weeks`);
        const sizes = [...text.matchAll(/\/MediaBox\s*\[0 0 (\S+) (\S+)\]/g)];
        const isA4 = ([, wide, high]) => Math.abs(wide - 595) < 2 && Math.abs(high - 842) < 2;
        expect(sizes.length > 0 && sizes.every(isA4), `no A4: ${sizes[0]}`);
        if (weeks === 1) {
          await page.getByRole("link", { name: /^4 weeks$/ }).click();
          await page.waitForURL(/weeks=4/);
        }
      }
      await page.emulateMedia({ media: "print" });
      for (const hidden of [".al-header", ".al-footer", ".al-no-paper", ".al-before"]) {
        expect(!await page.locator(hidden).first().isVisible(), `${hidden} is on the paper`);
      }
      const size = await page.locator(".al-sheet td").first()
        .evaluate((cell) => parseFloat(getComputedStyle(cell).fontSize));
      expect(size >= 19, `letters of ${size} px`);
      await page.emulateMedia({ media: null });
    });

  await tests.test("the rota as a spreadsheet: what was typed is a text, never a formula",
    async () => {
      await page.goto("/on-call/new?scheme=pops");
      await page.getByLabel("Day on which it begins").fill("2026-11-27");
      await page.getByLabel("Name of the shift").fill('=1+1&"<x>');
      await page.getByLabel("Begins at").fill("15:00");
      await page.getByLabel("Ends at").fill("16:00");
      await page.getByRole("button", { name: "Add" }).click();
      await page.goto("/on-call/print?scheme=pops");
      const address = await page.getByRole("link", { name: "As a spreadsheet (XLSX)" })
        .getAttribute("href");
      const answer = await page.request.get(address);
      const named = answer.headers()["content-disposition"];
      expect(named === 'attachment; filename="rota-pops-2026-11-23.xlsx"', named);
      const files = unzipped(await answer.body());
      const sheet = files["xl/worksheets/sheet1.xml"], texts = files["xl/sharedStrings.xml"];
      expect(sheet && !/<f[ >]/.test(sheet), "there is a formula");
      expect(texts.includes('<t>=1+1&amp;"&lt;x&gt;</t>'), "the name isn't there as it was typed");
      expect([...sheet.matchAll(/<row /g)].length === 1 + 22, "not a row a shift");
      expect(/<c r="A2" s="\d+"><v>46349<\/v>/.test(sheet), "Monday isn't a date");   // 23 Nov 2026
      expect(/<c r="C2" s="\d+"><v>46349\.25<\/v>/.test(sheet), "06:00 isn't a time");
    });

  await tests.test("nobody was asked of elsewhere", async () => {
    expect(window.faults.length === 0, window.faults.join());
  });
  await window.close();
}
