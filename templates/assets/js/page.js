// Every page works without this file; it makes it quicker to use. No inline code, no inline style.

// What only some pages have, and the file that gives it life. A file is fetched with the first page
// (or part of one) that needs it; the page counts as loaded when it is there.
const helpers = new Map([
  ["[data-date], [data-combo], [data-reveal], [data-otp]", new URL("./fields.js", import.meta.url)],
  ["[data-upload]", new URL("./upload.js", import.meta.url)],
  ["form[data-autosave], form[data-refresh]", new URL("./autosave.js", import.meta.url)],
  ["[data-proof]", new URL("./proof.js", import.meta.url)],
  ["[data-passkey]", new URL("./passkey.js", import.meta.url)],
  ["form[data-stages]", new URL("./stages.js", import.meta.url)],
  ["[data-wait]", new URL("./wait.js", import.meta.url)],
]);

// Once each: a helper looks through the document when it comes, and then through what comes later.
function fetchHelpers(root) {
  for (const [mark, src] of helpers) {
    if (!root.querySelector(mark)) continue;
    helpers.delete(mark);
    document.head.append(Object.assign(document.createElement("script"), { type: "module", src }));
  }
}

function enhance(root) {
  fetchHelpers(root);
  for (const button of root.querySelectorAll("[data-copy]")) {
    button.hidden = !navigator.clipboard;
    button.onclick = () => copy(button);
  }
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  const words = button.textContent;
  button.textContent = button.dataset.copied;
  setTimeout(() => { button.textContent = words; }, 2500);
}

// A form goes out once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  if (event.submitter) event.submitter.dataset.busy = "yes";
});

// Coming back with the browser's back button shows a form that may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[data-busy]")) delete button.dataset.busy;
});

document.addEventListener("mikhak:fresh", (event) => enhance(event.target));

for (const link of document.querySelectorAll("[data-theme-choice]")) {
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const wish = link.dataset.themeChoice;
    if (wish === "auto") delete document.documentElement.dataset.bsTheme;
    else document.documentElement.dataset.bsTheme = wish;
    for (const other of document.querySelectorAll("[data-theme-choice]")) other.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    await fetch(link.href, { credentials: "same-origin" });
  });
}

for (const menu of document.querySelectorAll("[data-side-menu]")) {
  const wide = matchMedia("(min-width: 62rem)");
  const follow = () => { menu.open = wide.matches; };
  wide.addEventListener("change", follow);
  follow();
}

enhance(document);
document.querySelector("[data-focus]")?.focus();
