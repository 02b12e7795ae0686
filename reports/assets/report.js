// The spill table: filter, sort, and a window over the rows, so that 50,000 of them cost what a screenful costs. Without this script the
// page shows its first rows as plain HTML. Names reach the page through textContent alone.
"use strict";
(() => {
  // Of a long table the first rows stand before this script, and all of them after it: they are taken when the page is there.
  const lead = document.getElementById("spill-lead");
  const source = lead || document.getElementById("spill-data");
  const table = document.getElementById("spill-table");
  if (!source || !table) {
    return;
  }
  const started = performance.now();
  table.parentElement.hidden = false;
  document.getElementById("spill-waiting")?.remove();
  let data = JSON.parse(source.textContent);
  let strings = data.strings;
  const columns = data.columns;
  const body = table.tBodies[0];
  const scroller = table.parentElement;
  const heads = Array.from(table.tHead.rows[0].cells);
  const count = document.getElementById("spill-count");
  const filters = document.querySelector("#spills .filters");
  const overscan = 10;
  const plainLimit = 500;
  const printLimit = 200;
  let rows = data.rows;
  let shown = rows;
  let order = null;
  let rowHeight = 32;
  let viewHeight = window.innerHeight; // never less than the scroller's own height; asking for that would lay out the whole page first

  const column = (name) => columns.indexOf(name);
  const text = (row, name) => {
    const value = row[column(name)];
    return data.numeric.includes(name) ? String(value) : strings[value];
  };

  // What leads to a part of the page is a link where the page has that part.
  function linked(node, anchor) {
    if (!document.getElementById(anchor)) {
      return node;
    }
    const link = document.createElement("a");
    link.href = "#" + anchor;
    link.append(node);
    return link;
  }

  function cellsOf(row, index) {
    const line = document.createElement("tr");
    line.setAttribute("aria-rowindex", String(index + 2));
    for (const name of data.shown) {
      const cell = line.insertCell();
      const value = text(row, name);
      if (data.numeric.includes(name)) {
        cell.className = "number";
        cell.textContent = value;
      } else if (name === "fingerprint") {
        const anchor = "f-" + value;
        const code = document.createElement("code");
        code.textContent = value.slice(0, 10);
        cell.append(linked(code, anchor));
        cell.title = "spillscope explain " + value;
      } else if (name === "kind") {
        const tag = document.createElement("span");
        tag.className = "tag " + value;
        tag.textContent = value;
        cell.append(tag);
      } else if (name === "state" || name === "transaction") {
        const code = document.createElement("code");
        const anchor = (name === "state" ? "s-" : "t-") + text(row, name === "state" ? "state_id" : "txn_id");
        // Where there is no room, a key loses its directories, not its member.
        const colon = value.indexOf(":");
        const slash = value.lastIndexOf("/", colon < 0 ? 0 : colon);
        if (slash > 0) {
          const head = document.createElement("span");
          head.className = "head";
          head.textContent = value.slice(0, slash + 1);
          const tail = document.createElement("span");
          tail.textContent = value.slice(slash + 1);
          code.append(head, tail);
        } else {
          code.textContent = value;
        }
        cell.append(linked(code, anchor));
        cell.title = value;
      } else {
        cell.textContent = value;
        cell.title = value;
      }
    }
    return line;
  }

  function filler(height) {
    const line = document.createElement("tr");
    line.className = "filler";
    line.setAttribute("aria-hidden", "true");
    const cell = line.insertCell();
    cell.colSpan = data.shown.length;
    cell.style.height = height + "px";
    return line;
  }

  function draw(top) {
    const lines = document.createDocumentFragment();
    if (shown.length <= plainLimit) {
      table.classList.remove("windowed");
      shown.forEach((row, index) => lines.append(cellsOf(row, index)));
    } else {
      table.classList.add("windowed");
      const first = Math.max(0, Math.min(Math.floor(top / rowHeight) - overscan, shown.length - 1));
      const last = Math.min(shown.length, first + Math.ceil(viewHeight / rowHeight) + 2 * overscan);
      if (first > 0) {
        lines.append(filler(first * rowHeight));
      }
      for (let index = first; index < last; index++) {
        lines.append(cellsOf(shown[index], index));
      }
      if (last < shown.length) {
        lines.append(filler((shown.length - last) * rowHeight));
      }
    }
    body.replaceChildren(lines);
    table.setAttribute("aria-rowcount", String(shown.length + 1));
    if (count) {
      count.textContent = shown.length === rows.length ? data.count + " findings" : shown.length + " of " + data.count + " findings";
    }
  }

  function measure() {
    const sample = body.querySelector("tr:not(.filler)");
    if (table.classList.contains("windowed") && sample) {
      const height = sample.getBoundingClientRect().height;
      if (height > 0 && Math.abs(height - rowHeight) > 0.5) {
        rowHeight = height;
        draw(scroller.scrollTop);
      }
    }
  }

  function apply() {
    const wanted = [];
    for (const control of filters ? filters.querySelectorAll("[data-column]") : []) {
      if (control.value) {
        const exact = control.tagName === "SELECT" && control.dataset.match !== "part";
        wanted.push([column(control.dataset.column), control.value.toLowerCase(), exact]);
      }
    }
    // Whether a string passes is worked out once a string, not once a row.
    const known = wanted.map(([, value, exact]) => strings.map((string) => {
      const lower = string.toLowerCase();
      return exact ? lower === value : lower.includes(value);
    }));
    shown = wanted.length ? rows.filter((row) => wanted.every(([at], index) => known[index][row[at]])) : rows.slice();
    if (order) {
      const at = column(order.name);
      const numeric = data.numeric.includes(order.name);
      let rank = null;
      if (!numeric) {
        const sorted = strings.map((string, index) => index).sort((one, other) => (strings[one] < strings[other] ? -1 : strings[one] > strings[other] ? 1 : 0));
        rank = new Uint32Array(strings.length);
        sorted.forEach((string, place) => { rank[string] = place; });
      }
      const sign = order.down ? -1 : 1;
      shown.sort((one, other) => sign * (numeric ? one[at] - other[at] : rank[one[at]] - rank[other[at]]));
    }
    draw(0);
    requestAnimationFrame(measure);
  }

  heads.forEach((head, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      const name = data.shown[index];
      order = { name, down: order && order.name === name ? !order.down : data.numeric.includes(name) };
      heads.forEach((other) => other.setAttribute("aria-sort", other === head ? (order.down ? "descending" : "ascending") : "none"));
      scroller.scrollTop = 0;
      apply();
    });
  });
  if (filters) {
    filters.hidden = false;
    filters.addEventListener("input", () => { scroller.scrollTop = 0; apply(); });
    filters.addEventListener("submit", (event) => event.preventDefault());
  }
  let waiting = false;
  scroller.addEventListener("scroll", () => {
    if (!waiting && shown.length > plainLimit) {
      waiting = true;
      requestAnimationFrame(() => { waiting = false; viewHeight = window.innerHeight; draw(scroller.scrollTop); });
    }
  }, { passive: true });

  // The spill graph around one entity: what is more arrows away than asked for fades.
  for (const form of document.querySelectorAll("form[data-graph]")) {
    const drawing = document.getElementById(form.dataset.graph);
    const node = form.querySelector("[data-focus=node]");
    const hops = form.querySelector("[data-focus=hops]");
    const edges = drawing ? Array.from(drawing.querySelectorAll(".edge")) : [];
    const narrow = () => {
      let near = new Set([node.value]);
      for (let hop = 0; node.value && hop < Number(hops.value); hop++) {
        const next = new Set(near);
        for (const edge of edges) {
          if (near.has(edge.dataset.from)) { next.add(edge.dataset.to); }
          if (near.has(edge.dataset.to)) { next.add(edge.dataset.from); }
        }
        near = next;
      }
      const all = !node.value;
      let shownEdges = 0;
      for (const edge of edges) {
        const inside = all || (near.has(edge.dataset.from) && near.has(edge.dataset.to));
        edge.classList.toggle("far", !inside);
        shownEdges += inside;
      }
      for (const box of drawing.querySelectorAll(".node")) {
        box.classList.toggle("far", !all && !near.has(box.dataset.node));
      }
      form.querySelector("output").textContent = all ? "" : near.size + " entities, " + shownEdges + " arrows";
    };
    if (drawing) {
      form.hidden = false;
      form.addEventListener("input", narrow);
      form.addEventListener("submit", (event) => event.preventDefault());
    }
  }
  function openTarget() {
    const target = /^#[efst]-/.test(location.hash) ? document.getElementById(location.hash.slice(1)) : null;
    if (target) {
      target.open = true;
    }
  }
  window.addEventListener("hashchange", openTarget);
  // Paper has no window: the first rows of what is shown, and what the reader opened.
  window.addEventListener("beforeprint", () => {
    const lines = document.createDocumentFragment();
    shown.slice(0, printLimit).forEach((row, index) => lines.append(cellsOf(row, index)));
    table.classList.remove("windowed");
    body.replaceChildren(lines);
  });
  window.addEventListener("afterprint", () => draw(scroller.scrollTop));
  apply();
  table.dataset.milliseconds = String(Math.round(performance.now() - started));
  table.dataset.ready = String(Math.round(performance.now())); // since the page was asked for
  // What stands below has come now: the other rows, and what links lead to.
  document.addEventListener("DOMContentLoaded", () => {
    if (lead) {
      data = JSON.parse(document.getElementById("spill-data").textContent);
      strings = data.strings;
      rows = data.rows;
      const top = scroller.scrollTop;
      apply();
      scroller.scrollTop = top;
    }
    openTarget();
    draw(scroller.scrollTop);
    table.dataset.drawn = String(shown.length);
  });
})();
