"use strict";
// The page is whole without this script, which adds: reading values off charts, hiding lines,
// sorting tables, copying programs and the choice between light and dark.

for (const chart of document.querySelectorAll(".chart")) {
  const { x, places, values } = JSON.parse(chart.dataset.readings);
  const svg = chart.querySelector("svg"), cursor = chart.querySelector(".cursor");
  const reader = chart.querySelector(".reader"), slider = reader.querySelector("input");
  const read = (at) => {
    slider.value = at;
    reader.querySelector("output").textContent = x[at];
    slider.setAttribute("aria-valuetext", `${x[at]}`);
    cursor.hidden = false;
    cursor.removeAttribute("hidden");
    cursor.setAttribute("transform", `translate(${places[at]})`);
    for (const button of chart.querySelectorAll(".legend button")) {
      const found = values[button.dataset.name]?.[at];
      const [value, low, high] = found ?? [];
      button.querySelector(".reading").textContent =
        value == null ? "" : low == null ? `${value}` : `${value} (${low} to ${high})`;
    }
  };
  if (x.length > 1 && !chart.querySelector("circle")) {
    reader.hidden = false;
    slider.max = x.length - 1;
    slider.value = x.length - 1;
    reader.querySelector("output").textContent = x[x.length - 1];
    slider.addEventListener("input", () => read(+slider.value));
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect();
      const place = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
      let nearest = 0;
      for (let i = 1; i < places.length; i++) {
        if (Math.abs(places[i] - place) < Math.abs(places[nearest] - place)) nearest = i;
      }
      read(nearest);
    });
  }
  for (const button of chart.querySelectorAll(".legend button")) {
    button.addEventListener("click", () => {
      const shown = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", `${shown}`);
      for (const mark of svg.querySelectorAll(".mark")) {
        if (mark.dataset.name === button.dataset.name) mark.style.display = shown ? "" : "none";
      }
    });
  }
}

const worth = (row, column) => {
  const cell = row.cells[column];
  return cell.dataset.value === undefined ? cell.textContent : +cell.dataset.value;
};

for (const table of document.querySelectorAll("table.sortable")) {
  for (const heading of table.tHead.rows[0].cells) {
    heading.querySelector("button").addEventListener("click", () => {
      const order = heading.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", order);
      const sign = order === "ascending" ? 1 : -1, column = heading.cellIndex;
      const compare = (a, b) =>
        typeof a === "number" && typeof b === "number" ? a - b : `${a}`.localeCompare(`${b}`);
      const rows = [...table.tBodies[0].rows];
      rows.sort((a, b) => sign * compare(worth(a, column), worth(b, column)));
      table.tBodies[0].append(...rows);
    });
  }
}

for (const button of document.querySelectorAll(".copy")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const code = button.parentElement.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      // A page from a file may not write to the clipboard everywhere: then it is selected.
      getSelection().selectAllChildren(code);
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
}

const theme = document.getElementById("theme");
const isDark = () =>
  (document.documentElement.dataset.theme ??
    (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
const name = () => { theme.textContent = isDark() ? "Light" : "Dark"; };
theme.hidden = false;
theme.addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  name();
});
name();
