// What pages do beyond what HTML does by itself. Every page works without this file.
import { Button, ErrorSummary, NotificationBanner, SkipLink, createAll }
  from "./govuk-frontend.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
for (const component of [Button, ErrorSummary, NotificationBanner, SkipLink]) {
  createAll(component);
}

const byId = (id) => document.getElementById(id);

// The clock on the prison's wall, by the server: what it said with the page or the last beat, and
// what has passed since. The browser's own clock and zones may be wrong, or elsewhere.
function serverClock(light) {
  const ahead = Number(light?.dataset.aheadMinutes ?? 0) * 60_000;
  let said = Number(light?.dataset.now ?? Date.now()), saidAt = performance.now();
  const now = () => new Date(said + ahead + performance.now() - saidAt).toISOString();
  const time = (withSeconds) => now().slice(11, withSeconds ? 19 : 16);
  const dayAndTime = () => now().slice(0, 16).replace("T", " ");
  const set = (epochMs) => {
    if (!(epochMs > 0)) return;
    said = epochMs;
    saidAt = performance.now();
  };
  return { time, dayAndTime, set };
}

// ---- drawing anew without losing the place ----------------------------------------------------

const keyOf = (node) => node.nodeType === Node.ELEMENT_NODE
  ? node.id || node.dataset.key || node.getAttribute("formaction") || "" : "";

const isSameThing = (was, now) => was.nodeType === now.nodeType && was.nodeName === now.nodeName &&
  keyOf(was) === keyOf(now);

function renewAttributes(was, now) {
  for (const { name } of [...was.attributes]) {
    const isOpened = name === "open" && was.nodeName === "DETAILS";
    if (!now.hasAttribute(name) && !isOpened) was.removeAttribute(name);
  }
  for (const { name, value } of now.attributes) {
    if (was.getAttribute(name) !== value) was.setAttribute(name, value);
  }
}

// Makes `was` look like `now`, keeping every element that is the same thing, so that what has the
// focus keeps it and a card stays itself while others come and go.
function renew(was, now) {
  if (was.isEqualNode(now)) return;
  if (was.nodeType !== Node.ELEMENT_NODE) {
    was.data = now.data;
    return;
  }
  renewAttributes(was, now);
  const left = new Set(was.childNodes);
  let place = was.firstChild;
  for (const wanted of [...now.childNodes]) {
    const kept = [...left].find((node) => isSameThing(node, wanted));
    if (!kept) {
      was.insertBefore(wanted, place);
      continue;
    }
    left.delete(kept);
    if (kept === place) {
      place = place.nextSibling;
    } else {
      was.insertBefore(kept, place);
    }
    renew(kept, wanted);
  }
  for (const node of left) node.remove();
}

// ---- the live board ---------------------------------------------------------------------------

