"""The door where applicants come in: code, link, password, and the wizard of the profile."""

from typing import Any

from flask import request

from core.web.audience import anybody, registering
from core.web.door import Door

door = Door("registration", __name__, host="office", audience=anybody)
wizard = Door("wizard", __name__, host="office", audience=registering, url_prefix="/register")
doors = [door, wizard]

LARGEST_PHOTO = 6 * 1024 * 1024


@wizard.url_value_preprocessor
def _room_for_a_photo(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """The page with the photo takes more than a page of answers."""
    if values and values.get("step") == "photo":
        request.max_content_length = LARGEST_PHOTO


from blueprints.registration import entering, passwords, steps  # noqa: E402 - hang on the doors

__all__ = ["doors", "entering", "passwords", "steps"]
