"use strict";
/* Filters, search, network and downloads of the report. Data enter the page as text only. */
(() => {
  const root = document.documentElement;
  root.classList.replace("no-script", "script");
  const byId = (id) => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const data = JSON.parse(byId("data").textContent);
  const make = (tag, text = "", className = "") => {
    const element = document.createElement(tag);
    element.textContent = text;
    if (className) element.className = className;
    return element;
  };
  const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

  /* Sections of the page in the navigation. */
  const links = new Map(all("nav a").map((link) => [link.hash.slice(1), link]));
  const inView = new Set();
  const watch = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) inView[isIntersecting ? "add" : "delete"](target.id);
    const current = [...links.keys()].find((id) => inView.has(id));
    for (const [id, link] of links) link.classList.toggle("current", id === current);
  }, { rootMargin: "-40px 0px -60% 0px" });
  for (const section of all("main > section")) watch.observe(section);

  /* A link to the quotes of a code opens them. */
  const openTarget = () => {
    const target = byId(decodeURIComponent(location.hash.slice(1)));
    if (target?.matches("details.code")) {
      target.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", openTarget);
  openTarget();

  /* Groups compared: one attribute at a time. */
  const attribute = byId("attribute");
  const showChart = () => all(".chart").forEach((chart, number) => { chart.hidden = String(number) !== attribute.value; });
  if (attribute) {
    attribute.addEventListener("change", showChart);
    showChart();
  }

  /* Tables as CSV. Cells that a spreadsheet would take for a formula begin with an apostrophe. */
  const quoteCell = (cell) => {
    let text = cell.dataset.name ?? cell.dataset.v ?? cell.textContent;
    if (!cell.classList.contains("n") && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const download = (table) => {
    const lines = all("tr", table).map((row) => [...row.cells].map(quoteCell).join(","));
    const link = make("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", lines.join("\r\n"), "\r\n"], { type: "text/csv;charset=utf-8" }));
    link.download = `${table.dataset.file}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  for (const button of all("button.csv")) button.addEventListener("click", () => download(byId(button.dataset.table)));

  /* Quotes by code: search and filters. */
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const lists = all("details.code");
  const quotes = lists.map((list) => all(".quote", list));
  const folded = new Map();
  const foldedText = (quote) => {
    if (!folded.has(quote)) folded.set(quote, fold(quote.textContent));
    return folded.get(quote);
  };
  const isInGroup = (quote, group) =>
    !group || quote.dataset.cases.split("\n").some((name) => data.cases[name]?.[group.attribute] === group.value);
  const chosenGroup = (select) => (select && select.value !== "" ? data.groups[Number(select.value)] : null);
  const highlightWords = (words) => {
    if (!CSS.highlights) return;
    CSS.highlights.delete("found");
    if (!words.length) return;
    const pattern = new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "giu");
    const ranges = [];
    for (const quote of quotes.flat()) {
      if (quote.hidden || ranges.length > 2000) continue;
      const walker = document.createTreeWalker(quote, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        for (const match of walker.currentNode.data.matchAll(pattern)) {
          const range = new Range();
          range.setStart(walker.currentNode, match.index);
          range.setEnd(walker.currentNode, match.index + match[0].length);
          ranges.push(range);
        }
      }
    }
    CSS.highlights.set("found", new Highlight(...ranges));
  };
  const filterQuotes = () => {
    const words = fold(byId("search").value).split(/\s+/).filter(Boolean);
    const code = byId("code-filter").value;
    const group = chosenGroup(byId("quote-group"));
    const isFiltered = words.length > 0 || code !== "" || group !== null;
    let found = 0;
    lists.forEach((list, position) => {
      let shown = 0;
      for (const quote of quotes[position]) {
        const isShown = isInGroup(quote, group) && words.every((word) => foldedText(quote).includes(word));
        quote.hidden = !isShown;
        shown += isShown;
      }
      list.hidden = isFiltered && ((code !== "" && list.dataset.code !== code) || shown === 0);
      const total = list.querySelector(".count");
      total.dataset.total ??= total.textContent;
      total.textContent = isFiltered ? `${shown.toLocaleString("en")} of ${total.dataset.total}` : total.dataset.total;
      if (isFiltered) list.open = !list.hidden && (words.length > 0 || code !== "");
      if (!list.hidden) found += shown;
    });
    highlightWords(words);
    byId("search-result").textContent = isFiltered ? `${count(found, "quote")} found` : "";
  };
  const form = byId("quote-filter");
  form.addEventListener("input", filterQuotes);
  form.addEventListener("submit", (event) => { event.preventDefault(); filterQuotes(); });

  /* Printed, all quotes are there. */
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of closed) one.open = false; });

  /* The network. */
  const graph = byId("graph");
  if (!graph) return;
  const nodes = all(".node", graph);
  const edges = all(".edge", graph).sort((a, b) => a.dataset.edge - b.dataset.edge);
  const threshold = byId("threshold");
  const sureOnly = byId("sure-only");
  const groupSelect = byId("network-group");
  const families = all("[data-family]");
  const panel = byId("panel");
  const layout = panel.parentElement;
  let chosen = null;

  const counts = () => chosenGroup(groupSelect)?.counts ?? data.edges.map((edge) => edge.count);
  const units = () => chosenGroup(groupSelect)?.units ?? data.nodes.map((node) => node.units);
  const lineWidth = (number) => 1 + 8 * (number - 1) / Math.max(data.highest - 1, 9);
  const radius = (number) => 5 + 21 * Math.sqrt(number / Math.max(data.most, 10));
  const draw = () => {
    const least = Number(threshold.value);
    const off = new Set(families.filter((box) => !box.checked).map((box) => box.dataset.family));
    const [lines, circles] = [counts(), units()];
    byId("threshold-value").textContent = threshold.value;
    nodes.forEach((node, number) => {
      node.toggleAttribute("hidden", circles[number] === 0 || off.has(data.nodes[number].family));
      node.querySelector("circle").setAttribute("r", radius(circles[number]).toFixed(1));
    });
    edges.forEach((edge, number) => {
      const { a, b } = data.edges[number];
      const isShown = lines[number] >= least && (!sureOnly.checked || data.edges[number].sure)
        && !nodes[a].hasAttribute("hidden") && !nodes[b].hasAttribute("hidden");
      edge.toggleAttribute("hidden", !isShown);
      edge.firstElementChild.setAttribute("stroke-width", lineWidth(Math.max(lines[number], 1)).toFixed(2));
    });
    resetTabs();
  };
  threshold.addEventListener("input", draw);
  sureOnly.addEventListener("change", draw);
  groupSelect?.addEventListener("change", () => { draw(); if (chosen) chosen(); });
  for (const box of families) box.addEventListener("change", draw);

  /* What is near the pointer or the focus. */
  const highlight = (number) => {
    const near = new Set([number]);
    edges.forEach((edge, position) => {
      const { a, b } = data.edges[position];
      const isNear = a === number || b === number;
      if (isNear && !edge.hasAttribute("hidden")) near.add(a).add(b);
      edge.classList.toggle("near", isNear && number !== null);
      edge.classList.toggle("far", !isNear && number !== null);
    });
    nodes.forEach((node, position) => {
      node.classList.toggle("far", number !== null && !near.has(position));
      node.classList.toggle("near", number !== null && near.has(position));
    });
  };

  /* Quotes of a code or of a pair, copied from the list below. */
  const quotesOf = (number) => {
    const { code } = data.nodes[number];
    const group = chosenGroup(groupSelect);
    // A code occurs where the codes below it do.
    const own = quotes.filter((_, position) => `${lists[position].dataset.code}/`.startsWith(`${code}/`));
    return own.flat().filter((quote) => isInGroup(quote, group));
  };
  const range = (quote) => quote.dataset.units.split("-").map(Number);
  const overlaps = (quote, others) => {
    if (!quote.dataset.units) return false;
    const [start, end] = range(quote);
    return others.some(([first, last]) => start < last && first < end);
  };
  const quotesOfPair = (a, b) => {
    const [first, second] = [quotesOf(a), quotesOf(b)];
    const [rangesA, rangesB] = [first, second].map((list) => list.filter((one) => one.dataset.units).map(range));
    // A passage with both codes is shown once.
    const together = new Map();
    const add = (quote, code) => {
      const key = [quote.dataset.transcript, quote.dataset.units, quote.querySelector("q").textContent].join("\n");
      together.set(key, [quote, [...(together.get(key)?.[1] ?? []), data.nodes[code].name]]);
    };
    for (const quote of first) if (overlaps(quote, rangesB)) add(quote, a);
    for (const quote of second) if (overlaps(quote, rangesA)) add(quote, b);
    return [...together.values()].sort(([one], [two]) => range(one)[0] - range(two)[0]);
  };
  const copyQuote = (quote, label) => {
    const copy = quote.cloneNode(true);
    copy.removeAttribute("id");
    copy.hidden = false;
    if (label) copy.querySelector(".source").append(make("span", ` \u00b7 ${label}`));
    return copy;
  };
  const showPanel = (title, subtitle, parts, origin) => {
    const close = make("button", "Close", "close");
    close.type = "button";
    const hide = () => {
      panel.hidden = true;
      layout.classList.remove("open");
      chosen = null;
      mark(null);
      origin?.focus();
    };
    close.addEventListener("click", hide);
    panel.onkeydown = (event) => { if (event.key === "Escape") hide(); };
    panel.replaceChildren(close, make("h3", title), make("p", subtitle, "detail"), ...parts);
    panel.hidden = false;
    layout.classList.add("open");
    panel.scrollTop = 0;
    closePanel = hide;
  };
  let closePanel = () => {};
  const mark = (element) => {
    for (const one of [...nodes, ...edges]) one.classList.toggle("chosen", one === element);
  };
  const listOf = (items) => {
    const list = make("ul", "", "quotes");
    list.lang = document.querySelector("ul.quotes[lang]").lang;
    list.append(...items);
    return list;
  };
  const showNode = (number) => {
    chosen = () => showNode(number);
    mark(nodes[number]);
    const lines = counts();
    const around = data.edges
      .map((edge, position) => ({ position, other: edge.a === number ? edge.b : edge.a, units: lines[position], isOwn: edge.a === number || edge.b === number }))
      .filter((edge) => edge.isOwn && edge.units > 0)
      .sort((one, two) => two.units - one.units);
    const neighbours = make("ul", "", "neighbours");
    neighbours.append(...around.map(({ position, other, units: both }) => {
      const button = make("button", `${data.nodes[other].name} (${both})`);
      button.type = "button";
      button.addEventListener("click", () => showEdge(position));
      const item = make("li");
      item.append(button);
      return item;
    }));
    const own = quotesOf(number);
    const parts = around.length ? [make("p", "Occurs together with (units with both):"), neighbours] : [];
    showPanel(data.nodes[number].name, `${count(units()[number], "unit")} (${data.unit}); ${count(own.length, "quote")} on this page`,
      [...parts, listOf(own.map((quote) => copyQuote(quote)))], nodes[number]);
  };
  const showEdge = (number) => {
    chosen = () => showEdge(number);
    mark(edges[number]);
    const { a, b } = data.edges[number];
    const found = quotesOfPair(a, b);
    showPanel(`${data.nodes[a].name} and ${data.nodes[b].name}`,
      `${count(counts()[number], "unit")} (${data.unit}) with both; ${count(found.length, "quote")} on this page`,
      [listOf(found.map(([quote, names]) => copyQuote(quote, names.join(", "))))], nodes[a]);
  };

  /* Keyboard: one tab stop; arrows go to the nearest code in their direction. */
  const visible = () => nodes.filter((node) => !node.hasAttribute("hidden"));
  const resetTabs = () => {
    const shown = visible();
    const current = shown.find((node) => node.getAttribute("tabindex") === "0") ?? shown[0];
    for (const node of nodes) node.setAttribute("tabindex", node === current ? "0" : "-1");
  };
  const centre = (node) => {
    const circle = node.querySelector("circle");
    return [Number(circle.getAttribute("cx")), Number(circle.getAttribute("cy"))];
  };
  const directions = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
  const nextNode = (node, [dx, dy]) => {
    const [x, y] = centre(node);
    let best = null;
    for (const other of visible()) {
      const [u, v] = centre(other);
      const ahead = (u - x) * dx + (v - y) * dy;
      if (other === node || ahead <= 0) continue;
      const aside = Math.abs((u - x) * dy - (v - y) * dx);
      const cost = ahead + 2 * aside;
      if (!best || cost < best.cost) best = { cost, other };
    }
    return best?.other;
  };
  const focusNode = (node) => {
    for (const one of nodes) one.setAttribute("tabindex", one === node ? "0" : "-1");
    node.focus();
  };
  nodes.forEach((node, number) => {
    node.setAttribute("role", "button");
    node.addEventListener("click", (event) => {
      event.preventDefault();
      if (!hasMoved) showNode(number);
    });
    node.addEventListener("keydown", (event) => {
      const shown = visible();
      if (directions[event.key]) {
        event.preventDefault();
        const next = nextNode(node, directions[event.key]);
        if (next) focusNode(next);
      } else if (event.key === "Home" || event.key === "End") {
        event.preventDefault();
        focusNode(event.key === "Home" ? shown[0] : shown[shown.length - 1]);
      } else if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        showNode(number);
        panel.focus();
      } else if (event.key === "Escape") {
        closePanel();
      }
    });
    for (const name of ["pointerenter", "focus"]) node.addEventListener(name, () => highlight(number));
    for (const name of ["pointerleave", "blur"]) node.addEventListener(name, () => highlight(null));
  });
  edges.forEach((edge, number) => edge.addEventListener("click", () => { if (!hasMoved) showEdge(number); }));

  /* Pan and zoom by the box of the drawing that is shown. */
  const whole = graph.viewBox.baseVal;
  const full = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
  let box = { ...full };
  const setBox = () => {
    graph.classList.toggle("zoomed", box.width < full.width / 1.9);
    graph.setAttribute("viewBox", [box.x, box.y, box.width, box.height].map((one) => one.toFixed(2)).join(" "));
  };
  const zoom = (factor, x = box.x + box.width / 2, y = box.y + box.height / 2) => {
    const width = Math.min(full.width, Math.max(full.width / 8, box.width / factor));
    const scale = width / box.width;
    box = { x: x - (x - box.x) * scale, y: y - (y - box.y) * scale, width, height: box.height * scale };
    keepInside();
    setBox();
  };
  const keepInside = () => {
    box.x = Math.min(Math.max(box.x, full.x), full.x + full.width - box.width);
    box.y = Math.min(Math.max(box.y, full.y), full.y + full.height - box.height);
  };
  const point = (event) => {
    const area = graph.getBoundingClientRect();
    return [box.x + (event.clientX - area.left) / area.width * box.width, box.y + (event.clientY - area.top) / area.height * box.height];
  };
  byId("zoom-in").addEventListener("click", () => zoom(1.4));
  byId("zoom-out").addEventListener("click", () => zoom(1 / 1.4));
  byId("zoom-reset").addEventListener("click", () => { box = { ...full }; setBox(); });
  graph.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 300), ...point(event));
  }, { passive: false });
  let start = null;
  let hasMoved = false;
  graph.addEventListener("pointerdown", (event) => {
    hasMoved = false;
    if (event.button === 0 && event.pointerType !== "touch") start = { x: event.clientX, y: event.clientY, box: { ...box } };
  });
  addEventListener("pointermove", (event) => {
    if (!start) return;
    const area = graph.getBoundingClientRect();
    const [dx, dy] = [event.clientX - start.x, event.clientY - start.y];
    if (!hasMoved && Math.hypot(dx, dy) < 4) return;
    hasMoved = true;
    graph.classList.add("moving");
    box = { ...start.box, x: start.box.x - dx / area.width * box.width, y: start.box.y - dy / area.height * box.height };
    keepInside();
    setBox();
  });
  addEventListener("pointerup", () => { start = null; graph.classList.remove("moving"); });
  graph.addEventListener("dragstart", (event) => event.preventDefault());
  draw();
})();
