"""What is typed to come in: e-mail, national ID or special code, and the security check."""

from dataclasses import dataclass, field
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from core import identifiers
from core.accounts import security_check
from core.identifiers import IdentifierError
from core.text import TextRefused
from core.web.paths import local_path
from core.web.questions import printable

NO_PHOTO = _l("Choose a photo file, or take one with the camera.")
NOT_PASSED = _l("The security check did not work or has expired. Here is a new one.")


@dataclass
class PersonForm:
    """Address and person code, with what is wrong with them; what was typed stays."""

    typed: dict[str, str]
    email: str = ""
    person_code: str = ""
    errors: dict[str, Any] = field(default_factory=dict)


def empty() -> PersonForm:
    """A form nobody has filled in yet."""
    return PersonForm({"email": "", "national_id": "", "email_meant": ""})


def read_person(form: MultiDict[str, str], *, with_password: bool = False) -> PersonForm:
    """Read and check the form; the security check is spent only when the rest is right."""
    names = ("email", "national_id", "email_meant")
    shown = printable(form)
    read = PersonForm({name: shown.get(name, "")[:300] for name in names})
    for name, parse in (("email", identifiers.email), ("national_id", identifiers.person_code)):
        try:
            value = _read(form.get(name, "")[:300], name, parse)
            setattr(read, "email" if name == "email" else "person_code", value)
        except (IdentifierError, TextRefused) as error:
            read.errors[name] = error.message
    if with_password and not form.get("password"):
        read.errors["password"] = _l("Type your password.")
    _ask_about_typo(read)
    if not read.errors and not _check_passed(form):
        read.errors["security_code"] = NOT_PASSED
    in_order = ("email", "national_id", "password", "security_code")
    read.errors = {name: read.errors[name] for name in in_order if name in read.errors}
    return read


def _read(text: str, name: str, parse: Any) -> str:
    if not text.strip():
        raise IdentifierError(EMPTY[name])
    return parse(text)


EMPTY = {
    "email": _l("Type your e-mail address."),
    "national_id": _l("Type your national ID, or the special code that the office gave you."),
}


def _ask_about_typo(read: PersonForm) -> None:
    """An address that looks mistyped is asked about once; sent again as it is, it is taken."""
    hint = identifiers.email_hint(read.email)
    if "email" in read.errors or not hint or read.typed["email_meant"] == read.email:
        return
    read.typed["email_meant"] = read.email
    read.errors["email"] = _l(
        "Did you mean %(hint)s? Correct it, or send the form again if it is right.", hint=hint
    )


def _check_passed(form: MultiDict[str, str]) -> bool:
    return security_check.passed(
        work=form.get("altcha", ""),
        picture=form.get("security_token", ""),
        typed=form.get("security_code", ""),
    )


def target() -> str | None:
    """The page of ours that the person wanted to see, or None."""
    return local_path(request.values.get("next"), "") or None
