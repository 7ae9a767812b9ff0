"""The fixed words of the papers, in the paper's own language whatever page asked for it."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

WORDS = {
    "receipt": _l("Receipt"),
    "form": _l("Request form"),
    "tracking_code": _l("Tracking code"),
    "qr_alt": _l("QR code of the page where the request can be tracked"),
    "bars_alt": _l("Barcode of the tracking code"),
    "mark_alt": _l("Carnation, the mark of Mikhak"),
    "photo_alt": _l("Photo of the applicant"),
    "photo": _l("Photo"),
    "submitted": _l("Submitted"),
    "applicant": _l("Applicant"),
    "documents": _l("Documents handed in"),
    "original_seen": _l("Original seen"),
    "bring": _l("Bring with you"),
    "fees": _l("Fees"),
    "total": _l("Total"),
    "next": _l("What happens next"),
    "track_hint": _l("Track this request with the code and the birth date at"),
    "declarations": _l("Declarations"),
    "signature": _l("Signature of the applicant"),
    "fingerprint": _l("Fingerprint"),
    "date": _l("Date"),
    "staff": _l("For the office"),
    "received": _l("Received"),
    "checked": _l("Checked"),
    "identity": _l("Identity confirmed"),
    "paid_no": _l("Payment number"),
    "register_no": _l("Register number and page"),
    "seal": _l("Signature and seal of the officer"),
    "page": _l("Page"),
    "of": _l("of"),
    "boxed": _l("□ stands for a letter that cannot be printed; it is kept in the request."),
    "none": _l("No answer"),
    "deed": _l("Text of the deed"),
    "deed_hint": _l("To read before signing. The deed itself is issued by the office."),
}


def for_language(lang: str) -> dict[str, str]:
    """All words in one language."""
    with force_locale(lang):
        return {key: str(word) for key, word in WORDS.items()}
