// What the keyboard adds: `/` goes to the search box, `g` and a letter to a room. Everything works without this file.
"use strict";
(() => {
  let going = false;
  const typing = (target) => target.closest("input, select, textarea, [contenteditable]") !== null;
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
})();
