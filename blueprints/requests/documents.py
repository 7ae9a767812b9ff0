"""Views: uploading, looking at, replacing and removing documents."""

from typing import Any, BinaryIO, cast
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage

from blueprints.requests import prospect, requests
from core.catalogue import reference
from core.catalogue.documents import DocumentAsk
from core.documents import queries as shelf
from core.documents import streams
from core.documents.cabinet import cabinet
from core.documents.models import RELEASED, Document
from core.documents.reasons import words as reason_words
from core.documents.thumbnails import thumbnail
from core.errors import Conflict, Invalid
from core.requests import actions, queries
from core.requests.situation import Situation, situation_of
from core.web.audience import actor
from core.web.templating import num

KILOBYTE = 1024
SANDBOX = "default-src 'none'; sandbox"


@requests.route("/<uuid:request_id>/documents", methods=["GET", "POST"])
def documents(request_id: UUID) -> Any:
    """All papers of a draft: what is asked, what is here; each upload comes back to itself."""
    draft = queries.own(actor(), request_id)
    if request.method == "GET" and draft.status != "draft":
        return redirect(url_for("requests.show", request_id=draft.id), 303)
    errors: dict[str, Any] = {}
    if request.method == "POST":
        errors = change_files(draft)
        if not errors:
            return redirect(url_for("requests.documents", request_id=draft.id), 303)
    situation = situation_of(draft)
    page = render_template(
        "requests/documents.html",
        situation=situation,
        uploads=[upload_of(situation, ask) for ask in situation.uploads],
        elsewhere=[
            {"title": ask.title, "hint": ask.hint, "how": prospect.how_words(ask.how)}
            for ask in situation.asked
            if ask.how != "upload"
        ],
        errors=errors,
        receiving=cabinet().shelf.answers(),
        onward=_onward(situation),
    )
    return (page, 422) if errors else page


def _onward(situation: Situation) -> str:
    """The deed's text, if there is one and nothing is missing for it; else what is left to do."""
    ready = situation.definition.deed and situation.is_complete
    page = "requests.text" if ready else "requests.show"
    return url_for(page, request_id=situation.request.id)


def change_files(held: Any) -> dict[str, Any]:
    """Remove or take what the form brings; the errors by document key."""
    if "_remove_file" in request.form:
        document = shelf.find(held.id, _id(request.form["_remove_file"]))
        try:
            actions.take_out(actor(), held, document=document)
        except Invalid as error:
            return error.errors
        return {}
    if not files_in_form():
        return {request.form.get("_key", ""): _("Choose a file first.")}
    return take_files(held)


def take_files(held: Any) -> dict[str, Any]:
    """Hand in the files that the form brings, if any; the errors by document key."""
    try:
        for key, file in files_in_form():
            stream = cast(BinaryIO, file.stream)
            actions.hand_in(actor(), held, key=key, stream=stream, name=file.filename)
    except Invalid as error:
        return error.errors
    return {}


def files_in_form() -> list[tuple[str, FileStorage]]:
    """The files that were chosen, by document key."""
    return [(key, file) for key, file in request.files.items(multi=True) if file.filename]


def upload_of(situation: Situation, ask: DocumentAsk) -> dict[str, Any]:
    """What the upload widget shows of one paper."""
    files = situation.handed.get(ask.key, [])
    return {
        "spec": {
            "key": ask.key,
            "label": ask.title,
            "hint": ask.hint,
            "required": ask.required,
        },
        "rules": prospect.rules_of(ask),
        "files": [file_of(situation, document) for document in files],
        "more": len(files) < ask.max,
        "wanting": ask.min - len(files) if ask.required and files else 0,
        "accept": _accept(ask),
    }


def file_of(situation: Situation, document: Document) -> dict[str, Any]:
    """What the page says of a file that is here."""
    place: dict[str, Any] = {"request_id": situation.request.id, "document_id": document.id}
    ready = document.state == RELEASED
    return {
        "id": str(document.id),
        "name": document.original_name,
        "about": _about(document),
        "tone": "warning" if document.warnings else "ok" if ready else "info",
        "state": _("Received") if ready else _("Being checked"),
        "reason": " ".join(str(reason_words(code)) for code in document.warnings) or None,
        "thumb": url_for("requests.preview", **place, page=1, size="small") if ready else None,
        "view": url_for("requests.viewer", **place) if ready else None,
    }


@requests.get("/<uuid:request_id>/files/<uuid:document_id>")
def viewer(request_id: UUID, document_id: UUID) -> str:
    """Look at one's own file, page by page."""
    held = queries.own(actor(), request_id)
    document = shelf.find(held.id, document_id)
    return render_template("requests/viewer.html", held=held, document=document)


@requests.get("/<uuid:request_id>/files/<uuid:document_id>/pages/<int:page>")
def preview(request_id: UUID, document_id: UUID, page: int) -> Response:
    """A page of a file as a picture; `?size=small` is for lists."""
    document = shelf.find(queries.own(actor(), request_id).id, document_id)
    if request.args.get("size") == "small":
        return _sent(thumbnail(document, page), "image/jpeg")
    return _sent(streams.open_preview(document, page), "image/jpeg")


@requests.get("/<uuid:request_id>/files/<uuid:document_id>/original")
def original(request_id: UUID, document_id: UUID) -> Response:
    """The file itself, to save."""
    document = shelf.find(queries.own(actor(), request_id).id, document_id)
    response = _sent(streams.open_original(document), document.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{document.download_name}"'
    return response


def _sent(chunks: Any, media_type: str) -> Response:
    response = Response(chunks, mimetype=media_type)
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def _about(document: Document) -> str:
    size = num(f"{max(1, document.size // KILOBYTE)}") + " " + _("KB")
    pages = ngettext("%(num)s page", "%(num)s pages", document.pages)
    return f"{size} · {num(pages)}"


def _accept(ask: DocumentAsk) -> str:
    names = reference.table("formats")
    return ",".join(names[name]["mime"] for name in ask.formats)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Conflict(_("This file was already removed.")) from error
