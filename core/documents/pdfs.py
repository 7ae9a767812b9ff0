"""PDFs, disarmed: opened, stripped of everything that acts, written new, its pages drawn.

Runs in the inspector's process. Pages are drawn as pictures for the viewer, so that nobody's
browser has to open a stranger's PDF. What pikepdf and pdfium raise is left to end the process,
which means "broken".
"""

from __future__ import annotations

import io
import zlib

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name

from core.documents.pictures import jpeg_of, scale_to
from core.documents.verdicts import Refused

MAX_PAGES = 40
PREVIEW_SIDE = 1400
PREVIEW_BYTES = 350_000
MAX_OBJECTS = 100_000
MAX_DEPTH = 20  # of fields inside fields
MAX_UNPACKED = 112 * 2**20  # of one stream; a page scanned in colour at 600 dpi has 100
ROOT_ACTS = ("/OpenAction", "/AA", "/AcroForm", "/Collection", "/URI", "/Perms", "/Threads")
NAME_TREES = ("/JavaScript", "/EmbeddedFiles", "/URLS", "/AlternatePresentations", "/Renditions")
PAGE_ACTS = ("/AA", "/PieceInfo", "/Metadata", "/AF", "/B", "/Trans", "/PresSteps")
SAFE_ANNOTATIONS = {
    "/Text", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Highlight",
    "/Underline", "/Squiggly", "/StrikeOut", "/Stamp", "/Ink",
}  # fmt: skip
ACTING_KEYS = ("/A", "/AA", "/PA", "/JS", "/FS", "/EF", "/Launch", "/RichMediaContent", "/Popup")


def clean(raw: bytes) -> tuple[dict, list[bytes]]:
    """The facts, and the disarmed PDF with one JPEG for each page; `Refused` with a code."""
    try:
        master, pages = _disarmed(raw)
    except pikepdf.PasswordError:
        raise Refused("encrypted") from None
    previews = _drawn(master)
    return {"media_type": "application/pdf", "pages": pages}, [master, *previews]


def _disarmed(raw: bytes) -> tuple[bytes, int]:
    with pikepdf.open(io.BytesIO(raw), attempt_recovery=True, suppress_warnings=True) as pdf:
        if pdf.is_encrypted:
            raise Refused("encrypted")
        pages = len(pdf.pages)
        if pages == 0:
            raise Refused("no_pages")
        if pages > MAX_PAGES:
            raise Refused("too_many_pages")
        _refuse_bombs(pdf)
        _fill_in(pdf)
        _disarm_root(pdf)
        for page in pdf.pages:
            _disarm_page(page.obj)
        _disarm_rest(pdf)
        out = io.BytesIO()
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, linearize=False)
    return out.getvalue(), pages


def _refuse_bombs(pdf: pikepdf.Pdf) -> None:
    if len(pdf.objects) > MAX_OBJECTS:
        raise Refused("too_complex")
    for thing in pdf.objects:
        if not isinstance(thing, pikepdf.Stream):
            continue
        filters = thing.get("/Filter", Array())
        if isinstance(filters, Array) and len(filters) > 4:
            raise Refused("too_complex")
        if _unpacked_size(thing, filters) > MAX_UNPACKED:
            raise Refused("too_complex")


def _unpacked_size(stream: pikepdf.Stream, filters) -> int:
    """How long the stream is unpacked, found without ever holding more than one buffer."""
    first = filters[0] if isinstance(filters, Array) and len(filters) else filters
    if first != Name.FlateDecode:
        return 0
    unpacker, total = zlib.decompressobj(), 0
    waiting = bytes(stream.read_raw_bytes())
    while waiting and total <= MAX_UNPACKED:
        try:
            total += len(unpacker.decompress(waiting, 2**20))
        except zlib.error:
            break
        waiting = unpacker.unconsumed_tail
    return total


