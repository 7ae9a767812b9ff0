// The security check: a small sum that the device works out by itself while the form is filled in.
function enhance(root) {
  for (const box of root.querySelectorAll("[data-proof]")) {
    if (box.dataset.ready) continue;
    box.dataset.ready = "yes";
    say(box, "begin");
    const form = box.closest("form");
    form.addEventListener("focusin", () => solve(box, form), { once: true });
    form.addEventListener("submit", (event) => waitFor(event, box, form), true);
    if (form.contains(document.activeElement)) solve(box, form);
  }
}

function solve(box, form) {
  box.solving ??= work(box, form).catch(() => {
    box.solving = null;
    say(box, "failed");
  });
  return box.solving;
}

async function work(box, form) {
  say(box, "working");
  const answer = await fetch(box.dataset.proof, { credentials: "same-origin", headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  const challenge = await answer.json();
  const number = await count(box.dataset.worker, challenge);
  const { algorithm, challenge: wanted, salt, signature } = challenge;
  box.ends = Number(new URLSearchParams(salt.split("?")[1]).get("expires")) * 1000 || Infinity;
  form.elements.altcha.value = btoa(JSON.stringify({ algorithm, challenge: wanted, number, salt, signature }));
  say(box, "done");
}

function count(address, challenge) {
  return new Promise((found, failed) => {
    const worker = new Worker(address, { type: "module" });
    worker.onmessage = ({ data }) => { worker.terminate(); if (data === null) failed(new Error("unsolved")); else found(data); };
    worker.onerror = failed;
    worker.postMessage(challenge);
  });
}

// Who presses the button before the sum is done waits for it; the form then goes out by itself.
function waitFor(event, box, form) {
  if (Date.now() > box.ends - 5000) { // a long time has passed since: once more
    form.elements.altcha.value = "";
    box.solving = null;
  }
  const picture = form.querySelector("[data-proof-picture] input[type=text]");
  if (form.elements.altcha.value || picture?.value) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { submitter } = event;
  solve(box, form)?.then(() => { if (form.elements.altcha.value) form.requestSubmit(submitter); });
}

function say(box, state) {
  box.dataset.state = state;
  box.querySelector("[data-proof-words]").textContent = box.dataset[state];
}

enhance(document);
document.addEventListener("mikhak:fresh", ({ target }) => enhance(target));
