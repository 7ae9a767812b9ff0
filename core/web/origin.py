"""An unsafe request must come from our own page on this very host."""

from flask import request
from flask_babel import lazy_gettext as _l

from core.errors import DomainError

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class ForeignOrigin(DomainError):
    """Sent by a page of another site."""

    status = 400
    sentence = _l("This form was not sent from our own page. Open the page again and repeat it.")


def check_origin() -> None:
    """Refuse what Sec-Fetch-Site or Origin says comes from elsewhere.

    Browsers send `Origin: null` from our own pages because of `no-referrer`; then
    Sec-Fetch-Site decides.
    """
    if request.method not in UNSAFE:
        return
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site not in (None, "same-origin", "none"):
        raise ForeignOrigin
    origin = request.headers.get("Origin")
    own = f"{request.scheme}://{request.host}"
    if origin in (None, own) or (origin == "null" and fetch_site == "same-origin"):
        return
    raise ForeignOrigin
