// Passkeys: fetch options, ask the device, hand the answer back. Texts of failures stand in the page.
const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function enhance(root) {
  for (const button of root.querySelectorAll("[data-passkey]")) {
    button.hidden = !window.PublicKeyCredential;
    button.onclick = () => ask(button).catch(() => {
      const words = document.getElementById(button.getAttribute("aria-describedby"));
      if (words) words.textContent = button.dataset.failed;
      delete button.dataset.busy;
    });
  }
}

async function post(address, body) {
  const token = document.querySelector("input[name=csrf_token]").value;
  const answer = await fetch(address, {
    method: "POST", credentials: "same-origin", body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", "X-CSRFToken": token, Accept: "application/json" },
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function ask(button) {
  button.dataset.busy = "yes";
  const options = await post(button.dataset.options, {});
  options.challenge = toBytes(options.challenge);
  for (const list of [options.allowCredentials, options.excludeCredentials]) {
    list?.forEach((known) => { known.id = toBytes(known.id); });
  }
  if (options.user) options.user.id = toBytes(options.user.id);
  const credential = await navigator.credentials[button.dataset.passkey]({ publicKey: options });
  const { next } = await post(button.dataset.finish, plain(credential));
  location.assign(next);
}

function plain({ id, rawId, type, response }) {
  const given = {};
  for (const key of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[key]) given[key] = toText(response[key]);
  }
  return { id, rawId: toText(rawId), type, response: given };
}

enhance(document);
document.addEventListener("mikhak:fresh", ({ target }) => enhance(target));