function liveBoard(region) {
  const drawing = byId("al-drawing"), lost = byId("al-lost");
  const light = byId("al-live"), lightText = byId("al-live-text");
  const clock = serverClock(light);
  let stream = null, heardAt = clock.time(false), lostTimer = 0, beatTimer = 0;
  let retryTimer = 0, retryMs = 1000;
  let waiting = null, isPressed = false, changedAt = 0;

  const show = (state, text) => {
    if (!light) return;
    light.dataset.state = state;
    if (lightText.textContent !== text) lightText.textContent = text;
  };
  const sayLost = () => {
    if (!lost.hidden) return;
    lost.textContent = lost.dataset.lost.replace("{time}", heardAt);
    lost.hidden = false;
    if (light) show("lost", light.dataset.lost.replace("{time}", heardAt));
  };
  const heard = () => {
    heardAt = clock.time(false);
    retryMs = 1000;
    clearTimeout(lostTimer);
    lostTimer = 0;
    awaitBeat();
    lost.hidden = true;
    if (light) show("live", `${light.dataset.live} ${clock.time(true)}`);
  };
  // Paper isn't live: it says of which day and minute it is, until the next beat.
  window.addEventListener("beforeprint", () => {
    if (light) lightText.textContent = clock.dayAndTime();
  });
  // Danger is read in the tab's title as well, whichever window is in front.
  const title = document.title;
  const titled = () => {
    const alarm = drawing.querySelector("[data-uncovers] h2");
    document.title = alarm ? `${alarm.textContent} · Alongside` : title;
  };
  const draw = (html) => {
    const wanted = drawing.cloneNode(false);
    wanted.innerHTML = html;
    const focused = document.activeElement;
    const heightWas = drawing.offsetHeight;
    renew(drawing, wanted);
    createAll(Button, undefined, drawing);
    if (focused !== document.activeElement && focused?.isConnected) {
      focused.focus({ preventScroll: true });
    }
    if (drawing.offsetHeight !== heightWas) changedAt = performance.now();
    if (drawing.querySelector("[data-uncovers]")) byId("al-cover")?.close();
    titled();
  };
  const drawOrWait = (html) => {
    if (isPressed) waiting = html; else draw(html);
  };

  // Four seconds without a word, however often it is tried meanwhile.
  const awaitWord = () => {
    if (lost.hidden && !lostTimer) lostTimer = setTimeout(sayLost, 4000);
  };
  // A server says something every 15 seconds. One that is silent for longer, from the first moment
  // on, is lost though the connection looks open (a pulled cable), and is asked for anew: nothing
  // would ever come over the old one.
  const awaitBeat = () => {
    clearTimeout(beatTimer);
    beatTimer = setTimeout(() => { sayLost(); again(); }, 20_000);
  };
  const close = () => {
    stream?.close();
    stream = null;
    clearTimeout(beatTimer);
    clearTimeout(retryTimer);
  };
  const pause = () => {
    close();
    clearTimeout(lostTimer);
    lostTimer = 0;
  };
  const open = () => {
    close();
    if (document.hidden) return;
    stream = new EventSource(region.dataset.stream);
    stream.addEventListener("open", heard);
    stream.addEventListener("view", (event) => { heard(); drawOrWait(event.data); });
    stream.addEventListener("beat", (event) => {
      clock.set(Number(event.data));
      heard();
    });
    stream.addEventListener("goodbye", again);
    stream.addEventListener("error", again);
    awaitWord();
    awaitBeat();
  };
  const again = () => {
    // An answer that is no stream comes from a server that is there: this page's session has been
    // locked or has ended, and loading the page again shows which.
    const isRefused = stream?.readyState === EventSource.CLOSED;
    stream?.close();
    stream = null;
    awaitWord();
    clearTimeout(beatTimer);
    clearTimeout(retryTimer);
    retryTimer = setTimeout(isRefused ? () => location.reload() : open,
                            retryMs * (0.75 + Math.random() / 2));
    retryMs = Math.min(retryMs * 2, 15_000);
  };

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      pause();
      show("paused", light?.dataset.paused ?? "");
    } else {
      open();
    }
  });
  window.addEventListener("pagehide", pause);
  window.addEventListener("pageshow", (event) => { if (event.persisted) open(); });

  // Nothing moves under a pressed finger, and a press right after something moved was meant for
  // what stood there before.
  region.addEventListener("pointerdown", () => { isPressed = true; });
  const released = () => setTimeout(() => {
    isPressed = false;
    if (waiting !== null) draw(waiting);
    waiting = null;
  }, 0);
  window.addEventListener("pointerup", released);
  window.addEventListener("pointercancel", released);
  drawing.addEventListener("click", (event) => {
    if (event.detail > 0 && performance.now() - changedAt < 300) {
      event.preventDefault();
      event.stopPropagation();
    }
  }, { capture: true });
  titled();
  open();
}

// ---- idleness ---------------------------------------------------------------------------------

// Calls `idle` once nobody has touched the page for `seconds`; returns what starts it again.
function afterIdle(seconds, idle) {
  let timer = 0, last = -Infinity;
  const restart = () => {
    const now = performance.now();
    if (now - last < 250) return;
    last = now;
    clearTimeout(timer);
    timer = setTimeout(idle, seconds * 1000);
  };
  for (const kind of ["pointerdown", "pointermove", "keydown", "scroll"]) {
    document.addEventListener(kind, restart, { passive: true, capture: true });
  }
  restart();
  return restart;
}

function coverAfterIdle(cover) {
  afterIdle(Number(cover.dataset.afterSeconds), () => {
    if (!cover.open && !document.querySelector("[data-uncovers]")) cover.showModal();
  });
  cover.addEventListener("cancel", (event) => event.preventDefault());
  // The server may have locked the session meanwhile: it says what may be seen.
  byId("al-uncover").addEventListener("click", () => location.reload());
}

