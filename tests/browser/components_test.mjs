// The components page and the sketches of whole pages: at two widths, in two languages, without
// JavaScript, on paper and for people who see little colour.
import { checkEverywhere, checkPage, expect, openWindow, picture } from "./harness.mjs";

const sketches = ["", "board", "overview", "ask", "quiet", "peer", "done"];
const address = (sketch) => sketch ? `/components?page=${sketch}` : "/components";

export default async function run({ browser, demo, tests }) {
  const window = await openWindow(browser, demo);
  for (const sketch of sketches) {
    await tests.test(`axe finds nothing: components ${sketch}`, () =>
      checkEverywhere(window.page, address(sketch), `components-${sketch || "all"}`));
  }
  await tests.test("nothing is asked of other sites and nothing breaks the policy", async () =>
    expect(window.faults.length === 0, window.faults.join("\n")));

  await tests.test("the notices are there", async () => {
    await window.page.goto("/notices");
    expect(/Public Sans/.test(await window.page.textContent("main")), "no notice of the typeface");
    await checkPage(window.page);
  });

  await tests.test("the typeface is ours", async () => {
    await window.page.goto("/components");
    const face = await window.page.evaluate(async () => {
      await document.fonts.ready;
      return [...document.fonts].filter((font) => font.status === "loaded")
        .map((font) => font.family.replaceAll('"', ""));
    });
    expect(face.length > 0 && face.every((name) => name === "Public Sans"), face.join(", "));
  });

  await tests.test("recordings play", async () => {
    await window.page.goto(address("ask"));
    const seconds = await window.page.locator("audio").first().evaluate((audio) =>
      new Promise((done, failed) => {
        audio.addEventListener("loadedmetadata", () => done(audio.duration));
        audio.addEventListener("error", () => failed(new Error("can't be played")));
        audio.load();
        audio.preload = "metadata";
      }));
    expect(seconds > 0.5, `${seconds} s`);
  });

  await tests.test("forced colours and paper keep the words", async () => {
    await window.page.goto(address("board"));
    await window.page.emulateMedia({ forcedColors: "active" });
    await picture(window.page, "components-board-forced-colours");
    await window.page.emulateMedia({ forcedColors: "none", media: "print" });
    await picture(window.page, "components-board-print");
    expect(await window.page.getByText("SIU-1-004").isVisible(), "the place is gone");
    expect(!await window.page.locator(".al-nav").isVisible(), "the navigation is printed");
    await window.page.emulateMedia({ media: "screen" });
  });
  await window.close();

  await tests.test("the pages say the same without JavaScript", async () => {
    const still = await openWindow(browser, demo, { script: false, width: 320 });
    for (const sketch of sketches) {
      await still.page.goto(address(sketch));
      expect(await still.page.locator("h1").isVisible(), `${sketch}: no heading`);
    }
    await picture(still.page, "components-no-script");
    await still.close();
  });
}
