// Every page works without this file; it makes it quicker to use. No inline code, no inline style.
import { enhanceFields } from "./fields.js";
import { enhanceUploads } from "./upload.js";
import "./autosave.js";
import { enhanceProofs } from "./proof.js";
import { enhancePasskeys } from "./passkey.js";
import { enhanceStages } from "./stages.js";
import { enhanceWaits } from "./wait.js";

function enhance(root) {
  enhanceFields(root);
  enhanceUploads(root);
  enhanceProofs(root);
  enhancePasskeys(root);
  enhanceStages(root);
  enhanceWaits(root);
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
