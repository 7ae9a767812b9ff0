"""Definitions before they are published: written or handed in, looked at, tried, published."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.ministry import door
from core.actor import require
from core.catalogue.reader import CatalogueError
from core.errors import NotFound
from core.rehearsal import actions, queries
from core.web.audience import actor
from core.web.entry.confirmed import confirmed
from core.web.once import once

LARGEST_FILE = 10 * 1024 * 1024
ROOM = 10 * queries.MOST_BYTES


@door.url_value_preprocessor
def _room_for_a_definition(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """More room than a definition may take: what is too long comes back with the page."""
    if endpoint == "ministry.keep_draft":
        request.max_content_length = LARGEST_FILE + ROOM
        request.max_form_memory_size = ROOM


@door.get("/catalogue/drafts")
def drafts() -> str:
    """What is not published yet, and where a definition is handed in or pasted."""
    require(actor(), "catalogue.publish")
    code = request.args.get("edit", "")
    return _drafts_page(queries.draft(code).text if code else "", [])


@door.post("/catalogue/drafts")
@once
def keep_draft() -> Any:
    """Keep it when it is right, else say every fault with its line and what to write instead."""
    require(actor(), "catalogue.publish")
    text = request.form.get("text", "")
    sent = request.files.get("file")
    try:
        if sent is not None and sent.filename:
            text = sent.stream.read(queries.MOST_BYTES + 1).decode()
        definition = actions.keep_draft(actor(), text)
    except UnicodeDecodeError:
        return _drafts_page("", [_("This is no text in UTF-8.")]), 422
    except CatalogueError as error:
        return _drafts_page(text, error.faults), 422
    flash(_("The draft is kept. Nobody outside the ministry sees it."))
    return redirect(url_for(".draft", code=definition.code), 303)


@door.get("/catalogue/drafts/<code>")
def draft(code: str) -> str:
    """A draft: what it changes, its samples to look at, trying it, publishing it."""
    require(actor(), "catalogue.publish")
    row = queries.draft(code)
    definition = queries.definition_of(row)
    return render_template(
        "ministry/draft.html",
        row=row,
        definition=definition,
        now=queries.in_force(code),
        sites=sorted(queries.sites(), key=lambda one: one.slug),
        changes=queries.changes(definition) if definition else None,
    )


@door.get("/catalogue/drafts/<code>/publish")
@confirmed
def confirm_draft(code: str) -> str:
    """The difference once more, before it is published for good."""
    require(actor(), "catalogue.publish")
    definition = queries.definition_of(queries.draft(code))
    if definition is None:
        raise NotFound
    return render_template(
        "ministry/publish_draft.html",
        definition=definition,
        now=queries.in_force(code),
        changes=queries.changes(definition),
    )


@door.post("/catalogue/drafts/<code>/publish")
@confirmed
@once
def publish_draft(code: str) -> Any:
    """Publish it; new requests begin with it within two seconds."""
    require(actor(), "catalogue.publish")
    actions.publish(actor(), code, seen=request.form.get("seen", ""))
    flash(_("The version is published."))
    return redirect(url_for(".service", code=code), 303)


@door.post("/catalogue/drafts/<code>/discard")
@once
def discard_draft(code: str) -> Any:
    """Throw it away."""
    require(actor(), "catalogue.publish")
    actions.discard(actor(), code)
    flash(_("The draft is deleted."))
    return redirect(url_for(".drafts"), 303)


def _drafts_page(text: str, faults: list[Any]) -> str:
    return render_template(
        "ministry/drafts.html",
        drafts=queries.drafts(),
        titles=queries.titles(),
        text=text,
        faults=faults,
        most=queries.MOST_BYTES,
    )
