(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const articles = all("article.cause");
  const form = document.querySelector("form.filter");
  const names = ["kind", "level", "aspect", "area"];
  const status = form && form.querySelector(".status");
  const announcement = document.getElementById("announcement");

  // The text of each article in lower case, computed at the first search.
  const texts = new Map();
  const text = (article) => {
    if (!texts.has(article)) texts.set(article, article.textContent.toLowerCase());
    return texts.get(article);
  };

  const filter = () => {
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const selected = names.map((name) => [name, form.elements[name].value]).filter(([, value]) => value);
    let number = 0;
    for (const article of articles) {
      const matches =
        selected.every(([name, value]) => article.dataset[name].split(" ").includes(value)) &&
        words.every((word) => text(article).includes(word));
      article.hidden = !matches;
      number += matches;
    }
    for (const section of all("section.causes")) {
      section.hidden = !section.querySelector("article:not([hidden])");
    }
    status.textContent =
      `${number} of ${articles.length} causes shown`;
  };

  // A page from a disk may not write to the clipboard, but an older command often works.
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

  const button = (caption, label, content) => {
    const element = document.createElement("button");
    element.type = "button";
    element.textContent = caption;
    element.setAttribute("aria-label", `${caption} ${label}`);
    element.addEventListener("click", async () => {
      const done = await copy(content());
      element.focus();
      element.textContent = done ? "Copied" : "Not copied";
      announcement.textContent = done ? `Copied ${label}` : `${label} could not be copied; select the text instead`;
      setTimeout(() => {
        element.textContent = caption;
        announcement.textContent = "";
      }, 1600);
    });
    return element;
  };

  const here = () => location.href.replace(/#.*$/s, "");

  // Shows the target of a link, even if it is folded or filtered out.
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
      filter();
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
    const owner = block.closest("li[id], .clearest");
    const what = `${block.dataset.copy.toLowerCase()} of ${owner.id}`;
    block.parentElement.querySelector(".top").append(button("Copy", what, () => block.textContent));
  }
  if (form) {
    form.hidden = false;
    form.addEventListener("input", filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(filter));
    filter();
  }
  // Paper cannot be unfolded. Areas in which every check passed stay folded.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("details:not([open], .area:not(.differing))");
    for (const each of folded) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of folded) each.open = false;
  });
  addEventListener("hashchange", reveal);
  reveal();
})();
