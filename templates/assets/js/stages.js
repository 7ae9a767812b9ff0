// While an office is being opened the page shows how far that is; the form's own answer follows.
const PAUSE = 150;

function enhance(root) {
  for (const form of root.querySelectorAll("form[data-stages]")) {
    form.addEventListener("submit", () => setTimeout(() => watch(form), PAUSE));
  }
}

// page.js takes the mark `sent` away when somebody comes back to this page.
async function watch(form) {
  const list = form.querySelector("ol");
  list.hidden = !form.dataset.sent;
  if (list.hidden) return;
  const headers = { Accept: "application/json", "X-Background": "1" };
  const answer = await fetch(form.dataset.stages, { headers }).catch(() => null);
  const { stage } = answer?.ok ? await answer.json() : {};
  if (stage) show([...list.children], stage);
  setTimeout(() => watch(form), PAUSE);
}

function show(items, stage) {
  const now = items.findIndex((item) => item.dataset.stage === stage);
  items.forEach((item, place) => {
    item.hidden = place > now;
    item.classList.toggle("now", place === now);
  });
  items[now]?.scrollIntoView({ block: "nearest" });
}

enhance(document);
document.addEventListener("mikhak:fresh", ({ target }) => enhance(target));
