"""Papers by the real typst: what stands on them, in which order, and that all can read them."""

import io
import threading
from dataclasses import replace

import pikepdf
import pypdf
import pypdfium2
import pytest

from core.papers import rendering, words
from core.papers.rendering import form_pdf, receipt_pdf
from core.papers.views import (
    DeedText,
    FeeLine,
    FormView,
    Line,
    Moment,
    OfficeHead,
    PaperDocument,
    ReceiptView,
    Section,
)
from core.platform import assets
from tests.unit import documents_corpus as corpus


@pytest.fixture(scope="module", autouse=True)
def fonts():
    assets.install_packages()


@pytest.fixture(autouse=True)
def words_of_the_app(app):
    with app.app_context():
        yield


RECEIPT = ReceiptView(
    office=OfficeHead(
        "سفارت جمهوری اسلامی ایران", "لندن", (Line("تلفن", "+44 20 7225 4208", True),)
    ),
    service="تعویض گذرنامه",
    tracking_code="K7QM-2XWP-9RTA",
    track_url="https://london.mikhak.example/track",
    submitted=Moment("۳۰ آبان ۱۴۰۵", "21 November 2026", "۱۴:۰۵"),
    applicant=(
        Line("نام", "سیده‌فاطمه‌زهرا میرمحمدحسینی‌زادهٔ طباطبایی"),
        Line("نام به لاتین", "SEYEDEHFATEMEH MIRMOHAMMAD", True),
        Line("کد ملی", "0499370899", True),
        Line("تاریخ تولد", "۱ فروردین ۱۳۷۰ (21 March 1991)"),
    ),
    documents=(PaperDocument("شناسنامه (تمام صفحات)", "۴ پرونده"),),
    bring=("اصل شناسنامه",),
    fees=(FeeLine("گذرنامه پنج‌ساله", "۸۵٫۰۰ پوند"),),
    fee_total="۹۵٫۰۰ پوند",
    next_steps=("کارشناس مدارک را بررسی می‌کند.",),
)
FORM = FormView(
    **vars(RECEIPT),
    sections=(Section("نشانی", (Line("شهر", "لندن"), Line("کدپستی", "NW1 6XE", True))),),
    declarations=("درستی پاسخ‌ها را گواهی می‌کنم.",),
    photo=corpus.jpeg(),
)
MAKERS = [(receipt_pdf, RECEIPT), (form_pdf, FORM)]


def as_seen(pdf: bytes) -> str:
    """The words in reading order, Persian as a reader sees it."""
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def latin(pdf: bytes) -> str:
    """The words in the order of the file, Latin ones as a reader sees them."""
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize(("make", "view"), MAKERS)
@pytest.mark.parametrize("lang", ["fa", "en"])
def test_a_paper_is_accessible_and_archivable(make, view, lang):
    with pikepdf.open(io.BytesIO(make(view, lang))) as pdf:
        assert str(pdf.Root.Lang) == lang and pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root and pdf.Root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "2A" and metadata["pdfuaid:part"] == "1"
            assert "K7QM 2XWP 9RTA" in metadata["dc:title"]
        fonts = {str(font.BaseFont) for font in pdf.pages[0].Resources.Font.values()}
        assert any("Vazirmatn" in font for font in fonts)


@pytest.mark.parametrize(("make", "view"), MAKERS)
def test_persian_words_and_digits_stand_in_reading_order(make, view):
    text = as_seen(make(view, "fa"))
    for words_of_it in ("تعویض گذرنامه", "۱۴۰۵", "۳۰ آبان", "۱۳۷۰", "۸۵٫۰۰ پوند", "۹۵٫۰۰ پوند"):
        assert words_of_it in text
    assert text.index("کد رهگیری") < text.index("متقاضی") < text.index("همراه بیاورید")


