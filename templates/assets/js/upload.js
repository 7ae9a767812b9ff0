// Uploads: starts when a file is chosen or dropped, shows progress, then takes the new list from the answer.
// The form itself is what is sent, so that without this file its button does the same.
const target = (field, form) => field.dataset.target ?? form.action;

function enhance(root) {
  for (const field of root.querySelectorAll("[data-upload]")) {
    const input = field.querySelector("input[type=file]");
    const form = field.closest("form");
    if (!input || !form || field.dataset.ready) continue;
    field.dataset.ready = "yes";
    field.classList.add("live");
    field.querySelector("[data-drop-words]").hidden = matchMedia("(hover: none)").matches;
    input.addEventListener("change", () => { if (input.files.length) send(field, form, input); });
    dropping(field.querySelector("[data-drop]"), input);
  }
}

function dropping(zone, input) {
  const over = (event, on) => { event.preventDefault(); zone.classList.toggle("over", on); };
  zone.addEventListener("dragover", (event) => over(event, true));
  zone.addEventListener("dragleave", (event) => over(event, false));
  zone.addEventListener("drop", (event) => {
    over(event, false);
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

function send(field, form, input) {
  const box = field.querySelector("[data-progress]");
  const bar = box.querySelector("progress");
  const words = box.querySelector("[role=status]");
  const figure = new Intl.NumberFormat(document.documentElement.lang === "fa" ? "fa-IR" : "en", { maximumFractionDigits: 0 });
  const began = performance.now();
  const request = new XMLHttpRequest();
  box.hidden = false;
  request.open("POST", target(field, form));
  request.setRequestHeader("X-Upload", "1");
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    const share = loaded / total;
    const left = (performance.now() - began) / 1000 * (1 - share) / share;
    bar.value = share * 100;
    words.textContent = share < 1
      ? words.dataset.words.replace("{}", figure.format(share * 100)).replace("{}", figure.format(Math.max(1, left)))
      : words.dataset.checking;
  });
  request.addEventListener("error", () => { words.textContent = words.dataset.failed; words.classList.add("failed"); });
  request.addEventListener("load", () => place(field, request.responseText, request.responseURL, (told) => {
    words.textContent = told;
    words.classList.add("failed");
    input.disabled = false;
    input.value = "";
  }));
  request.send(new FormData(form));
  input.disabled = true;
}

// Without the page loading anew, so that what is typed beside the files stays.
async function remove(event) {
  const button = event.target.closest("[data-upload] button[name=_remove_file]");
  if (!button) return;
  event.preventDefault();
  const form = button.form;
  const field = button.closest("[data-upload]");
  const body = new FormData(form);
  for (const input of form.querySelectorAll("input[type=file]")) body.delete(input.name);
  body.set(button.name, button.value);
  button.disabled = true;
  const answer = await fetch(target(field, form), { method: "POST", body, headers: { "X-Upload": "1" } }).catch(() => null);
  button.disabled = false;
  if (!answer) { form.requestSubmit(button); return; }
  place(field, await answer.text(), answer.url, () => form.requestSubmit(button));
}

// The answer is the page (after a redirect) or the page with the refusal (422): its part replaces ours.
// Any other refusal (too large, too often, storage away) is told beside the button: the page stays.
function place(field, text, url, refuse) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.getElementById(field.id);
  const refusal = page.querySelector(".error-page .lead");
  if (!fresh && refusal) { refuse(refusal.textContent); return; }
  if (!fresh) { location.assign(url || location.href); return; }
  field.replaceWith(fresh);
  fresh.parentElement.dispatchEvent(new CustomEvent("mikhak:fresh", { bubbles: true }));
  const token = page.querySelector("input[name=csrf_token]");
  if (token) for (const held of document.querySelectorAll("input[name=csrf_token]")) held.value = token.value;
  for (const changed of page.querySelectorAll("[data-live]")) document.getElementById(changed.id)?.replaceWith(changed);
  const next = fresh.querySelector(".error") ?? fresh.querySelector(".upload-item:last-child") ?? document.querySelector("[data-live] .notice");
  if (next) { next.tabIndex = -1; next.focus(); }
}

enhance(document);
document.addEventListener("click", remove);
document.addEventListener("mikhak:fresh", ({ target }) => enhance(target));
