(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const articles = all("article.finding");
  const form = document.querySelector("form.filter");
  const names = ["kind", "level", "aspect", "area"];
  const status = form && form.querySelector(".status");
  const said = document.getElementById("said");

  // What is in an article, in small letters, once somebody searches in it.
  const texts = new Map();
  const text = (article) => {
    if (!texts.has(article)) texts.set(article, article.textContent.toLowerCase());
    return texts.get(article);
  };

  const choose = () => {
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = names.map((name) => [name, form.elements[name].value]).filter(([, value]) => value);
    let number = 0;
    for (const article of articles) {
      const fits =
        chosen.every(([name, value]) => article.dataset[name].split(" ").includes(value)) &&
        words.every((word) => text(article).includes(word));
      article.hidden = !fits;
      number += fits;
    }
    for (const band of all("section.band")) {
      band.hidden = !band.querySelector("article:not([hidden])");
    }
    status.textContent =
      number === articles.length ? `${number} shown` : `${number} of ${articles.length} shown`;
  };

  // Where clipboards may not be written, as in a page from a disk, an old command often does it.
  const copyBySelection = (content) => {
    const field = document.createElement("textarea");
    field.value = content;
    field.className = "unseen";
    field.setAttribute("aria-hidden", "true");
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    return copied;
  };

  const copy = async (content) => {
    try {
      await navigator.clipboard.writeText(content);
      return true;
    } catch {
      return copyBySelection(content);
    }
  };

  const button = (words, label, content) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = words;
    made.setAttribute("aria-label", `${words} ${label}`);
    made.addEventListener("click", async () => {
      const done = await copy(content());
      made.focus();
      made.textContent = done ? "Copied" : "Not copied";
      said.textContent = done ? `Copied ${label}` : `${label} could not be copied; select it instead`;
      setTimeout(() => {
        made.textContent = words;
        said.textContent = "";
      }, 1600);
    });
    return made;
  };

  const here = () => location.href.replace(/#.*$/s, "");

  // A link to what is folded away, or filtered out, brings it to light.
  const reveal = () => {
    let id = "";
    try {
      id = decodeURIComponent(location.hash.slice(1));
    } catch {
      return;
    }
    const target = id && document.getElementById(id);
    if (!target) return;
    if (form && target.closest("[hidden]")) {
      form.reset();
      choose();
    }
    for (let at = target; at; at = at.parentElement) if (at.localName === "details") at.open = true;
    target.scrollIntoView();
    if (target.tabIndex === -1) target.focus({ preventScroll: true });
  };

  for (const link of all("a.id")) {
    const id = link.textContent;
    link.parentElement.append(button("Copy link", `to ${id}`, () => here() + link.getAttribute("href")));
  }
  for (const block of all("pre[data-copy]")) {
    const owner = block.closest("li[id], article");
    const what = `${block.dataset.copy.toLowerCase()} of ${owner.id}`;
    block.parentElement.querySelector(".top").append(button("Copy", what, () => block.textContent));
  }
  if (form) {
    form.hidden = false;
    form.addEventListener("input", choose);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(choose));
    choose();
  }
  // Paper cannot be unfolded; an area in which all agrees needs not be.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("details:not([open], .area:not(.some))");
    for (const each of folded) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of folded) each.open = false;
  });
  addEventListener("hashchange", reveal);
  reveal();
})();
