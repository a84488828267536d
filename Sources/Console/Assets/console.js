// Live updates for the page Now. Without this script the page is complete, only still.
"use strict";

(() => {
  const address = document.body.dataset.live;
  const FOCUSABLE = "a[href], button, summary, [tabindex]";

  // Arrow keys move between the points of a picture; only one of them is in the tab order.
  document.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    const stop = event.target instanceof Element ? event.target.closest(".stops > g") : null;
    if (!step || !stop) return;
    const stops = [...stop.parentNode.children];
    const next = stops[Math.min(stops.length - 1, Math.max(0, stops.indexOf(stop) + step))];
    stop.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
    event.preventDefault();
  });

  if (!address || !window.EventSource) return;

  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const waiting = new Map(); // id of a part → its newest content
  let source = null;
  let retry = 0;
  let pause = 1000;
  let isPaused = false;
  let lastApplied = 0;
  let timer = 0;

  const note = document.createElement("span");
  note.className = "note";
  note.setAttribute("role", "status");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Pause";
  document.querySelector(".head").append(note, button);

  button.addEventListener("click", () => {
    isPaused = !isPaused;
    button.textContent = isPaused ? "Resume" : "Pause";
    note.textContent = isPaused ? "paused here" : "";
    isPaused ? close() : open();
  });

  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  window.addEventListener("pagehide", close);
  open();

  function open() {
    if (source || isPaused || document.hidden) return;
    clearTimeout(retry);
    source = new EventSource(address);
    source.addEventListener("open", () => {
      pause = 1000;
      note.textContent = "";
    });
    source.addEventListener("part", (event) => {
      const part = JSON.parse(event.data);
      waiting.set(part.id, part.html);
      schedule();
    });
    source.addEventListener("error", () => {
      note.textContent = "connection lost, trying again";
      if (source.readyState !== EventSource.CLOSED) return; // The browser tries again by itself.
      source = null;
      retry = setTimeout(open, pause);
      pause = Math.min(pause * 2, 30000);
    });
  }

  function close() {
    clearTimeout(retry);
    clearTimeout(timer);
    timer = 0;
    waiting.clear(); // Whoever looks again gets everything anew.
    if (source) source.close();
    source = null;
  }

  // At most once a second, or every ten where less motion is asked for.
  function schedule() {
    if (timer) return;
    const wait = lastApplied + (calm.matches ? 10000 : 1000) - performance.now();
    timer = setTimeout(apply, Math.max(0, wait));
  }

  function apply() {
    timer = 0;
    lastApplied = performance.now();
    for (const [id, html] of waiting) {
      const part = document.getElementById(id);
      if (!part) {
        waiting.delete(id);
      } else if (!isBeingRead(part)) {
        replace(part, html);
        waiting.delete(id);
      }
    }
    if (waiting.size) schedule();
  }

  // A part with selected text, or with a value shown under the pointer, is left alone until that ends.
  function isBeingRead(part) {
    const selection = document.getSelection();
    const isSelected = selection && !selection.isCollapsed && part.contains(selection.anchorNode);
    return isSelected || part.querySelector(".stops > g:hover") !== null;
  }

  function replace(part, html) {
    const open = [...part.querySelectorAll("details[open]")].map((details) => details.id);
    const scrolled = [...part.querySelectorAll(".scroll")].map((box) => [box.scrollLeft, box.scrollTop]);
    const focused = part.contains(document.activeElement) ? mark(part, document.activeElement) : null;

    part.innerHTML = html;

    for (const id of open) {
      const details = document.getElementById(id);
      if (details) details.open = true;
    }
    part.querySelectorAll(".scroll").forEach((box, index) => {
      if (scrolled[index]) [box.scrollLeft, box.scrollTop] = scrolled[index];
    });
    if (focused) restore(part, focused);
  }

  // What had the focus: the same link wherever it has moved, else what stands at the same place.
  function mark(part, element) {
    return {
      href: element.getAttribute("href"),
      isStop: element.matches(".stops > g"),
      index: [...part.querySelectorAll(FOCUSABLE)].indexOf(element),
    };
  }

  function restore(part, { href, isStop, index }) {
    const all = [...part.querySelectorAll(FOCUSABLE)];
    const element = (href && all.find((other) => other.getAttribute("href") === href)) || all[index];
    if (!element) return;
    if (isStop && element.matches(".stops > g")) {
      for (const other of element.parentNode.children) other.setAttribute("tabindex", "-1");
      element.setAttribute("tabindex", "0");
    }
    element.focus({ preventScroll: true });
  }
})();
