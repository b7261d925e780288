/* Copyright (c) 2026 qlikops.cloud contributors
   SPDX-License-Identifier: GPL-3.0-or-later */
"use strict";

(() => {
  const table = document.querySelector("#tenants table");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const headers = [...table.tHead.rows[0].cells];
  const search = document.querySelector("#search");
  const found = document.querySelector("#found");
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const order = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

  // Rows without a value stay at the end, whichever way the others are turned
  const compared = (one, other, way) => {
    if (!one || !other) {
      return Number(!one) - Number(!other);
    }
    return way * order.compare(one, other);
  };

  const sort = (header) => {
    const column = headers.indexOf(header);
    const way = header.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    headers.forEach((each) => each.removeAttribute("aria-sort"));
    header.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
    const keys = new Map(rows.map((row) => [row, row.cells[column].textContent.trim()]));
    rows.sort((one, other) => compared(keys.get(one), keys.get(other), way));
    body.replaceChildren(); // moved one by one, thousands of rows take seconds
    body.append(...rows);
  };

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      row.hidden = !words.every((word) => texts.get(row).includes(word));
      count += row.hidden ? 0 : 1;
    }
    found.textContent = `${count} of ${rows.length} tenants`;
  };

  for (const header of headers) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    button.addEventListener("click", () => sort(header));
    header.append(button);
  }

  // What is closed would not be on paper
  const closed = () => document.querySelectorAll("details:not([open])");
  addEventListener("beforeprint", () => closed().forEach((each) => each.setAttribute("open", "")));

  let pending = 0;
  search.addEventListener("input", () => {
    clearTimeout(pending);
    pending = setTimeout(filter, 100);
  });
  search.closest("form").addEventListener("submit", (event) => event.preventDefault());
  search.closest("form").hidden = false;
  filter();
})();
