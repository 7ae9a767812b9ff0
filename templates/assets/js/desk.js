// The desk by keyboard: j and k walk the list, Enter opens, t takes, / searches, ? tells the keys.
// And the document viewer's zoom and rotation.
const rows = () => [...document.querySelectorAll("[data-row]")];
let at = -1;

function walk(step) {
  const all = rows();
  if (!all.length) return;
  at = Math.min(all.length - 1, Math.max(0, at + step));
  all.forEach((row, n) => { if (n === at) row.setAttribute("aria-current", "true"); else row.removeAttribute("aria-current"); });
  all[at].querySelector("a")?.focus({ preventScroll: true });
  all[at].scrollIntoView({ block: "nearest" });
}

const keys = {
  j: () => walk(1),
  k: () => walk(-1),
  t: () => (rows()[at] ?? document).querySelector("[data-take]")?.click(),
  "/": () => document.querySelector("[data-slash]")?.focus(),
  "?": () => { const hints = document.querySelector("[data-keys]"); if (hints) { hints.tabIndex = -1; hints.focus(); hints.scrollIntoView(); } },
};

// The same keys on a Persian keyboard.
const persian = { "ت": "j", "ن": "k", "ف": "t", "؟": "?" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const act = keys[persian[event.key] ?? event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

for (const viewer of document.querySelectorAll("[data-viewer]")) {
  let zoom = 0;
  let turn = 0;
  viewer.querySelector("[data-viewer-tools]").hidden = false;
  const show = () => {
    viewer.dataset.zoomLevel = zoom;
    viewer.dataset.turn = turn;
  };
  for (const button of viewer.querySelectorAll("[data-zoom]")) {
    button.onclick = () => {
      const step = { in: 1, out: -1 }[button.dataset.zoom];
      zoom = step ? Math.min(3, Math.max(-2, zoom + step)) : 0;
      show();
    };
  }
  viewer.querySelector("[data-rotate]").onclick = () => { turn = (turn + 1) % 4; show(); };
}
