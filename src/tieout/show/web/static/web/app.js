// What the keyboard adds: `/` goes to the search box, `g` and a letter to a room. Everything works without this file.
"use strict";
(() => {
  let going = false;
  const typing = (target) => target.closest("input, select, textarea, [contenteditable]") !== null;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-copy]");
    if (!link || !navigator.clipboard) return;
    event.preventDefault();
    navigator.clipboard.writeText(link.href).then(() => { link.textContent = "Copied"; }, () => { location.href = link.href; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      const box = document.querySelector("input[type=search]");
      if (box) { event.preventDefault(); box.focus(); }
      return;
    }
    if (going) {
      const link = document.querySelector(`.rooms a[data-key="${CSS.escape(event.key)}"]`);
      if (link) link.click();
    }
    going = event.key === "g" && !going;
  });
  // In the search box and the list below it: arrows go through what is found, Escape back and away.
  document.addEventListener("keydown", (event) => {
    const area = event.target.closest(".search");
    if (!area) return;
    const box = area.querySelector("input"), links = [...area.querySelectorAll(".found a")];
    const place = links.indexOf(document.activeElement);
    if (event.key === "Escape") { area.querySelector(".found").replaceChildren(); box.focus(); return; }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const next = event.key === "ArrowDown" ? links[place + 1] : place > 0 ? links[place - 1] : box;
    if (next) { event.preventDefault(); next.focus(); }
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".search")) document.querySelector(".found")?.replaceChildren();
  });
  // A slider over days writes the day that it stands on into its field of the day, whose form asks for it.
  document.addEventListener("input", (event) => {
    const range = event.target.closest("input[type=range][data-day]");
    const field = range && document.getElementById(range.dataset.day);
    if (!field) return;
    const day = new Date(`${range.dataset.first}T00:00:00Z`);
    day.setUTCDate(day.getUTCDate() + Number(range.value));
    field.value = day.toISOString().slice(0, 10);
    range.setAttribute("aria-valuetext", field.value);
    field.form.dispatchEvent(new Event("slide"));
  });
  // Whoever waits for a page is told so: nothing within 200 ms, then a line at the top, then why it takes so long.
  const line = document.getElementById("waiting"), main = document.getElementById("main");
  let clocks = [];
  const ended = () => {
    clocks.forEach(clearTimeout);
    clocks = [];
    line?.classList.remove("on");
    line?.replaceChildren();
    main?.removeAttribute("aria-busy");
  };
  const waiting = () => {
    if (!line || !main) return;
    ended();
    clocks.push(setTimeout(() => { line.classList.add("on"); main.setAttribute("aria-busy", "true"); }, 200));
    clocks.push(setTimeout(() => { line.textContent = "Working it out. This page stays until the next one is there."; }, 1500));
    clocks.push(setTimeout(() => { line.textContent = "Still working it out. The first time takes longest: after that it is kept."; }, 6000));
  };
  const leads = (link) => link && !link.hasAttribute("download") && !link.target && link.origin === location.origin
    && !link.hasAttribute("data-copy") && !/[?&]format=/.test(link.search)
    && (link.pathname !== location.pathname || link.search !== location.search);
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest("a[href]");
    if (link instanceof HTMLAnchorElement ? leads(link) : link && !link.getAttribute("href").startsWith("#")) waiting();
  });
  document.addEventListener("submit", (event) => { if (!event.defaultPrevented) waiting(); });
  // A part of the page that is renewed at once is waited for too, but neither the line above the page nor the search.
  document.addEventListener("htmx:beforeRequest", (event) => { if (event.detail.target.id === "page") waiting(); });
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.target.id === "page") ended(); });
  window.addEventListener("pageshow", ended);
})();
