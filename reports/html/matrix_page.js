(() => {
  "use strict";
  const form = document.querySelector("form.filter");
  const rows = [...document.querySelectorAll("#matrix .grid tbody tr")];
  const status = form.querySelector(".status");

  const filter = () => {
    const { text, area, level, which } = form.elements;
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let number = 0;
    for (const row of rows) {
      const check = row.cells[0].textContent.toLowerCase();
      const matches =
        (!area.value || row.dataset.area === area.value) &&
        (!level.value || row.dataset.level === level.value) &&
        (!which.value || row.classList.contains("differing")) &&
        words.every((word) => check.includes(word));
      row.hidden = !matches;
      number += matches;
    }
    status.textContent = `${number} of ${rows.length} checks shown`;
  };

  // Unfolds and shows the target of a cell.
  const reveal = () => {
    let id = "";
    try {
      id = decodeURIComponent(location.hash.slice(1));
    } catch {
      return;
    }
    const target = id && document.getElementById(id);
    if (!target) return;
    if (target.localName === "details") {
      target.open = true;
      target.querySelector("summary").focus({ preventScroll: true });
    }
    target.scrollIntoView();
  };

  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  filter();
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("#changes details:not([open])")];
    for (const each of folded) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of folded) each.open = false;
  });
  addEventListener("hashchange", reveal);
  reveal();
})();
