// Live counts of the queues: asked anew every half minute while the page is looked at.
const EVERY = 30_000;
const figure = new Intl.NumberFormat(document.documentElement.lang === "fa" ? "fa-IR" : "en");
const menu = document.querySelector("[data-counts]");

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(menu.dataset.counts, { headers: { Accept: "application/json", "X-Background": "1" }, redirect: "manual" }).catch(() => null);
  if (!answer?.ok) return;
  for (const [key, number] of Object.entries(await answer.json())) {
    const place = menu.querySelector(`[data-count="${key}"]`);
    if (place) place.firstChild.data = figure.format(number);
  }
}

if (menu) {
  setInterval(refresh, EVERY);
  document.addEventListener("visibilitychange", refresh);
}
