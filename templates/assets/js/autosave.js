// A section saves itself a moment after the last change, and fetches its questions anew
// when an answer decides which of them apply (data-affects).
const PAUSE = 1200;
const RETRY = 15000;

function keepSaving(form) {
  let timer = 0;
  let changed = false;
  const words = form.querySelector("[data-saved]");
  const say = (text, failed) => {
    if (!words) return;
    words.textContent = text;
    words.classList.toggle("failed", failed);
  };

  async function save() {
    changed = false;
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", body: new FormData(form), credentials: "same-origin",
        headers: { "X-Autosave": "1", Accept: "application/json" },
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const time = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }).format(new Date());
      say(words.dataset.words.replace("{}", time), false);
    } catch {
      say(words?.dataset.failed ?? "", true);
      timer = setTimeout(save, RETRY);
    }
  }

  async function refresh() {
    const fields = form.querySelector("#section-fields");
    const answer = await fetch(form.dataset.refresh, {
      method: "POST", body: new FormData(form), credentials: "same-origin", headers: { "X-Refresh": "1" },
    });
    if (!answer.ok) return;
    const held = document.activeElement;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = fresh.querySelector("#section-fields");
    fields.replaceChildren(...(part ?? fresh.body).childNodes);
    fields.dispatchEvent(new CustomEvent("mikhak:fresh", { bubbles: true }));
    const again = held?.id && document.getElementById(held.id);
    const same = held?.name && form.querySelector(`[name="${CSS.escape(held.name)}"]:checked`);
    (again || same)?.focus();
  }

  form.addEventListener("input", () => {
    if (!form.dataset.autosave) return;
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  form.addEventListener("change", (event) => {
    if (form.dataset.refresh && event.target.closest("[data-affects]")) refresh();
  });
  form.addEventListener("submit", () => { changed = false; clearTimeout(timer); });
  addEventListener("pagehide", () => {
    if (changed) navigator.sendBeacon(form.dataset.autosave, new FormData(form));
  });
}

document.querySelectorAll("form[data-autosave], form[data-refresh]").forEach(keepSaving);
