// The case page: one document at a time, accepting and returning without the page jumping, keys.
// Without this file all documents stand below each other and each button loads the page again.
const form = document.querySelector("[data-case]");
let shownSheet = location.hash.startsWith("#item-document-") ? location.hash.slice(1) : null;

function showSheet(id) {
  const sheets = [...form.querySelectorAll("[data-document]")];
  if (!sheets.length) return;
  const wanted = sheets.find((sheet) => sheet.id === id) ?? sheets[0];
  shownSheet = wanted.id;
  for (const sheet of sheets) sheet.hidden = sheet !== wanted;
  for (const link of form.querySelectorAll("[data-sheet]")) {
    if (link.hash === `#${wanted.id}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

function turnSheet() {
  const sheets = [...form.querySelectorAll("[data-document]")];
  const at = sheets.findIndex((sheet) => sheet.id === shownSheet);
  if (sheets.length) showSheet(sheets[(at + 1) % sheets.length].id);
}

const items = () => [...form.querySelectorAll("[data-item]")].filter((item) => !item.hidden && item.querySelector(".verdict .btn"));
let at = null;

function go(step) {
  const all = items();
  const now = all.findIndex((item) => item.id === at);
  const next = all[Math.min(all.length - 1, Math.max(0, now + step))];
  if (next) mark(next);
}

function mark(item) {
  at = item.id;
  for (const other of form.querySelectorAll("[data-item]")) other.toggleAttribute("data-at", other === item);
  item.scrollIntoView({ block: "nearest" });
  item.querySelector(".verdict .btn")?.focus({ preventScroll: true });
}

// A finished word moves on to the next item that nothing was said about.
function moveOn(id) {
  const all = items();
  const from = all.findIndex((item) => item.id === id);
  const open = all.slice(from + 1).find((item) => item.querySelector("[data-accept]")) ?? all[from];
  if (open) mark(open);
}

async function send(event) {
  const button = event.submitter;
  if (!button) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form));
  body.set(button.name, button.value);
  button.disabled = true;
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html", "X-Case": "1" } }).catch(() => null);
  if (!answer) { button.disabled = false; return; }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (answer.status === 401) { button.disabled = false; tell(button, page.querySelector(".error-page .lead").textContent); return; }
  if (!page.querySelector("[data-case]")) { location.reload(); return; }
  replace(page);
  showSheet(shownSheet);
  document.dispatchEvent(new CustomEvent("mikhak:fresh"));
  const [kind, key] = button.value.split(":");
  if (key && answer.ok) moveOn(`item-${kind}-${key}`);
  else form.querySelector("[aria-invalid]")?.focus();
}

// What was typed for the office stays where it is.
function tell(button, words) {
  const line = button.parentElement.querySelector("[role=alert]") ?? document.createElement("p");
  line.setAttribute("role", "alert");
  line.className = "error";
  line.textContent = words;
  button.before(line);
}

function replace(page) {
  for (const part of document.querySelectorAll("[data-live][id]")) {
    const fresh = page.getElementById(part.id);
    if (!fresh) continue;
    const scrolled = part.scrollTop;
    part.replaceWith(fresh);
    fresh.scrollTop = scrolled;
  }
}

const keys = {
  j: () => go(1),
  k: () => go(-1),
  a: () => document.getElementById(at)?.querySelector("[data-accept]")?.click(),
  r: () => {
    const details = document.getElementById(at)?.querySelector("[data-return]");
    if (!details) return;
    details.open = true;
  },
  n: turnSheet,
};
const persian = { "ت": "j", "ن": "k", "ش": "a", "ق": "r", "د": "n" };

if (form) {
  showSheet(shownSheet);
  form.addEventListener("submit", send);
  form.addEventListener("toggle", (event) => {
    if (!event.target.matches("[data-return]") || !event.target.open) return;
    event.target.scrollIntoView({ block: "nearest" });
    event.target.querySelector("select").focus({ preventScroll: true });
  }, true);
  form.addEventListener("click", (event) => {
    const link = event.target.closest("[data-sheet]");
    if (!link) return;
    event.preventDefault();
    showSheet(link.hash.slice(1));
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    const act = keys[persian[event.key] ?? event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
