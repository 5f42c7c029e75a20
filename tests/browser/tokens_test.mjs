// An administrator gives a program a token and ends it; a partner pauses its scheme.
import { checkEverywhere, checkPage, expect, openWindow, signIn } from "./harness.mjs";

async function press(page, name) {
  await page.getByRole("button", { name, exact: true }).click();
  await page.waitForLoadState("load");
}

export default async function run({ browser, demo, tests }) {
  await tests.test("an administrator makes a token, sees it once, and ends it", async () => {
    const { page, faults, close } = await openWindow(browser, demo);
    await signIn(page, demo, "admin");
    await page.goto("/accounts");
    await page.getByRole("link", { name: "Tokens of other programs" }).click();
    await press(page, "Make a token");
    expect(await page.locator(".govuk-error-summary").isVisible(), "a token without a name");
    await page.getByLabel("Program", { exact: true }).fill("Escort screens");
    await page.getByLabel("Good for how many days").fill("30");
    await press(page, "Make a token");
    const token = await page.locator("main code").textContent();
    expect(/^alongside_SMI_\S{40,}$/.test(token), `no token: ${token}`);
    await checkPage(page);
    const ask = (path) => fetch(demo.url + path, { headers: { authorization: `Bearer ${token}` } });
    expect((await ask("/api/v1/requests")).status === 200, "the token opens nothing");
    await page.goto("/accounts/tokens");
    expect(!(await page.content()).includes(token), "the token is shown again");
    await checkEverywhere(page, "/accounts/tokens", "tokens");
    await press(page, "End it");
    expect((await ask("/api/v1/requests")).status === 401, "the token still opens the door");
    expect(faults.length === 0, faults.join("\n"));
    await close();
  });

  await tests.test("a partner pauses its scheme and lets it run again", async () => {
    const { page, faults, close } = await openWindow(browser, demo);
    await signIn(page, demo, "partner");
    await page.goto("/overview");
    await checkEverywhere(page, "/overview", "overview-partner");
    await press(page, "Pause this scheme");
    expect(await page.getByText("This scheme is paused").isVisible(), "the pause isn't shown");
    await checkPage(page);
    await press(page, "Let it run again");
    expect(await page.getByRole("button", { name: "Pause this scheme" }).isVisible(),
           "it doesn't run again");
    expect(faults.length === 0, faults.join("\n"));
    await close();
  });
}
