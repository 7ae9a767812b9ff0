"""The corpus of uploads through the real child process: each gets exactly its verdict."""

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageCms

from core.documents import inspection, inspector, reasons, rules
from core.documents.inspection import inspect
from core.documents.nursery import start_mother
from core.documents.verdicts import Refused
from core.nursery import Nursery
from tests.unit import documents_corpus as corpus
from tests.unit.documents_pdfs import filled_form, page_of


def verdict_on(raw: bytes) -> str:
    try:
        inspect([raw])
    except Refused as refusal:
        return refusal.code
    return corpus.CLEAN


@pytest.mark.parametrize("name", corpus.FILES)
def test_each_file_of_the_corpus_gets_its_verdict(name):
    make, expected = corpus.FILES[name]
    assert verdict_on(make()) == expected


def test_every_verdict_has_words():
    assert {verdict for _make, verdict in corpus.FILES.values()} - {corpus.CLEAN} <= set(
        reasons.REASONS
    )


def test_a_picture_comes_back_upright_small_and_without_its_past():
    result = inspect([corpus.with_exif(orientation=6)])
    assert (result.facts["width"], result.facts["height"]) == (600, 450)
    for part in (result.master, *result.previews):
        image = Image.open(io.BytesIO(part))
        assert image.format == "JPEG" and image.size[0] > image.size[1]
        assert not image.getexif() and "comment" not in image.info
        assert b"planted" not in part


@pytest.mark.parametrize("name", ["png with words", "jpeg with a broken colour profile"])
def test_no_words_survive_in_a_picture(name):
    assert b"planted" not in inspect([corpus.FILES[name][0]()]).master


def test_a_transparent_picture_lies_on_white():
    clear = corpus.saved(Image.new("RGBA", (300, 300), (0, 0, 0, 0)), "PNG")
    assert Image.open(io.BytesIO(inspect([clear]).master)).getpixel((9, 9)) == (255, 255, 255)


def test_greys_of_sixteen_bits_stay_grey():
    deep = Image.linear_gradient("L").convert("I").point(lambda grey: grey * 257).convert("I;16")
    master = Image.open(io.BytesIO(inspect([corpus.saved(deep, "PNG")]).master)).convert("L")
    assert [master.getpixel((100, y)) for y in (0, 64, 128, 255)] == pytest.approx(
        [0, 64, 128, 255], abs=3
    )


def test_a_large_picture_becomes_a_master_of_at_most_one_and_a_half_megabytes():
    noise = Image.effect_noise((4000, 3000), 90).convert("RGB")
    result = inspect([corpus.saved(noise, quality=70)])
    assert len(result.master) <= 1_500_000
    assert (result.facts["width"], result.facts["height"]) == (4000, 3000)