def places(pdf: bytes, page_number: int = 0):
    """Where a word of a page begins, from its left edge."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[page_number % len(document)].get_textpage()

    def left_of(word: str) -> float:
        index, _ = page.search(word).get_next()
        return page.get_charbox(index)[0]

    return left_of


def test_a_gregorian_day_in_persian_words_keeps_its_order():
    view = replace(RECEIPT, submitted=Moment("۱ آذر ۱۴۰۵", "۲۲ نوامبر ۲۰۲۶", "۱۲:۰۰"))
    left_of = places(receipt_pdf(view, "fa"))
    assert left_of("۲۲") > left_of("نوامبر") > left_of("۲۰۲۶")


def test_a_telephone_number_among_the_answers_keeps_its_order():
    answers = Section("کسی", (Line("تلفن", "+98 9127 7531 8642"),))
    left_of = places(form_pdf(replace(FORM, sections=(answers,)), "fa"))
    assert left_of("9127") < left_of("7531") < left_of("8642")


@pytest.mark.parametrize("lang", ["fa", "en"])
def test_the_deed_stands_on_a_page_of_its_own_in_persian(lang):
    deed = DeedText("وکالتنامه", ("به نشانی \u200e12 Rose Lane, Flat 3\u200e در لندن",), ("آرش",))
    left_of = places(form_pdf(replace(FORM, deed=deed), lang), -1)
    assert left_of("12") < left_of("Rose") < left_of("Flat")


@pytest.mark.parametrize("lang", ["fa", "en"])
def test_latin_codes_and_names_keep_their_order(lang):
    text = latin(form_pdf(FORM, lang))
    for code in ("K7QM 2XWP 9RTA", "0499370899", "SEYEDEHFATEMEH MIRMOHAMMAD", "NW1 6XE"):
        assert code in text
    assert "21 March 1991" in text
    assert "+44 20 7225 4208" in latin(receipt_pdf(RECEIPT, lang))


def test_a_form_has_boxes_to_sign_and_a_part_for_the_office():
    text = as_seen(form_pdf(FORM, "en"))
    for label in ("Signature of the applicant", "Fingerprint", "For the office", "Original"):
        assert label in text
    assert "Fingerprint" not in as_seen(receipt_pdf(RECEIPT, "en"))


def test_the_fixed_words_are_complete_in_persian():
    persian, english = words.for_language("fa"), words.for_language("en")
    assert persian.keys() == english.keys()
    assert [key for key in persian if persian[key] == english[key]] == []


def test_markup_in_an_answer_stays_words():
    harm = '#panic() *bold* #read("/etc/passwd") $x$ \\ <label> @ref `raw` // comment'
    view = replace(FORM, sections=(Section(harm, (Line(harm, harm, True), Line(harm, ""))),))
    text = latin(form_pdf(view, "en"))
    assert '#read("/etc/passwd")' in text.replace("\n", " ") and "#panic()" in text


@pytest.mark.parametrize("lang", ["fa", "en"])
def test_letters_that_no_font_has_become_boxes_and_the_paper_says_so(lang):
    said = str(words.for_language(lang)["boxed"])[:12]
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    address = f'東京都 3-13 "\\" ก้ {family} Ελένη Владимир'
    strange = replace(RECEIPT, applicant=(Line("نشانی", address),))
    pdf = receipt_pdf(strange, lang)
    text = as_seen(pdf)
    assert "□□□" in text and said in text and "東" not in text
    assert "Ελένη Владимир" in latin(pdf)
    with pikepdf.open(io.BytesIO(pdf)) as opened, opened.open_metadata() as metadata:
        assert metadata.pdfa_status == "2A"
    assert said not in as_seen(receipt_pdf(RECEIPT, lang))


def test_a_form_of_many_answers_has_numbered_pages_and_the_longest_name_fits():
    name = "سید" + "‌محمدحسین" * 20
    lines = tuple(Line(f"پرسش {n}", "پاسخ بلند " * 30) for n in range(60))
    pdf = form_pdf(
        replace(FORM, applicant=(Line("نام", name),), sections=(Section("همه", lines),)), "fa"
    )
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) > 3
    assert "صفحه" in document[1].get_textpage().get_text_range()


def test_a_long_address_stays_on_the_paper_and_a_short_one_is_copied_as_it_is():
    long = "a.very.long.address.of.somebody.with.a.name@subdomain.of.a.domain.example.co.uk"
    lines = (Line("رایانامه", long, True), Line("رایانامه", "short.one@example.org", True))
    pdf = form_pdf(replace(FORM, applicant=lines), "fa")
    assert "short.one@example.org" in latin(pdf)
    page = pypdfium2.PdfDocument(pdf)[0]
    words_on_it = page.get_textpage()
    width = page.get_size()[0]
    boxes = [words_on_it.get_charbox(n) for n in range(words_on_it.count_chars())]
    assert min(box[0] for box in boxes) > 40 and max(box[2] for box in boxes) < width - 40


def test_an_empty_view_still_makes_a_paper():
    empty = ReceiptView(
        office=OfficeHead("Office", "City"),
        service="Service",
        tracking_code="",
        track_url="https://x.example/track",
        submitted=Moment("", ""),
        applicant=(),
    )
    assert receipt_pdf(empty, "en").startswith(b"%PDF-")


def test_threads_make_papers_at_the_same_time(app):
    made: list[bytes] = []

    def work():
        with app.app_context():
            made.extend(receipt_pdf(RECEIPT, "fa") for _number in range(5))

    threads = [threading.Thread(target=work) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 20 and all(pdf.startswith(b"%PDF-") for pdf in made)


def test_the_qr_code_holds_the_address_alone():
    assert "K7QM" not in RECEIPT.track_url
    assert rendering._qr(RECEIPT.track_url) != rendering._qr(RECEIPT.track_url + "x")
