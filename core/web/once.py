"""One effect per form: a key is minted with the form, the same key twice gives the same answer."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import make_response, redirect, request
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from core.crypto import token
from core.errors import Invalid
from core.idempotency.actions import DifferentBody, answer, claim
from core.web.audience import actor
from core.web.csrf import FIELD as CSRF_FIELD

FIELD = "_once"
UNHASHED = {FIELD, CSRF_FIELD}
INCOMPLETE = _l("This form is incomplete. Open the page again and repeat it.")
SENT_OTHERWISE = _l("This form was already sent with other answers. Open the page again.")


def once_field() -> Markup:
    """The hidden field for forms whose view is wrapped in `once`; kept when the page comes back."""
    value = request.form.get(FIELD) or token()
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, value)


def once(view: Callable[..., Any]) -> Callable[..., Any]:
    """Run the view for the first of equal requests; answer the others with its redirect.

    Only an answer that commits is kept: a page that came back with errors (422) rolls the claim
    back with everything else, so the same form can be sent again.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        value = request.form.get(FIELD, "")
        if not value:
            raise Invalid(sentence=INCOMPLETE)
        key = f"{actor().kind}:{actor().id}:{request.endpoint}:{request.path}:{value}"
        try:
            earlier = claim(key, _body())
        except DifferentBody as error:
            raise Invalid(sentence=SENT_OTHERWISE) from error
        if earlier is not None:
            return redirect(earlier, 303)
        response = make_response(view(*args, **kwargs))
        if response.status_code < 400 and response.location:
            answer(key, response.location)
        return response

    return guarded


def _body() -> str:
    fields = sorted((k, v) for k, v in request.form.items(multi=True) if k not in UNHASHED)
    return json.dumps(fields, ensure_ascii=False)
