// Fields: the other calendar beside a date, month names, searchable lists, show a password, groups of a code.
import { fromJalali, jalaliOf, monthNames, spoken } from "./calendars.js";

const latin = (text) => text.replace(/[۰-۹٠-٩]/g, (sign) => String(sign.charCodeAt(0) & 15));

const figures = (text, lang) => (lang === "fa" ? text.replace(/\d/g, (sign) => "۰۱۲۳۴۵۶۷۸۹"[sign]) : text);

function enhance(root) {
  root.querySelectorAll("[data-date]").forEach(date);
  root.querySelectorAll("[data-combo] select").forEach(combo);
  root.querySelectorAll("[data-reveal]").forEach(reveal);
  root.querySelectorAll("[data-otp]").forEach(groups);
}

function date(box) {
  if (box.dataset.ready) return;
  box.dataset.ready = "yes";
  const { lang } = box.dataset;
  const part = (name) => box.querySelector(`[data-part="${name}"]`);
  const other = box.querySelector("[data-other]");
  const chosen = () => box.querySelector("[type=radio]:checked").value;

  const name = () => {
    const old = part("month");
    const select = document.createElement("select");
    for (const { name: key, value } of old.attributes) {
      if (["id", "name", "data-part", "aria-invalid"].includes(key)) select.setAttribute(key, value);
    }
    select.className = "form-select";
    select.append(new Option("", ""));
    const held = Number(latin(old.value)) || 0;
    monthNames(chosen(), lang).forEach((month, index) => {
      select.append(new Option(month, index + 1, false, index + 1 === held));
    });
    if (old.tagName === "SELECT") { old.replaceWith(select); return; }
    const shell = document.createElement("div");
    shell.className = "select";
    old.replaceWith(shell);
    shell.append(select);
  };

  const show = () => {
    const [day, month, year] = ["day", "month", "year"].map((key) => Number(latin(part(key).value)));
    if (!day || !month || !(year > 999)) { other.textContent = ""; return; }
    const found = chosen() === "jalali" ? fromJalali(year, month, day) : gregorian(year, month, day);
    other.textContent = found
      ? other.dataset.words.replace("{}", spoken(found, chosen() === "jalali" ? "gregorian" : "jalali", lang))
      : other.dataset.wrong;
  };

  const convert = () => {
    const [day, month, year] = ["day", "month", "year"].map((key) => Number(latin(part(key).value)));
    const found = day && month && year > 999
      && (chosen() === "jalali" ? gregorian(year, month, day) : fromJalali(year, month, day));
    name();
    if (found) {
      const parts = chosen() === "jalali" ? jalaliOf(found)
        : { day: found.getUTCDate(), month: found.getUTCMonth() + 1, year: found.getUTCFullYear() };
      for (const key of ["day", "month", "year"]) part(key).value = key === "month" ? parts[key] : figures(String(parts[key]), lang);
    }
    show();
  };

  name();
  show();
  box.addEventListener("input", (event) => { if (event.target.type !== "radio") show(); });
  box.querySelectorAll("[type=radio]").forEach((radio) => radio.addEventListener("change", convert));
}

function gregorian(year, month, day) {
  const found = new Date(Date.UTC(year, month - 1, day));
  return found.getUTCMonth() === month - 1 ? found : null;
}

function reveal(button) {
  const input = document.getElementById(button.dataset.reveal);
  button.hidden = false;
  button.onclick = () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", shown);
    button.textContent = shown ? button.dataset.hide : button.dataset.show;
  };
}

function groups(input) {
  input.addEventListener("input", () => {
    if (input.selectionStart !== input.value.length) return;
    const figures = latin(input.value).replace(/\D/g, "").slice(0, 8);
    input.value = figures.length > 4 ? `${figures.slice(0, 4)} ${figures.slice(4)}` : figures;
  });
}

const fold = (text) => latin(text).toLowerCase().replace(/[يى]/g, "ی").replace(/ك/g, "ک").replace(/[أإآ]/g, "ا")
  .normalize("NFD").replace(/[\u0300-\u036f\u064b-\u0652\u200c]/g, "").trim();

// A text box over the list (WAI-ARIA combobox with a list); the select keeps the value.
function combo(select) {
  const shell = select.parentElement;
  if (shell.dataset.ready) return;
  shell.dataset.ready = "yes";
  const { id } = select;
  const input = document.createElement("input");
  const list = document.createElement("ul");
  Object.assign(input, { id, type: "text", className: "form-control", autocomplete: "off", dir: "auto" });
  for (const key of ["aria-describedby", "aria-invalid"]) {
    if (select.hasAttribute(key)) input.setAttribute(key, select.getAttribute(key));
  }
  const about = { role: "combobox", "aria-expanded": "false", "aria-controls": `${id}-list`, "aria-autocomplete": "list" };
  for (const [key, value] of Object.entries(about)) input.setAttribute(key, value);
  Object.assign(list, { id: `${id}-list`, className: "combo-list", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", document.querySelector(`label[for="${CSS.escape(id)}"]`)?.textContent.trim() ?? "");
  select.id = `${id}-value`;
  select.hidden = true;
  shell.classList.add("combo");
  shell.append(input, list);

  const options = [...select.options].filter((option) => option.value);
  let shown = [];
  let at = -1;
  const settle = () => { input.value = select.value ? select.selectedOptions[0].textContent : ""; };
  const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const mark = (index) => {
    at = index;
    [...list.children].forEach((item, n) => item.setAttribute("aria-selected", n === at));
    const item = list.children[at];
    if (item?.id) { input.setAttribute("aria-activedescendant", item.id); item.scrollIntoView({ block: "nearest" }); }
  };
  const choose = (option) => {
    select.value = option ? option.value : "";
    select.dispatchEvent(new Event("change", { bubbles: true }));
    settle();
    close();
  };
  const open = (wanted) => {
    const key = fold(wanted);
    shown = options.filter((option) => fold(option.textContent).includes(key));
    shown.sort((a, b) => !fold(a.textContent).startsWith(key) - !fold(b.textContent).startsWith(key));
    list.replaceChildren(...shown.map((option, n) => {
      const item = document.createElement("li");
      item.id = `${id}-option-${n}`;
      item.setAttribute("role", "option");
      item.textContent = option.textContent;
      item.onmousedown = (event) => { event.preventDefault(); choose(option); };
      return item;
    }));
    if (!shown.length) {
      const none = document.createElement("li");
      none.className = "none";
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.textContent = shell.dataset.none;
      list.append(none);
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(shown.length && key ? 0 : -1);
  };

  input.addEventListener("input", () => open(input.value));
  input.addEventListener("click", () => open(""));
  input.addEventListener("blur", () => {
    if (!input.value.trim()) { if (select.value) choose(null); }
    else {
      const exact = options.find((option) => fold(option.textContent) === fold(input.value));
      if (exact && exact.value !== select.value) choose(exact);
    }
    settle();
    close();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) open("");
      if (shown.length) mark((at + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % shown.length);
    } else if (event.key === "Enter" && !list.hidden && shown[at]) {
      event.preventDefault();
      choose(shown[at]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      settle();
      close();
    }
  });
  settle();
}

enhance(document);
document.addEventListener("mikhak:fresh", ({ target }) => enhance(target));