@pytest.mark.parametrize("wish", corpus.WISHES)
def test_a_pdf_loses_everything_that_acts(wish):
    result = inspect([corpus.pdf_with(corpus.WISHES[wish])])
    with pikepdf.open(io.BytesIO(result.master)) as pdf:
        assert not set(pdf.Root.keys()) & {"/OpenAction", "/AA", "/AcroForm", "/Names/JavaScript"}
        assert not pdf.attachments
        loose = io.BytesIO()
        pdf.save(loose, qdf=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    for word in (b"planted", b"/JavaScript", b"/Launch", b"/SubmitForm", b"/EmbeddedFile"):
        assert word not in loose.getvalue()


@pytest.mark.parametrize(("drawn", "asked"), [(True, True), (False, True), (False, False)])
def test_what_was_typed_into_a_form_stays_to_be_read(drawn, asked):
    result = inspect([filled_form("NILOUFAR", drawn=drawn, asked=asked)])
    page = pypdfium2.PdfDocument(result.master)[0]
    assert "NILOUFAR" in page.get_textpage().get_text_range()
    figure = Image.open(io.BytesIO(result.previews[0])).convert("L")
    assert figure.getextrema()[0] < 100, "the clerk sees it too"


@pytest.mark.parametrize("word", ["نیلوفر", "NILOUFAR\nRAD"])
def test_words_of_a_form_that_nobody_has_drawn_are_not_shown_as_question_marks(word):
    assert verdict_on(filled_form(word, drawn=False)) == "form_not_drawn"


def test_a_strip_stays_wide_enough_to_be_read():
    shot = corpus.saved(Image.new("RGB", (1080, 12_000), "white"), "PNG")
    letter = corpus.pdf_with(lambda pdf: page_of(pdf, 400, 6000))
    for upload, wide in ((shot, (1080, 600)), (letter, (None, 700))):
        result = inspect([upload])
        preview = Image.open(io.BytesIO(result.previews[0]))
        assert preview.width == wide[1] and preview.height / preview.width > 10
        if wide[0]:
            assert Image.open(io.BytesIO(result.master)).width == wide[0]


def test_colours_are_read_as_the_profile_of_the_picture_means_them():
    """As newer phones send them in wide colours. Here red and green have changed places."""
    common = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = common.replace(b"rXYZ", b"----", 1).replace(b"gXYZ", b"rXYZ", 1)
    swapped = swapped.replace(b"----", b"gXYZ", 1)
    swapped = swapped.replace("sRGB".encode("utf-16-be"), "Test".encode("utf-16-be"))
    picture = Image.new("RGB", (300, 300), (255, 0, 0))
    master = inspect([corpus.saved(picture, "PNG", icc_profile=swapped)]).master
    assert Image.open(io.BytesIO(master)).getpixel((9, 9)) == pytest.approx((0, 255, 0), abs=4)
    assert b"Test" not in master and b"ICC_PROFILE" not in master


def test_every_page_of_a_pdf_gets_a_picture():
    result = inspect([corpus.pdf_with(pages=3)])
    assert result.facts["pages"] == len(result.previews) == 3
    assert all(Image.open(io.BytesIO(page)).format == "JPEG" for page in result.previews)


def test_a_child_that_takes_too_long_is_ended_and_the_file_refused(monkeypatch):
    started = time.monotonic()
    with pytest.raises(Refused, match="too_slow"):
        inspect([corpus.pdf_with(pages=40)], seconds=0.01)
    assert time.monotonic() - started < 10


def test_a_child_that_dies_is_a_broken_file_and_the_next_one_works(monkeypatch):
    dead = subprocess.Popen(["true"])
    dead.wait()
    with monkeypatch.context() as patch:
        patch.setattr(inspection._nursery, "child", lambda files: dead.pid)
        with pytest.raises(Refused, match="broken"):
            inspect([corpus.jpeg()])
    assert inspect([corpus.jpeg()]).facts["media_type"] == "image/jpeg"


def test_a_child_that_somebody_kills_does_not_make_a_broken_file(monkeypatch):
    born, killed = inspection._nursery.child, []

    def child(files):
        pid = born(files)
        if not killed:
            killed.append(pid)
            os.kill(pid, signal.SIGKILL)
        return pid

    monkeypatch.setattr(inspection._nursery, "child", child)
    assert inspect([corpus.jpeg()]).facts["media_type"] == "image/jpeg"
    assert killed


def test_a_mother_that_was_killed_is_replaced():
    inspect([corpus.jpeg()])
    mother = inspection._nursery.mother
    mother.kill()
    mother.wait()
    assert inspect([corpus.jpeg()]).facts["media_type"] == "image/jpeg"
    assert inspection._nursery.mother.pid != mother.pid


def test_the_mother_has_no_secrets(monkeypatch):
    monkeypatch.setenv("MIKHAK_SECRET_KEY", "planted")
    nursery = Nursery(start_mother)
    with Path(os.devnull).open(
        "r+b", buffering=0
    ) as nothing:  # a child that has nothing to read goes at once
        nursery.child([nothing.fileno(), nothing.fileno()])
    environment = Path(f"/proc/{nursery.mother.pid}/environ")
    assert not environment.exists() or b"planted" not in environment.read_bytes()


def test_a_confined_process_has_no_files_and_little_memory():
    code = (
        "import resource; from core.documents import inspector; inspector.confine();"
        "print(resource.getrlimit(resource.RLIMIT_AS)[0],"
        " resource.getrlimit(resource.RLIMIT_FSIZE)[0], flush=True);"
        "bytearray(2 * 2**30)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ended.returncode != 0
    assert ended.stdout.strip() == f"{inspector.MEMORY} 0"


def test_a_photo_that_looks_doubtful_is_taken_with_warnings():
    rule = rules.rule_for("PHOTO")
    good = Image.new("RGB", (900, 1200), "white")
    good.paste(corpus.picture(500, 900), (200, 300))
    for image, expected in (
        (good, []),
        (good.resize((450, 600)), ["photo_small"]),
        (good.resize((1200, 900)), ["photo_shape"]),
        (
            Image.new("RGB", (900, 1200), (20, 20, 20)),
            ["photo_dark", "photo_blurred", "photo_background"],
        ),
    ):
        facts = inspect([corpus.saved(image)]).facts
        assert rules.warnings(rule, facts) == expected
    assert rules.warnings(rules.rule_for("NID"), facts) == []


def test_a_photo_is_a_picture_and_a_scan_has_a_readable_size():
    photo, scan = rules.rule_for("PHOTO"), rules.rule_for("NID")
    pdf = inspect([corpus.pdf_with()]).facts
    tiny = inspect([corpus.saved(corpus.picture(100, 100))]).facts
    assert rules.refusal(photo, pdf) == "pictures_only" and rules.refusal(scan, pdf) is None
    assert rules.refusal(scan, tiny) == "too_small"