def _fill_in(pdf: pikepdf.Pdf) -> None:
    """What was typed into a form becomes part of the page: the form itself is taken away.

    A look is made only where the program that filled the form has drawn none. Ours knows Latin
    letters and one line only, so other words are refused rather than shown as question marks.
    """
    lists = [page.obj.get("/Annots") for page in pdf.pages]
    notes = [note for listed in lists if isinstance(listed, Array) for note in listed]
    boxes = [note for note in notes if isinstance(note, Dictionary)]
    undrawn = [str(_inherited(box, "/V")) for box in boxes if _typed_but_not_drawn(box)]
    if any("\n" in word or "\r" in word or not _in_latin(word) for word in undrawn):
        raise Refused("form_not_drawn")
    drawn = [(box, box["/AP"]) for box in boxes if "/AP" in box]
    if undrawn and isinstance(pdf.Root.get("/AcroForm"), Dictionary):
        pdf.Root.AcroForm.NeedAppearances = True
    pdf.generate_appearance_streams()
    for box, look in drawn:
        box["/AP"] = look
    pdf.flatten_annotations("all")


def _typed_but_not_drawn(box: pikepdf.Dictionary) -> bool:
    """Whether a text or a choice stands in the box and no look of it."""
    if str(box.get("/Subtype")) != "/Widget" or "/AP" in box:
        return False
    value = _inherited(box, "/V")
    return str(_inherited(box, "/FT")) in ("/Tx", "/Ch") and bool(str(value or "").strip())


def _inherited(box: pikepdf.Dictionary, key: str) -> pikepdf.Object | None:
    """A fact of a form's box, or of the field that it belongs to (ISO 32000-1, 12.7.3)."""
    field: pikepdf.Object | None = box
    for _ in range(MAX_DEPTH):
        if not isinstance(field, Dictionary):
            return None
        if key in field:
            return field[key]
        field = field.get("/Parent")
    return None


def _in_latin(word: str) -> bool:
    try:
        word.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _disarm_root(pdf: pikepdf.Pdf) -> None:
    root = pdf.Root
    for key in ROOT_ACTS:
        _drop(root, key)
    for key in ("/Metadata", "/PieceInfo", "/AF", "/Outlines"):
        _drop(root, key)
    names = root.get("/Names")
    if isinstance(names, Dictionary):
        for key in NAME_TREES:
            _drop(names, key)
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]


def _disarm_page(page: pikepdf.Object) -> None:
    for key in PAGE_ACTS:
        _drop(page, key)
    notes = page.get("/Annots")
    if not isinstance(notes, Array):
        _drop(page, "/Annots")
        return
    kept = [note for note in notes if _is_safe(note)]
    for note in kept:
        for key in ACTING_KEYS:
            _drop(note, key)
    page["/Annots"] = Array(kept)


def _is_safe(note: pikepdf.Object) -> bool:
    return isinstance(note, Dictionary) and str(note.get("/Subtype")) in SAFE_ANNOTATIONS


def _disarm_rest(pdf: pikepdf.Pdf) -> None:
    """Whatever acts and is reachable by a road that we did not think of."""
    for thing in pdf.objects:
        if isinstance(thing, Dictionary):
            if str(thing.get("/S")) in ACTIONS:
                thing["/S"] = Name("/None")
            for key in ("/JS", "/JavaScript", "/EF", "/XFA", "/AA", "/OpenAction", "/Launch"):
                _drop(thing, key)
        elif isinstance(thing, pikepdf.Stream) and str(thing.get("/Type")) == "/EmbeddedFile":
            thing.write(b"")


ACTIONS = {
    "/JavaScript", "/Launch", "/URI", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData",
    "/Rendition", "/Movie", "/Sound", "/RichMediaExecute", "/GoTo3DView", "/Hide", "/ResetForm",
}  # fmt: skip


def _drop(thing: pikepdf.Object, key: str) -> None:
    if key in thing:
        del thing[key]


def _drawn(master: bytes) -> list[bytes]:
    document = pypdfium2.PdfDocument(master)
    try:
        return [_drawn_page(document[number]) for number in range(len(document))]
    finally:
        document.close()


def _drawn_page(page: pypdfium2.PdfPage) -> bytes:
    width, height = page.get_size()
    if not (0 < width < 20_000 and 0 < height < 20_000):
        raise Refused("too_complex")
    scale = min(scale_to(width, height, PREVIEW_SIDE), 4)
    picture = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    page.close()
    return jpeg_of(picture, PREVIEW_BYTES, PREVIEW_SIDE)