function clearAfterIdle(dialog) {
  const secondsToAnswer = 20;
  let leaving = 0;
  // While the server is away, a navigation would end on the browser's own page and stay there: what
  // stood here goes at once, and the way home is tried again.
  const wipe = () => {
    if (document.body.classList.contains("al-body--away")) return;
    dialog.close();
    document.body.classList.add("al-body--away");
    for (const node of document.querySelectorAll("nav, footer, .al-live")) node.remove();
    const text = document.createElement("p");
    text.className = "govuk-body-l";
    text.setAttribute("role", "alert");
    text.textContent = dialog.dataset.away;
    const main = document.querySelector("main");
    main.replaceChildren(text);
    main.hidden = false;
    document.title = "Alongside";
  };
  const leave = async () => {
    const home = dialog.dataset.home;
    const answer = await fetch(home, { redirect: "manual", cache: "no-store",
                                       signal: AbortSignal.timeout(5000) }).catch(() => null);
    if (answer && (answer.ok || answer.type === "opaqueredirect")) {
      location.replace(home);
      return;
    }
    wipe();
    setTimeout(leave, 10_000);
  };
  const quiet = Math.max(Number(dialog.dataset.afterSeconds) - secondsToAnswer, 5);
  const restart = afterIdle(quiet, () => {
    if (dialog.open) return;
    dialog.showModal();
    leaving = setTimeout(leave, secondsToAnswer * 1000);
  });
  const stay = () => {
    if (document.body.classList.contains("al-body--away")) return;
    clearTimeout(leaving);
    restart();
  };
  byId("al-more-time-yes").addEventListener("click", () => {
    stay();
    dialog.close();
  });
  // Told late: by then the question may stand there again.
  dialog.addEventListener("close", () => {
    if (!dialog.open) stay();
  });
  // Going back must not show the page of whoever stood here before.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelector("main").hidden = true;
    leave();
  });
}

// ---- forms ------------------------------------------------------------------------------------

// Tells the server, at most once a minute, that somebody is at this page: a live page asks for
// nothing by itself, and its session would be locked under the hands of whoever uses it.
function sayStillHere(form) {
  let last = performance.now();
  const touched = () => {
    if (performance.now() - last < 60_000) return;
    last = performance.now();
    const csrf = form.elements.csrf.value;
    fetch("/still-here", { method: "POST", body: new URLSearchParams({ csrf }) }).catch(() => {});
  };
  for (const kind of ["pointerdown", "keydown"]) {
    document.addEventListener(kind, touched, { passive: true, capture: true });
  }
}

// A page that comes back from the browser's memory holds values that were used already.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const field of document.querySelectorAll('input[name="once"]')) {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    field.value = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
});

// What was ticked on a sheet is there again after leaving it, in this tab and until it is sent or
// somebody signs out: only codes, and never on the server before it is sent.
function keepDraft(form) {
  const key = `draft:${location.pathname}`;
  const fields = () => [...form.elements].filter((field) => /^(radio|checkbox)$/.test(field.type));
  const said = JSON.parse(sessionStorage.getItem(key) ?? "null");
  if (said) {
    for (const field of fields()) field.checked = said.includes(`${field.name}=${field.value}`);
  }
  form.addEventListener("change", () => {
    const now = fields().filter((field) => field.checked)
      .map((field) => `${field.name}=${field.value}`);
    sessionStorage.setItem(key, JSON.stringify(now));
  });
  form.addEventListener("submit", () => sessionStorage.removeItem(key));
}

// ---- reading aloud ----

// Opened, it reads what is in it, one recording after the other; closed, it is silent.
function readsWhenOpened(listen) {
  const all = [...listen.querySelectorAll("audio")];
  const play = (audio) => audio?.play().catch(() => {});
  all.forEach((audio, i) => audio.addEventListener("ended", () => play(all[i + 1])));
  listen.addEventListener("toggle", () => {
    if (listen.open) play(all[0]); else all.forEach((audio) => audio.pause());
  });
}

// ---- keyboard ---------------------------------------------------------------------------------

// Alt with 1 to 9 goes to the action of the card with that number from the top.
function cardKeys(region) {
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || !/^Digit[1-9]$/.test(event.code)) return;
    const card = region.querySelectorAll(".al-card")[Number(event.code.slice(5)) - 1];
    const action = card?.querySelector(".al-card__action a, .al-card__action button");
    if (!action) return;
    event.preventDefault();
    action.focus();
  });
}

const region = byId("al-live-region");
if (region) {
  liveBoard(region);
  cardKeys(region);
}
if (location.pathname.startsWith("/sheets/")) {
  for (const form of document.querySelectorAll("main form")) keepDraft(form);
} else if (!document.querySelector(".al-sign-out")) {
  sessionStorage.clear();
}
for (const listen of document.querySelectorAll("details.al-listen")) readsWhenOpened(listen);
if (byId("al-shared")) sayStillHere(byId("al-shared"));
if (byId("al-cover")) coverAfterIdle(byId("al-cover"));
if (byId("al-more-time")) clearAfterIdle(byId("al-more-time"));
if (byId("al-calendar")?.querySelector(".al-cal__peer")) {
  import("./calendar.js").then(({ movable }) => movable(byId("al-calendar")));
}
