// An open page shows what was published since, in place: the filters, the scroll and the focus stay where they are. While
// a form is being filled in nothing is renewed: then only the line says that there is something new.
"use strict";
(() => {
  const CONTROLS = "input, select, textarea";
  const changed = (control) => {
    if (control.type === "hidden" || control.disabled) return false;
    if (control.type === "file") return control.files.length > 0;
    if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
    if (control.tagName === "SELECT") {
      const chosen = [...control.options].findIndex((one) => one.defaultSelected);
      return !control.multiple && control.selectedIndex !== Math.max(chosen, 0);
    }
    return control.value !== control.defaultValue;
  };
  const filling = () => {
    const typing = document.activeElement?.matches(CONTROLS) && document.activeElement.closest("#main form");
    return Boolean(typing) || [...document.querySelectorAll("#main form")].some((form) =>
      [...form.querySelectorAll(CONTROLS)].some(changed));
  };
  // An element is found again by its id, by where it leads, or by its place among its siblings.
  const placed = (element, root) => {
    const way = [];
    for (let one = element; one && one !== root; one = one.parentElement) way.unshift([...one.parentElement.children].indexOf(one));
    return { id: element.id, href: element.getAttribute("href"), tag: element.tagName, way };
  };
  const found = (place, root) => {
    const named = place.id && root.querySelector(`#${CSS.escape(place.id)}`);
    const leading = place.href && root.querySelector(`${place.tag}[href="${CSS.escape(place.href)}"]`);
    const there = place.way.reduce((one, number) => one?.children[number], root);
    return named || leading || (there?.tagName === place.tag ? there : null);
  };
  const kept = (root) => ({
    focus: root.contains(document.activeElement) && document.activeElement !== root ? placed(document.activeElement, root) : null,
    open: [...root.querySelectorAll("details")].map((one) => [placed(one, root), one.open]),
    scrolled: [...root.querySelectorAll("*")].filter((one) => one.scrollTop || one.scrollLeft)
      .map((one) => [placed(one, root), one.scrollTop, one.scrollLeft]),
    top: window.scrollY, left: window.scrollX,
  });
  const put = (state, root) => {
    for (const [place, open] of state.open) { const one = found(place, root); if (one) one.open = open; }
    for (const [place, top, left] of state.scrolled) found(place, root)?.scrollTo(left, top);
    if (state.focus) found(state.focus, root)?.focus({ preventScroll: true });
    window.scrollTo(state.left, state.top);
  };
  let busy = false;
  const renew = async () => {
    const here = document.getElementById("page"), line = document.getElementById("fresh");
    if (busy || !here || !line || filling()) return;
    busy = true;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return;
      const next = new DOMParser().parseFromString(await answer.text(), "text/html");
      const page = next.getElementById("page"), fresh = next.getElementById("fresh");
      if (!page || !fresh || filling()) return;
      const state = kept(here), bar = document.activeElement;
      here.replaceWith(document.adoptNode(page));
      line.replaceWith(document.adoptNode(fresh));
      document.title = next.title;
      put(state, page);
      if (!state.focus && bar && bar !== document.body && bar.isConnected) bar.focus({ preventScroll: true });
      const told = document.createElement("p");
      told.className = "fresh";
      told.textContent = "The newest numbers are shown.";
      fresh.append(told);
      window.htmx?.process(page);
      window.htmx?.process(fresh);
      document.dispatchEvent(new CustomEvent("renewed"));
    } catch { /* The line stays, and its link does the same. */ } finally { busy = false; }
  };
  const signedOut = (line) => {
    const told = document.createElement("div"), way = document.createElement("a"), text = document.createElement("p");
    told.id = "fresh";
    told.setAttribute("role", "status");
    way.href = `/accounts/login/?next=${encodeURIComponent(location.pathname + location.search)}`;
    way.textContent = "Sign in";
    text.className = "fresh";
    text.append("You were signed out; this page is not renewed any more. ", way);
    told.append(text);
    line.replaceWith(told);
  };
  document.addEventListener("htmx:beforeSwap", (event) => {
    const line = document.getElementById("fresh");
    if (event.detail.target !== line) return;
    if (event.detail.xhr.status === 401) {
      event.detail.isError = event.detail.shouldSwap = false;
      signedOut(line);
      return;
    }
    // The same line again would be read out again.
    const told = line.querySelector("[data-build]")?.dataset.build;
    if (told && event.detail.serverResponse.includes(`data-build="${told}"`)) { event.detail.shouldSwap = false; renew(); }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "fresh" && event.detail.target.querySelector("[data-build]")) renew();
  });
})();
