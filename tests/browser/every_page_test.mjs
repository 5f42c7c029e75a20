// Every page that each role can reach by links from where it lands: axe, widths, languages, and
// what every page must have. With ALONGSIDE_PICTURES=1 a picture of each, in build/browser/.
import { becomeDevice, crawl, expect, languages, openWindow, patternOf, picture,
         picturesWanted, signIn, skeletonOf, whatIsWrong, widths } from "./harness.mjs";

const roles = ["officer", "night", "coordinator", "partner", "security", "safer", "admin",
               "peer1", "resident"];

// Two windows of one sign-in: a sign-in's language is that of its browser.
async function windowsOf(browser, demo, enter) {
  const first = await openWindow(browser, demo, { language: languages[0] });
  await enter(first.page);
  const storageState = await first.context.storageState();
  const second = await openWindow(browser, demo, { language: languages[1], storageState });
  return [first, second];
}

// The tree of elements is the same in each language: axe looks at one width in each.
const widthForAxe = { [languages[0]]: widths[1], [languages[1]]: widths[0] };

// Pages that several roles see alike are given to axe once: what is alike is the tree of elements
// in <main>, not the words.
async function lookAt(window, address, name, language, seen) {
  const { page } = window;
  const faults = [];
  await page.setViewportSize({ width: widths[0], height: 720 });
  await page.goto(address);
  if (await page.evaluate(() => document.documentElement.lang) !== language) {
    faults.push(`not in ${language}`);
  }
  const skeleton = `${language} ${patternOf(address)} ${await skeletonOf(page)}`;
  const isNew = !seen.has(skeleton);
  seen.add(skeleton);
  for (const width of widths) {
    await page.setViewportSize({ width, height: width < 600 ? 720 : 900 });
    const axe = isNew && width === widthForAxe[language];
    faults.push(...await whatIsWrong(page, { axe }));
  }
  if (picturesWanted) {             // the smaller one as wide as a telephone
    for (const width of [375, 1280]) {
      await page.setViewportSize({ width, height: width < 600 ? 720 : 900 });
      await picture(page, `${name}${patternOf(address).replaceAll(/[^a-z{}]+/g, "-")}` +
                          `-${language}-${width}`);
    }
  }
  return faults.map((fault) => `${language} ${address}: ${fault}`);
}

async function everyPage(browser, demo, name, enter, seen) {
  const windows = await windowsOf(browser, demo, enter);
  const addresses = await crawl(windows[0].context, demo.url);
  const faults = (await Promise.all(languages.map(async (language, i) => {
    const found = [];
    for (const address of addresses) {
      found.push(...await lookAt(windows[i], address, name, language, seen));
    }
    return [...found, ...windows[i].faults];
  }))).flat();
  for (const window of windows) await window.close();
  expect(faults.length === 0, faults.join("\n  "));
  return addresses.map(patternOf);
}

export default async function run({ browser, demo, tests }) {
  const seen = new Set();
  const who = [
    ["nobody", async () => {}],
    ...roles.map((role) => [role, (page) => signIn(page, demo, role)]),
    ...demo.devices.map(({ name, whatFor }, i) =>
      [["cell", "kiosk", "office"][i] ?? whatFor, (page) => becomeDevice(page, name)]),
  ];
  for (const [name, enter] of who) {
    await tests.test(`every page of ${name}`, async () => {
      const patterns = await everyPage(browser, demo, name, enter, seen);
      console.log(`\n    ${patterns.join(" ")}`);
    });
  }
}
