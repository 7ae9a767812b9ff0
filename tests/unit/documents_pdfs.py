"""PDFs made for the corpus: honest ones, bombs, and those that want something of their reader."""

import io
import zlib
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String


def pdf_with(change: Callable[[pikepdf.Pdf], None] | None = None, pages: int = 1, **save) -> bytes:
    pdf = pikepdf.new()
    for _number in range(pages):
        pdf.add_blank_page(page_size=(595, 842))
    if change:
        change(pdf)
    out = io.BytesIO()
    pdf.save(out, **save)
    return out.getvalue()


def stream_bomb() -> bytes:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(2**20)) for _part in range(400)) + packer.flush()

    def change(pdf):
        pdf.pages[0].Contents = Stream(pdf, packed, Filter=Name.FlateDecode)

    return pdf_with(change, recompress_flate=False, compress_streams=False)


def filters_upon_filters() -> bytes:
    def change(pdf):
        content = b"q Q"
        for _layer in range(8):
            content = zlib.compress(content)
        pdf.pages[0].Contents = Stream(pdf, content, Filter=Array([Name.FlateDecode] * 8))

    return pdf_with(
        change, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False
    )


def page_of(pdf, width, height=None):
    pdf.pages[0].MediaBox = Array([0, 0, width, height or width])


def _script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("app.alert('planted')"))


def _open_action(pdf):
    pdf.Root.OpenAction = _script()


def _named_script(pdf):
    pdf.Root.Names = Dictionary(
        JavaScript=Dictionary(Names=Array([String("x"), pdf.make_indirect(_script())]))
    )


def _launch(pdf):
    pdf.Root.OpenAction = Dictionary(S=Name.Launch, F=String("planted.exe"))


def _attachment(pdf):
    pdf.attachments["planted.exe"] = b"MZ planted"


def _page_action(pdf):
    pdf.pages[0].obj.AA = Dictionary(O=_script())


def _link(pdf):
    note = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=Array([0, 0, 99, 99]),
        A=Dictionary(S=Name.URI, URI=String("https://planted.example")),
    )
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(note)])


def _rich_media(pdf):
    note = Dictionary(
        Type=Name.Annot,
        Subtype=Name.RichMedia,
        Rect=Array([0, 0, 9, 9]),
        RichMediaContent=Dictionary(x=String("planted")),
    )
    pdf.pages[0].obj.Annots = Array([note])


def _form(pdf):
    pdf.Root.AcroForm = Dictionary(
        Fields=Array(), XFA=Array([String("template"), Stream(pdf, b"<planted/>")])
    )


def _submit(pdf):
    note = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        Rect=Array([0, 0, 9, 9]),
        A=Dictionary(S=Name.SubmitForm, F=String("https://planted.example")),
        AA=Dictionary(E=_script()),
    )
    note = pdf.make_indirect(note)
    pdf.pages[0].obj.Annots = Array([note])
    pdf.Root.AcroForm = Dictionary(Fields=Array([note]))


def filled_form(word, *, drawn, asked=True):
    """A form with a word typed into it; `drawn` by the program that filled it, or left to ours.

    `asked` says that the file itself asks for its boxes to be drawn.
    """

    def change(pdf):
        _type_into_a_form(pdf, word, drawn)
        if not asked:
            del pdf.Root.AcroForm["/NeedAppearances"]

    return pdf_with(change)


def _type_into_a_form(pdf, word, drawn):
    letters = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    fonts = Dictionary(Font=Dictionary(Helv=pdf.make_indirect(letters)))
    box = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        FT=Name.Tx,
        F=4,
        T="name",
        V="?" if drawn else word,
        DA="/Helv 18 Tf 0 g",
        Rect=Array([20, 100, 280, 140]),
    )
    if drawn:
        look = Stream(pdf, f"BT /Helv 18 Tf 0 g 4 10 Td ({word}) Tj ET".encode())
        look.stream_dict = Dictionary(
            Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 260, 40]), Resources=fonts
        )
        box.AP = Dictionary(N=pdf.make_indirect(look))
    box = pdf.make_indirect(box)
    pdf.pages[0].obj.Annots = Array([box])
    pdf.Root.AcroForm = Dictionary(Fields=Array([box]), DR=fonts, NeedAppearances=True)


def _facts(pdf):
    pdf.docinfo["/Author"] = "planted"
    with pdf.open_metadata() as metadata:
        metadata["dc:creator"] = ["planted"]


def _outline(pdf):
    with pdf.open_outline() as outline:
        item = pikepdf.OutlineItem("x", 0)
        outline.root.append(item)
    pdf.Root.Outlines.First.A = _script()


WISHES = {
    "open action": _open_action,
    "named script": _named_script,
    "launch": _launch,
    "attachment": _attachment,
    "page action": _page_action,
    "link": _link,
    "rich media": _rich_media,
    "xfa form": _form,
    "submit button": _submit,
    "author": _facts,
    "script in the outline": _outline,
}
