"""What was typed in a form that could not be taken: handed back, to be sent again as it was."""

from flask import request
from werkzeug.exceptions import HTTPException

from core.sessions.unsent import UnsentForm
from core.web.csrf import FIELD as CSRF_FIELD
from core.web.paths import local_path

# Passwords and one-time codes are typed anew; a page never carries them.
SECRETS = frozenset({"password", "again", "current", "code", "code_old", "code_new"})
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
MOST_CHARACTERS = 256 * 1024


def typed() -> UnsentForm | None:
    """The form in hand as it can be handed back.

    None for anything that one of our own pages did not surely send (a stranger's page must not
    put words into a person's mouth), and for forms with files, which only the browser has, with
    secrets, and above 256 K characters.
    """
    if request.method != "POST" or request.mimetype not in FORMS or not _from_our_page():
        return None
    try:
        fields = tuple(request.form.items(multi=True))
        files = any(file.filename for file in request.files.values())
    except HTTPException:  # too large, or broken
        return None
    if files or not fields or SECRETS & set(request.form):
        return None
    if sum(len(name) + len(value) for name, value in fields) > MOST_CHARACTERS:
        return None
    path = local_path(request.full_path.rstrip("?"), "")
    kept = tuple((name, value) for name, value in fields if name != CSRF_FIELD)
    return UnsentForm(path, kept) if path else None


def _from_our_page() -> bool:
    own = f"{request.scheme}://{request.host}"
    fetched = request.headers.get("Sec-Fetch-Site")
    return fetched == "same-origin" or (fetched is None and request.headers.get("Origin") == own)
