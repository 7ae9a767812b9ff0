// A section saves itself a moment after the last change, and fetches its questions anew
// when an answer decides which of them apply, or whether it can be filed (data-affects).
const PAUSE = 1200;
const RETRY = 15000;

// What was typed while the questions were on their way; a new copy of them must not forget it.
function typedSince(form, sent) {
  return [...new FormData(form)].filter(([name, value]) =>
    typeof value === "string" && sent.getAll(name).length < 2 && sent.get(name) !== value);
}

function keepSaving(form) {
  let timer = 0;
  let changed = false;
  let signedOut = false;
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
      signedOut = answer.status === 401;
      if (!answer.ok) throw new Error(String(answer.status));
      const time = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }).format(new Date());
      say(words.dataset.words.replace("{}", time), false);
    } catch {
      say(words?.dataset[signedOut ? "signedOut" : "failed"] ?? "", true);
      timer = setTimeout(save, RETRY);
    }
  }

  let refreshes = 0;

  async function refresh() {
    refreshes += 1;
    const turn = refreshes;
    const fields = form.querySelector("#section-fields");
    const sent = new FormData(form);
    const answer = await fetch(form.dataset.refresh, {
      method: "POST", body: sent, credentials: "same-origin", headers: { "X-Refresh": "1" },
    });
    if (!answer.ok || turn !== refreshes) return;
    const held = document.activeElement;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = fresh.querySelector("#section-fields");
    const since = typedSince(form, sent);
    fields.replaceChildren(...(part ?? fresh.body).childNodes);
    for (const [name, value] of since) {
      const box = form.elements.namedItem(name);
      if (box && box.type !== "checkbox") box.value = value;
    }
    const stops = fresh.querySelector("#section-stops");
    if (stops) document.querySelector("#section-stops")?.replaceChildren(...stops.childNodes);
    fields.dispatchEvent(new CustomEvent("mikhak:fresh", { bubbles: true }));
    // A link has the focus, too, and neither id nor name.
    const again = held?.id ? document.getElementById(held.id) : null;
    const same = held?.name ? form.querySelector(`[name="${CSS.escape(held.name)}"]:checked`) : null;
    (again ?? same)?.focus();
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
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (signedOut) { event.preventDefault(); save(); return; }
    changed = false;
  });
  addEventListener("pagehide", () => {
    if (changed) navigator.sendBeacon(form.dataset.autosave, new FormData(form));
  });
}

document.querySelectorAll("form[data-autosave], form[data-refresh]").forEach(keepSaving);
