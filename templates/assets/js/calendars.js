// Solar Hijri and Gregorian days, by the browser's own calendar tables.
const persian = new Intl.DateTimeFormat("en-u-ca-persian-nu-latn", { day: "numeric", month: "numeric", year: "numeric", timeZone: "UTC" });
const DAY = 864e5;
const locales = {
  jalali: { fa: "fa-IR-u-ca-persian", en: "en-GB-u-ca-persian" },
  gregorian: { fa: "fa-IR-u-ca-gregory", en: "en-GB-u-ca-gregory" },
};

export function jalaliOf(date) {
  const parts = Object.fromEntries(persian.formatToParts(date).map(({ type, value }) => [type, parseInt(value, 10)]));
  return { day: parts.day, month: parts.month, year: parts.year ?? parts.relatedYear };
}

// The Gregorian day of a Solar Hijri one; null where the calendar has no such day (30 Esfand of most years).
export function fromJalali(year, month, day) {
  const passed = month <= 7 ? (month - 1) * 31 : 186 + (month - 7) * 30;
  const guess = Date.UTC(year + 621, 2, 21) + (passed + day - 1) * DAY;
  for (const step of [0, -1, 1, -2, 2]) {
    const date = new Date(guess + step * DAY);
    const found = jalaliOf(date);
    if (found.year === year && found.month === month && found.day === day) return date;
  }
  return null;
}

export function spoken(date, calendar, lang) {
  const form = new Intl.DateTimeFormat(locales[calendar][lang], { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  return form.formatToParts(date).filter(({ type }) => type !== "era").map(({ value }) => value).join("").trim();
}

const JALALI = {
  fa: ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"],
  en: ["Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar", "Mehr", "Aban", "Azar", "Dey", "Bahman", "Esfand"],
};

export function monthNames(calendar, lang) {
  const figure = new Intl.NumberFormat(lang === "fa" ? "fa-IR" : "en");
  const names = calendar === "jalali" ? JALALI[lang] : Array.from({ length: 12 }, (_, n) =>
    new Intl.DateTimeFormat(lang === "fa" ? "fa-IR-u-ca-gregory" : "en-GB", { month: "long", timeZone: "UTC" }).format(new Date(Date.UTC(2024, n, 15))));
  return names.map((name, n) => `${figure.format(n + 1)} · ${name}`);
}
