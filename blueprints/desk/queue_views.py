"""The queues: who waits, how long, since when."""

from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.desk.door import door
from core.actor import Actor
from core.catalogue import flows
from core.errors import NotFound
from core.requests import queues
from core.web.audience import actor
from core.web.templating import address_with

LONGEST_SEARCH = 100


def side(person: Actor) -> list[dict[str, Any]]:
    """The queues with their live counts, for the side of every desk page; one query."""
    numbers = queues.counts(person)
    return [
        {
            "key": queue.key,
            "url": url_for("desk.queue", key=queue.key),
            "label": queue.label,
            "count": numbers[queue.key],
            "heading": queue.heading,
            "urgent": queue.urgent,
        }
        for queue in queues.queues_of(person)
    ]


@door.get("/")
def start() -> ResponseReturnValue:
    """The first queue."""
    return redirect(url_for("desk.queue", key="new"), 303)


@door.get("/counts.json")
def counts() -> ResponseReturnValue:
    """The counts alone, for a page that stays open."""
    return jsonify(queues.counts(actor()))


@door.get("/queues/<key>")
def queue(key: str) -> ResponseReturnValue:
    """One queue, filtered, searched, sorted."""
    wanted = queues.BY_KEY.get(key)
    if wanted is None or not actor().may(wanted.permission):
        raise NotFound
    wish = _wish()
    return render_template(
        "desk/queue.html",
        queues=side(actor()),
        queue=key,
        current=wanted,
        wish=wish,
        listing=queues.listing(actor(), wanted, wish),
        services=queues.services_in(actor()),
        states=flows.states(),
        page_address=address_with(page="{}").replace("%7B%7D", "{}"),
    )


def _wish() -> queues.Wish:
    values = request.args
    page = values.get("page", "1")
    return queues.Wish(
        search=values.get("q", "").strip()[:LONGEST_SEARCH],
        service=values.get("service", ""),
        status=values.get("status", ""),
        holder=values.get("holder", ""),
        sort=values.get("sort", "oldest"),
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )
