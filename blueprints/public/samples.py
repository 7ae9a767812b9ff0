"""What the style page shows: one of each question and part, with plausible content."""

from datetime import UTC, datetime
from typing import Any


def parts() -> dict[str, Any]:
    """The samples by name."""
    return {
        "fields": FIELDS,
        "errors": ERRORS,
        "events": EVENTS,
        "files": FILES,
        "pages": PAGES,
        "saved": "14:07",
    }


def _spec(key: str, kind: str, fa: str, en: str, hint: dict[str, str] | None = None, **more: Any):
    return {
        "key": key, "type": kind, "widget": kind, "label": {"fa": fa, "en": en}, "hint": hint,
        "required": True, "options": [], "fields": [], "rules": {}, **more,
    }  # fmt: skip


def _option(key: str, fa: str, en: str) -> dict[str, Any]:
    return {"key": key, "label": {"fa": fa, "en": en}, "hint": None}


REASONS = [
    _option("six_months", "اعتبار آن کمتر از شش ماه است", "It is valid for less than six months"),
    _option("full", "صفحه‌ها پر شده است", "Its pages are full"),
    _option("changed", "مشخصات در شناسنامه تغییر کرده است", "Particulars have changed"),
]
PLACES = [
    _option("tehran", "تهران", "Tehran"), _option("mashhad", "مشهد", "Mashhad"),
    _option("isfahan", "اصفهان", "Isfahan"), _option("shiraz", "شیراز", "Shiraz"),
    _option("tabriz", "تبریز", "Tabriz"), _option("qom", "قم", "Qom"),
    _option("ahvaz", "اهواز", "Ahvaz"), _option("rasht", "رشت", "Rasht"),
    _option("kerman", "کرمان", "Kerman"), _option("yazd", "یزد", "Yazd"),
]  # fmt: skip
CURRENCIES = [_option("GBP", "پوند بریتانیا", "British Pound"), _option("IRR", "ریال", "Rial")]
CHILD = [
    _spec("first_name", "text", "نام", "First name"),
    _spec("birth", "date", "تاریخ تولد", "Date of birth"),
]

# spec, value
FIELDS: list[tuple[dict[str, Any], Any]] = [
    (_spec("name", "text", "نام و نام خانوادگی", "Name",
           {"fa": "همان‌طور که در شناسنامه آمده است", "en": "As in the birth booklet"}),
     "نیلوفر رضایی‌نژاد"),
    (_spec("national", "national_id", "کد ملی", "National ID",
           {"fa": "ده رقم پشت کارت ملی", "en": "Ten digits on the back of the card"}), "049937089"),
    (_spec("passport", "passport_no", "شماره گذرنامه", "Passport number",
           {"fa": "یک حرف و هشت رقم", "en": "One letter and eight digits"}), "H12345678"),
    (_spec("issued", "date", "تاریخ صدور", "Date of issue"), "2021-10-04"),
    (_spec("graduated", "partial_date", "تاریخ فراغت", "Date of graduation"),
     {"day": "", "month": "", "year": "1398", "calendar": "jalali"}),
    (_spec("reason", "choice", "علت تعویض", "Reason", options=REASONS), "six_months"),
    (_spec("place", "choice", "محل صدور", "Place of issue", options=PLACES), "shiraz"),
    (_spec("papers", "choices", "مدارک همراه", "Papers with you", required=False,
           options=REASONS), ["full"]),
    (_spec("married", "yesno", "متأهل هستید؟", "Are you married?"), True),
    (_spec("mobile", "phone", "تلفن همراه", "Mobile"), "+44 7700 900123"),
    (_spec("mail", "email", "پست الکترونیک", "E-mail"), ""),
    (_spec("amount", "money", "هزینه سفر", "Cost of the journey", options=CURRENCIES), "120"),
    (_spec("stay", "number", "مدت اقامت", "Length of stay",
           rules={"unit": {"fa": "سال", "en": "years"}}), "7"),
    (_spec("home", "address", "نشانی", "Address"), {"lines": "50 Kensington Court",
                                                    "city": "London"}),
    (_spec("children", "group", "فرزندان", "Children", required=False, fields=CHILD),
     [{"first_name": "آوا", "birth": "2019-03-21"}]),
    (_spec("age", "computed", "سن", "Age"), "۳۶"),
    (_spec("secret", "password", "رمز عبور", "Password"), None),
    (_spec("code", "otp", "رمز یک‌بارمصرف", "One-time code"), ""),
    (_spec("story", "longtext", "شرح", "In your own words", required=False), ""),
    (_spec("agree", "consent", "درستی همه پاسخ‌ها را تأیید می‌کنم.",
           "I confirm that all answers are true."), ""),
]  # fmt: skip

ERRORS = {
    "national": {"fa": "کد ملی باید ۱۰ رقم باشد؛ شما ۹ رقم نوشته‌اید.",
                 "en": "A national ID has 10 digits; you typed 9."},
    "issued": {"fa": "این تاریخ پس از پایان اعتبار است.",
               "en": "This date is after the date of expiry."},
}  # fmt: skip

EVENTS = [
    {"what": {"fa": "برای اصلاح دو مورد بازگردانده شد", "en": "Sent back to you for two items"},
     "at": datetime(2026, 11, 21, 14, 7, tzinfo=UTC)},
    {"what": {"fa": "بررسی آغاز شد", "en": "A clerk started checking"},
     "at": datetime(2026, 11, 19, 9, 30, tzinfo=UTC)},
    {"what": {"fa": "درخواست را ثبت کردید", "en": "You submitted the request"},
     "at": datetime(2026, 11, 18, 20, 12, tzinfo=UTC)},
]  # fmt: skip

FILES = [
    {"id": "1", "name": "passport-page-2.jpg", "about": "1.8 MB", "tone": "ok",
     "state": {"fa": "خواناست", "en": "Legible"}, "reason": None},
    {"id": "2", "name": "اقامت پشت.pdf", "about": "640 kB", "tone": "danger",
     "state": {"fa": "ناخوانا", "en": "Not legible"},
     "reason": {"fa": "بازتاب نور روی کارت افتاده است؛ بدون فلاش عکس بگیرید.",
                "en": "The flash is reflected on the card. Take the photo without it."}},
]  # fmt: skip

PAGES = {"now": 3, "total": 9}
