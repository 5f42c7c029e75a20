// Picking somebody up in the calendar and putting them down on a shift: with the mouse, a finger or
// the keyboard. Each step is a page at the same address, which is what happens without this file.

const parsed = async (address) => {
  const answer = await fetch(address, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok || answer.redirected) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
};

export function movable(root) {
  const said = document.createElement("p");
  said.className = "al-cal-said";
  said.setAttribute("role", "status");
  const foot = document.createElement("div");
  foot.className = "al-cal-foot";
  root.append(foot);
  foot.append(said);
  const dialog = document.createElement("dialog");
  dialog.className = "al-cal-dialog";
  dialog.setAttribute("aria-labelledby", "al-consequence-head");
  root.append(dialog);

  // Who else takes the shift: a button beside what is said, to a list of all who may.
  const giving = document.createElement("button");
  giving.type = "button";
  giving.className = "govuk-button govuk-button--secondary al-cal-giving";
  giving.hidden = true;
  foot.prepend(giving);

  let held = null;
  // By shift, all of the table; by peer, the row of who is picked up.
  const shifts = () => [...(held?.row ?? root).querySelectorAll(".al-cal-wide [data-shift]")];
  const rowOf = (link) => link.closest("tr[data-person]");
  const placeOf = (event) => {
    const shift = event.target.closest?.("[data-shift]");
    return held?.row && !held.row.contains(shift) ? null : shift;
  };
  const marks = (place) => place.querySelectorAll(".al-cal__may");
  // As it is seen: what is said beside a link for those who hear it alone is known by the shift.
  const textOf = (node) => {
    const copy = node?.cloneNode(true);
    for (const hidden of copy?.querySelectorAll(".govuk-visually-hidden") ?? []) hidden.remove();
    return copy?.textContent.replace(/\s+/g, " ").trim() ?? "";
  };
  // On narrow screens there is a list of days instead, in which names are links to pages.
  const isHere = (link) => !link.closest(".al-cal-days") &&
    root.querySelector(".al-cal, .al-rota")?.offsetParent;

  const putBack = (words = "") => {
    if (!held) return;
    const { link } = held;
    root.classList.remove("al-cal-holds", "al-cal-drags");
    link.removeAttribute("aria-pressed");
    for (const shift of shifts()) {
      for (const mark of marks(shift)) mark.remove();
      delete shift.dataset.may;
      if (shift.dataset.added) shift.remove();
    }
    held = null;
    giving.hidden = true;
    said.textContent = words;
    link.focus();
  };

  // By peer, the shifts that they aren't on have no place in their row until they are picked up.
  const addPlaces = (theirs) => {
    for (const cell of held.row.cells) {
      const there = new Map([...cell.querySelectorAll("[data-shift]")]
        .map((shift) => [shift.dataset.shift, shift]));
      const wanted = theirs.cells[cell.cellIndex]?.querySelectorAll("[data-shift]") ?? [];
      let next = [...cell.children].find((node) => !node.matches("[data-shift]")) ?? null;
      for (const place of [...wanted].reverse()) {
        let shift = there.get(place.dataset.shift);
        if (!shift) {
          shift = document.importNode(place, true);
          for (const mark of marks(shift)) mark.remove();
          shift.dataset.added = "yes";
          shift.tabIndex = -1;
          cell.insertBefore(shift, next);
        }
        next = shift;
      }
    }
  };

  const fill = (page) => {
    const theirs = held.row &&
      page.querySelector(`tr[data-person="${held.row.dataset.person}"]`);
    if (theirs) addPlaces(theirs);
    const places = new Map([...(theirs ?? page).querySelectorAll(".al-cal-wide [data-shift]")]
      .map((shift) => [shift.dataset.shift, shift]));
    for (const shift of shifts()) {
      const mark = places.get(shift.dataset.shift)?.querySelector(".al-cal__may");
      shift.dataset.may = mark?.dataset.may ?? "no";
      if (mark) shift.append(document.importNode(mark, true));
    }
    held.off = page.getElementById("al-cal-off")?.getAttribute("href");
    held.give = page.getElementById("al-cal-give");
    giving.textContent = held.give?.querySelector("h2").textContent ?? "";
    giving.hidden = !held.give;
    said.textContent = textOf(page.getElementById("al-cal-held"));
  };

  // Asks once, for all shifts that are shown: whether this person may go there and, if not, why.
  const pickUp = (link) => {
    putBack();
    for (const shift of shifts()) for (const mark of marks(shift)) mark.remove();
    const mine = held = { link, row: rowOf(link) };
    root.classList.add("al-cal-holds");
    link.setAttribute("aria-pressed", "true");
    mine.ready = parsed(link.href).then((page) => {
      if (held !== mine) return;
      if (page) fill(page);
      else location.assign(link.href);      // that page says what is wrong
    });
    return mine.ready;
  };

  // What it would change, before it is saved.
  const ask = async (address) => {
    const page = await parsed(address);
    const part = page?.getElementById("al-consequence");
    if (!part) {
      location.assign(address);
      return;
    }
    dialog.setAttribute("aria-labelledby", "al-consequence-head");
    dialog.replaceChildren(document.importNode(part, true));
    dialog.showModal();
    dialog.querySelector("form button, [data-cancel]")?.focus();
  };

  const askWhoTakesIt = () => {
    const list = document.importNode(held.give, true);
    list.removeAttribute("id");
    list.querySelector("h2").id = "al-cal-who-head";
    list.setAttribute("aria-labelledby", "al-cal-who-head");
    dialog.setAttribute("aria-labelledby", "al-cal-who-head");
    dialog.replaceChildren(list);
    const cancel = document.createElement("button");
    cancel.type = "button";
    cancel.className = "govuk-button govuk-button--secondary";
    cancel.dataset.cancel = "yes";
    cancel.textContent = root.dataset.cancelWords;
    dialog.append(cancel);
    dialog.showModal();
    dialog.querySelector("a, summary, button")?.focus();
  };

  // By peer, dropped in somebody else's row: that they take it.
  const takerOf = (event) => {
    const row = held?.row && event.target.closest?.("tr[data-person]");
    return row && row !== held.row ? row.dataset.person : null;
  };
  const entryOf = (person) => held?.give?.querySelector(`[data-taker="${person}"]`);
  const giveTo = async (person) => {
    const mine = held;
    await mine.ready;
    if (held !== mine) return;
    const address = entryOf(person)?.getAttribute("href");
    if (address) ask(address);
    else putBack(textOf(entryOf(person)) || root.dataset.back);
  };

  const putDown = async (shift) => {
    const mine = held;
    await mine?.ready;
    if (!mine || held !== mine) return;
    // Where it is: somebody else is to be there.
    if (mine.give && shift.dataset.may === "from") {
      askWhoTakesIt();
      return;
    }
    const address = shift.querySelector('.al-cal__may[data-may="yes"] a')?.getAttribute("href");
    if (address) ask(address);
    else said.textContent = wordsFor(shift);
  };

  const wordsFor = (shift) =>
    [shift.dataset.label, marks(shift)[0]?.dataset.words].filter(Boolean).join(": ");

  // The shift beside this one: left and right over the days, up and down over the kinds.
  const beside = (shift, key) => {
    const rows = [...root.querySelectorAll(".al-cal tbody tr")];
    const cell = shift.closest("td"), row = cell.parentElement;
    const kinds = row.parentElement.rows.length;
    const inCell = [...cell.querySelectorAll("[data-shift]")];
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    const step = steps[key];
    const next = inCell[inCell.indexOf(shift) + step[0]];
    if (step[0] && next) return next;
    let r = rows.indexOf(row), c = cell.cellIndex;
    for (;;) {
      r += step[0];
      c += step[1];
      if (c < 1 || c > 7) {
        r += step[1] * kinds;
        c = c < 1 ? 7 : 1;
      }
      if (!rows[r]) return shift;
      const found = rows[r].cells[c]?.querySelectorAll("[data-shift]");
      if (found?.length) return found[step[0] < 0 ? found.length - 1 : 0];
    }
  };

  // The same in one person's row: left and right over the days, up and down over a day's shifts.
  const besideInRow = (shift, key) => {
    const cell = shift.closest("td"), cells = [...held.row.cells];
    const inCell = [...cell.querySelectorAll("[data-shift]")], at = inCell.indexOf(shift);
    if (key === "ArrowUp" || key === "ArrowDown") {
      return inCell[at + (key === "ArrowUp" ? -1 : 1)] ?? shift;
    }
    const step = key === "ArrowLeft" ? -1 : 1;
    for (let c = cells.indexOf(cell) + step; cells[c]; c += step) {
      const found = [...cells[c].querySelectorAll("[data-shift]")];
      const same = found.find(({ dataset }) => dataset.kind === shift.dataset.kind);
      if (found.length) return same ?? found[0];
    }
    return shift;
  };

  const goTo = (shift) => {
    shift.focus();
    shift.scrollIntoView({ block: "nearest", inline: "nearest" });
    said.textContent = wordsFor(shift);
  };

  for (const shift of shifts()) shift.tabIndex = -1;
  const names = ".al-cal-people .al-cal__peer, .al-cal-wide .al-cal__peer";
  for (const link of root.querySelectorAll(names)) {
    link.setAttribute("role", "button");
    link.draggable = true;
  }

  root.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || dialog.contains(event.target)) return;
    const link = event.target.closest(".al-cal__peer");
    const shift = placeOf(event);
    if (held && shift && link !== held.link) {
      event.preventDefault();
      putDown(shift);
    } else if (link && isHere(link)) {
      event.preventDefault();
      if (held?.link === link) {
        putBack(root.dataset.back);
        return;
      }
      const byKeyboard = event.detail === 0;
      const from = link.closest("[data-shift]");
      pickUp(link).then(() => {
        if (held?.link !== link || !byKeyboard) return;
        const all = shifts();
        goTo(from ?? all.find(({ dataset }) => dataset.may === "yes") ?? all[0] ?? link);
      });
    }
  });

  root.addEventListener("keydown", (event) => {
    if (dialog.open) return;
    if (event.key === " " && event.target.matches(".al-cal__peer")) {
      event.preventDefault();
      event.target.click();
      return;
    }
    if (!held) return;
    const shift = placeOf(event);
    if (event.key === "Escape") {
      putBack(root.dataset.back);
    } else if (event.key === "Delete" && held.off) {
      ask(held.off);
    } else if (shift && event.key.startsWith("Arrow")) {
      goTo((held.row ? besideInRow : beside)(shift, event.key));
    } else if (shift === event.target && (event.key === "Enter" || event.key === " ")) {
      putDown(shift);
    } else {
      return;
    }
    event.preventDefault();
  });

  root.addEventListener("dragstart", (event) => {
    const link = event.target.closest?.(".al-cal__peer");
    if (!link) return;
    event.dataTransfer.setData("text/plain", textOf(link));
    event.dataTransfer.effectAllowed = "move";
    pickUp(link);
    root.classList.add("al-cal-drags");     // words stay below: nothing moves under the mouse
  });
  root.addEventListener("dragover", (event) => {
    const shift = placeOf(event), taker = takerOf(event);
    if (taker) {
      event.preventDefault();
      event.dataTransfer.dropEffect = "move";
      if (held.over !== taker) said.textContent = textOf(entryOf(taker));
      held.over = taker;
    }
    if (!held || !shift) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = shift.dataset.may === "yes" ? "move" : "none";
    if (held.over !== shift) said.textContent = wordsFor(shift);
    held.over = shift;
    // Until the answer is there nobody knows; what isn't allowed is said when it is put down.
    if (!shift.dataset.may) event.dataTransfer.dropEffect = "move";
  });
  root.addEventListener("drop", (event) => {
    const shift = placeOf(event), taker = takerOf(event);
    // Dropped where it was picked up: nothing was meant.
    if (!held || !(taker || shift) || shift?.dataset.may === "from") return;
    event.preventDefault();
    held.isDropped = true;
    if (taker) giveTo(taker);
    else putDown(shift);
  });
  root.addEventListener("dragend", () => {
    if (!held || held.isDropped) return;
    putBack(held.over?.dataset ? wordsFor(held.over) : root.dataset.back);
  });

  giving.addEventListener("click", () => askWhoTakesIt());
  dialog.addEventListener("click", (event) => {
    const taker = event.target.closest("a[data-taker]");
    if (taker) {
      event.preventDefault();
      dialog.close("asks");
      ask(taker.getAttribute("href"));
      return;
    }
    if (!event.target.closest("[data-cancel]")) return;
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "asks") putBack(root.dataset.back);
    dialog.returnValue = "";
  });
}
