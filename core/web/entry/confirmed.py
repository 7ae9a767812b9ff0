"""What matters most (roles, keys) is done only shortly after a second factor was shown."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import redirect, request, url_for

from core.staff.queries import tables
from core.staff.signing_in import confirmed_lately
from core.web.audience import actor

PAGES = {"staff": "staff_security.confirm", "ministry": "ministry_security.confirm"}


def confirmed(view: Callable[..., Any]) -> Callable[..., Any]:
    """Ask for the second factor again when it was shown too long ago, then come back.

    After a form one comes back to the page that it stood on, which is the same path or, for a
    form without a page of its own, the overview.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if confirmed_lately(actor()):
            return view(*args, **kwargs)
        target = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for(PAGES[tables().kind], next=target), 303)

    return guarded
