// Calendar feeds: made on the pages, read without signing in, understood by a parser of the wild.
import ICAL from "ical.js";
import { checkPage, expect, expectText, openWindow, signIn } from "./harness.mjs";

export const demo = ["--at", "2026-11-25 09:05"];

// What a calendar makes of the address: its events, or nothing where it answers no more.
async function subscribed(address, known) {
  const answer = await fetch(address, { headers: known ? { "If-None-Match": known } : {} });
  if (answer.status !== 200) return { status: answer.status };
  const text = await answer.text();
  const calendar = new ICAL.Component(ICAL.parse(text));
  return {
    status: 200, text, tag: answer.headers.get("etag"), type: answer.headers.get("content-type"),
    name: calendar.getFirstPropertyValue("x-wr-calname"),
    events: calendar.getAllSubcomponents("vevent").map((part) => new ICAL.Event(part)),
  };
}

const statusOf = (event) => event.component.getFirstPropertyValue("status");

async function made(page, prison) {
  await page.getByRole("button", { name: "Make an address" }).click();
  await expectText(page.locator("h1"), "Give this to the calendar");
  const address = await page.locator("main code").textContent();
  expect(address.startsWith(`${prison.url.replace(/\/$/, "")}/feeds/`), address);
  return address;
}

function checkText(calendar) {
  expect(/^text\/calendar/.test(calendar.type), calendar.type);
  const lines = calendar.text.split("\r\n");
  expect(lines.every((line) => Buffer.byteLength(line) <= 75 && !line.includes("\n")), "lines");
  expect(!/Peer \d/.test(calendar.text), "somebody is named");
  const uids = calendar.events.map((event) => event.uid);
  expect(new Set(uids).size === uids.length, "a UID stands twice");
  for (const event of calendar.events) {
    expect(event.startDate.zone.tzid === "UTC" && event.endDate.zone.tzid === "UTC", "no UTC");
    expect(event.endDate.compare(event.startDate) > 0, "ends before it begins");
    expect(Number.isInteger(event.sequence), "no SEQUENCE");
    for (const name of ["dtstamp", "last-modified"]) {
      expect(event.component.getFirstPropertyValue(name).zone.tzid === "UTC", name);
    }
  }
}

export default async function run({ browser, demo: prison, tests }) {
  const window = await openWindow(browser, prison);
  const { page } = window;
  await signIn(page, prison, "coordinator");
  let ofScheme, address;

  await tests.test("a scheme's: each shift with how many are wanted and on", async () => {
    await page.goto("/on-call");
    await page.getByRole("link", { name: "Calendar addresses" }).click();
    await checkPage(page);
    await page.getByLabel("What the calendar shows").selectOption("All shifts of POPS");
    address = await made(page, prison);
    ofScheme = await subscribed(address);
    checkText(ofScheme);
    expect(ofScheme.name === "On call: POPS", ofScheme.name);
    expect(ofScheme.events.length > 20, `${ofScheme.events.length} events`);
    expect(ofScheme.events.every((event) => /^\S.*: \d+ of \d+ on(, gap)?$/.test(event.summary)),
           ofScheme.events[0].summary);
  });

  await tests.test("what didn't change isn't sent again; a cancelled shift says so", async () => {
    expect((await subscribed(address, ofScheme.tag)).status === 304, "no 304");
    await page.goto("/on-call/new?scheme=pops");
    await page.getByLabel("Day on which it begins").fill("2026-12-01");
    await page.getByLabel("Name of the shift").fill("a; b, \\c");
    await page.getByLabel("Begins at").fill("15:00");
    await page.getByLabel("Ends at").fill("16:00");
    await page.getByLabel("How many people").fill("1");
    await page.getByRole("button", { name: "Add" }).click();
    const added = (await subscribed(address, ofScheme.tag)).events
      .find((event) => event.summary.startsWith("a; b, \\c: 0 of 1 on, gap"));
    expect(added && statusOf(added) === "CONFIRMED", "the new shift isn't there");
    expect(added.description.split("\n").length === 2, added.description);
    await page.getByText("Cancel this shift").click();
    await page.getByRole("button", { name: "Yes, cancel it" }).click();
    const after = (await subscribed(address)).events.find((event) => event.uid === added.uid);
    expect(after.summary === "Cancelled: a; b, \\c", after.summary);
    expect(statusOf(after) === "CANCELLED" && after.sequence > added.sequence, "not cancelled");
  });

  await tests.test("the prison's names the scheme of each shift", async () => {
    await page.goto("/on-call/feeds");
    await page.getByLabel("What the calendar shows").selectOption("All shifts of every scheme");
    const all = await subscribed(await made(page, prison));
    checkText(all);
    expect(all.events.some((event) => event.summary.startsWith("POPS, ")), all.events[0].summary);
    expect(all.events.length >= ofScheme.events.length, "fewer than of one scheme");
  });

  await tests.test("an ended address answers nobody, as one that never was", async () => {
    await page.goto("/on-call/feeds");
    const before = await page.getByRole("button", { name: "End it" }).count();
    for (let left = before; left > 0; --left) {
      await page.getByRole("button", { name: "End it" }).first().click();
      await page.waitForURL("**/on-call/feeds");
    }
    await expectText(page.locator("main"), "No address is in use.");
    expect((await subscribed(address)).status === 404, "still there");
    const never = address.replace(/feeds\/.{43}/, `feeds/${"A".repeat(43)}`);
    const [one, other] = await Promise.all([address, never].map((each) => fetch(each)));
    expect(await one.text() === await other.text(), "they differ");
    const key = address.match(/feeds\/(.{43})/)[1];
    const metrics = await (await fetch(new URL("/metrics", prison.url))).text();
    expect(metrics.length > 500 && !metrics.includes(key), "the key is in the metrics");
    expect(/"route":"\/feeds\/{key}\/on-call\.ics"/.test(prison.complained), "nothing is logged");
    expect(!prison.complained.includes(key), "the key is in the log");
  });

  await tests.test("a peer's own, made on their page: on call, and nothing else", async () => {
    const own = await openWindow(browser, prison, { width: 375 });
    await signIn(own.page, prison, "peer1");
    await own.page.goto("/me");
    await own.page.getByRole("link", { name: "My shifts in a calendar" }).click();
    await checkPage(own.page);
    const mine = await subscribed(await made(own.page, prison));
    checkText(mine);
    await checkPage(own.page);
    expect(mine.name === "On call", mine.name);
    expect(mine.events.length > 0, "no shift");
    expect(mine.events.every((event) => /^On call: \S/.test(event.summary) &&
                                        !event.description), mine.events[0].summary);
    expect(own.faults.length === 0, own.faults.join());
    await own.close();
  });

  await window.close();
}
