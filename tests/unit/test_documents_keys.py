"""Sealed streams and wrapped keys: whatever is not exactly what was sealed is refused."""

from io import BytesIO

import pytest

from core.documents import keys
from core.documents.keys import CHUNK, TAG, LocalRootKey, Place, Tampered, open_stream, seal_stream

HEADER = len(keys.MAGIC) + keys.PREFIX
PLACE = Place("london", "doc-1", "master")
KEY = bytes(range(32))
SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7]


def sealed(content: bytes, key: bytes = KEY, place: Place = PLACE) -> bytes:
    return b"".join(seal_stream(key, place, [content]))


def opened(ciphertext: bytes, key: bytes = KEY, place: Place = PLACE) -> bytes:
    return b"".join(open_stream(key, place, BytesIO(ciphertext)))


def content_of(size: int) -> bytes:
    return bytes(number % 251 for number in range(size))


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_opens_again(size):
    assert opened(sealed(content_of(size))) == content_of(size)


def test_however_the_content_is_cut_on_the_way_in_the_same_comes_out():
    content = content_of(2 * CHUNK + 5)
    pieces = [content[start : start + 999] for start in range(0, len(content), 999)]
    assert opened(b"".join(seal_stream(KEY, PLACE, [b"", *pieces, b""]))) == content


def test_the_same_content_is_never_sealed_twice_alike():
    assert sealed(b"same") != sealed(b"same")


def test_plain_words_do_not_show_in_the_ciphertext():
    assert b"planted" not in sealed(b"planted words " * 9000)


@pytest.mark.parametrize("size", [1, CHUNK, 2 * CHUNK + 5])
def test_a_changed_byte_is_refused_wherever_it_is(size):
    whole = sealed(content_of(size))
    for at in {0, 4, HEADER - 1, HEADER, HEADER + size // 2, len(whole) - TAG, len(whole) - 1}:
        changed = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        with pytest.raises(Tampered):
            opened(changed)


@pytest.mark.parametrize("left", [0, 3, HEADER, HEADER + CHUNK + TAG, HEADER + 2 * (CHUNK + TAG)])
def test_a_cut_stream_is_refused_also_between_chunks(left):
    whole = sealed(content_of(3 * CHUNK))
    with pytest.raises(Tampered):
        opened(whole[:left])


def test_nothing_can_be_added_behind():
    whole = sealed(content_of(2 * CHUNK))
    for more in (b"x", whole[HEADER:], bytes(CHUNK + TAG)):
        with pytest.raises(Tampered):
            opened(whole + more)


def test_chunks_can_not_change_places():
    whole = sealed(content_of(3 * CHUNK))
    step = CHUNK + TAG
    first, second = whole[HEADER : HEADER + step], whole[HEADER + step : HEADER + 2 * step]
    with pytest.raises(Tampered):
        opened(whole[:HEADER] + second + first + whole[HEADER + 2 * step :])


def test_a_chunk_of_another_stream_with_the_same_key_is_refused():
    one, other = sealed(content_of(2 * CHUNK)), sealed(content_of(2 * CHUNK))
    with pytest.raises(Tampered):
        opened(one[: HEADER + CHUNK + TAG] + other[HEADER + CHUNK + TAG :])


@pytest.mark.parametrize(
    "place",
    [
        Place("istanbul", "doc-1", "master"),
        Place("london", "doc-2", "master"),
        Place("london", "doc-1", "page-1"),
        Place("london|doc-1", "", "master"),
    ],
)
def test_another_office_document_or_kind_is_refused(place):
    with pytest.raises(Tampered):
        opened(sealed(b"passport"), place=place)


def test_another_key_is_refused():
    with pytest.raises(Tampered):
        opened(sealed(b"passport"), key=bytes(32))


def test_a_source_that_reads_in_drops_opens_all_the_same():
    class Drops(BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 700))

    content = content_of(CHUNK + 100)
    assert b"".join(open_stream(KEY, PLACE, Drops(sealed(content)))) == content


def test_an_office_key_opens_only_for_its_office_and_root():
    root = LocalRootKey(bytes(32))
    wrapped = keys.new_office_key(root, "london")
    assert len(root.unwrap("london", wrapped)) == 32
    for other, office in ((root, "istanbul"), (LocalRootKey(b"\1" * 32), "london")):
        with pytest.raises(Tampered):
            other.unwrap(office, wrapped)


def test_a_document_key_opens_only_for_its_document():
    office_key, key = keys.new_document_key(), keys.new_document_key()
    wrapped = keys.wrap_document_key(office_key, "london", "doc-1", key)
    assert keys.unwrap_document_key(office_key, "london", "doc-1", wrapped) == key
    for office, document in (("istanbul", "doc-1"), ("london", "doc-2")):
        with pytest.raises(Tampered):
            keys.unwrap_document_key(office_key, office, document, wrapped)
    with pytest.raises(Tampered):
        keys.unwrap_document_key(office_key, "london", "doc-1", wrapped[:8])


def test_a_root_key_has_32_bytes():
    with pytest.raises(ValueError, match="32 bytes"):
        LocalRootKey(b"short")


def test_keys_do_not_show_in_a_repr():
    assert "\\x07" not in repr(LocalRootKey(b"\x07" * 32))
