// The check list of a service follows its questions: the same page is fetched with the answers in
// its address, and the parts that depend on them are put in place. Without this the button does it.
const form = () => document.querySelector("form[data-reacts]");
let turns = 0;

async function follow() {
  turns += 1;
  const turn = turns;
  const given = [...new FormData(form())].filter(([, value]) => value);
  const address = new URL(form().action);
  address.search = new URLSearchParams(given);
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok || turn !== turns) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const held = document.activeElement?.id;
  for (const part of document.querySelectorAll("[data-follows]")) {
    const now = fresh.getElementById(part.id);
    if (now) part.replaceChildren(...now.childNodes);
  }
  address.hash = "";
  history.replaceState(null, "", address);
  if (held) document.getElementById(held)?.focus();
  const told = document.querySelector("[data-said]")?.dataset.said ?? "";
  document.querySelector("[data-says]").textContent = told;
}

document.addEventListener("change", (event) => { if (event.target.closest("form[data-reacts]")) follow(); });

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.onclick = () => print();
}
