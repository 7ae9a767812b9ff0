"""The queues: who waits, how long, since when."""

from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.desk.dates import due
from blueprints.desk.door import door
from core.actor import Actor
from core.catalogue import flows
from core.errors import NotFound
from core.requests import queues
from core.requests.models import ServiceRequest
from core.requests.people import full_name
from core.text import TextRefused, clean
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
    """The queue that the person's day begins with."""
    return redirect(url_for("desk.queue", key=queues.home_of(actor()).key), 303)


@door.get("/counts.json")
def counts() -> ResponseReturnValue:
    """The counts alone, for a page that stays open."""
    return jsonify(queues.counts(actor()))


@door.get("/queues/<key>")
def queue(key: str) -> ResponseReturnValue:
    """One queue, filtered, searched, sorted."""
    wanted = queues.BY_KEY.get(key)
    if wanted is None or wanted not in queues.queues_of(actor()):
        raise NotFound
    wish = _wish()
    listing = queues.listing(actor(), wanted, wish)
    return render_template(
        "desk/queue.html",
        queues=side(actor()),
        queue=key,
        current=wanted,
        wish=wish,
        listing=listing,
        rows=[_row(one) for one in listing.rows],
        choices=_choices(wanted),
        states=flows.states(),
        sorts=_sorts(wish.sort),
        page_address=address_with(page="{}").replace("%7B%7D", "{}"),
    )


def _choices(wanted: queues.Queue) -> dict[str, list[tuple[str, Any]]]:
    found, states = queues.choices(actor(), wanted), flows.states()
    return {
        "services": found.services,
        "states": [(key, states[key].label) for key in found.states],
    }


def _row(request_: ServiceRequest) -> dict[str, Any]:
    """A request as a line: its due date in words, and whether it can be taken from here."""
    takes = actor().may("requests.take", request_.service_group)
    return {
        "case": request_,
        "latin": latin_name(request_),
        "due": due(request_),
        "takes": takes and request_.holder_id is None and request_.status in queues.TAKEN_FROM,
    }


def latin_name(request_: ServiceRequest) -> str:
    """The name in Latin letters, when the request is about the applicant."""
    person = request_.profile_snapshot
    if full_name(person, "fa") != request_.subject_name:
        return ""
    return full_name(person, "en").title()


def _sorts(now: str) -> dict[str, dict[str, str]]:
    """The column heads that sort: where they lead, and how the list is sorted now."""
    other = "newest" if now == "oldest" else "oldest"
    said = {"oldest": "ascending", "newest": "descending"}.get(now, "none")
    return {
        "name": {"url": address_with(sort="name"), "sorted": _if(now == "name")},
        "received": {"url": address_with(sort=other), "sorted": said},
        "due": {"url": address_with(sort="due"), "sorted": _if(now == "due")},
    }


def _if(sorted_by_it: bool) -> str:
    return "ascending" if sorted_by_it else "none"


def _wish() -> queues.Wish:
    values = request.args
    page, sort = values.get("page", "1"), values.get("sort", "oldest")
    return queues.Wish(
        search=_searched(values.get("q", "")[:LONGEST_SEARCH]),
        service=values.get("service", ""),
        status=values.get("status", ""),
        holder=values.get("holder", ""),
        sort=sort if sort in queues.SORTS else "oldest",
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )


def _searched(text: str) -> str:
    """What is searched for, fit to be shown again; what no name can contain finds nothing."""
    try:
        return clean(text)
    except TextRefused:
        return "\ufffd"
