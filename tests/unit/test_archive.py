"""The file of an exported office: what was written comes back, and nothing else does."""

import io
import random

import pytest

from core.archive import envelope, parts, rows
from core.archive.envelope import BadArchive, PassphraseLock, RootLock
from core.documents.keys import CHUNK, LocalRootKey

LOCK = RootLock(LocalRootKey(b"r" * 32))
HEADS = [{"part": "about", "format": 1}, {"part": "table", "table": "t"}, {"part": "documents"}]


def written(lock=LOCK, seed=1):
    noise = random.Random(seed)
    content = [[], [b"a\tb\n", noise.randbytes(CHUNK) + b"\n"], [noise.randbytes(2 * CHUNK + 5)]]
    account = parts.Account()
    stream = parts.write(zip(HEADS, content, strict=True), account)
    return b"".join(envelope.seal(lock, stream)), content, account.told()


def opened(file, lock=LOCK):
    source = io.BytesIO(file)
    header = envelope.read_header(source)
    account = parts.Account()
    found = []
    for head, blocks in parts.read(envelope.unseal(source, header, lock), account):
        found.append((head, b"".join(blocks)))
    return found, account.told()


def test_what_was_written_comes_back_with_its_account():
    file, content, account = written()
    found, again = opened(file)
    assert found == [(h, b"".join(c)) for h, c in zip(HEADS, content, strict=True)]
    assert again == account
    assert account["table t"]["count"] >= 2 and account["documents"]["count"] == 1
    assert content[2][0][:64] not in file


def test_whatever_is_changed_cut_or_reordered_is_refused():
    file, _, _ = written()
    other, _, _ = written(seed=2)
    start = file.index(b"\n", len(envelope.MAGIC)) + 1 + 11  # header line, the stream's nonce
    step = CHUNK + 16
    first, second = file[start : start + step], file[start + step : start + 2 * step]
    damaged = {
        "nothing": b"",
        "no archive": b"PK" + file[2:],
        "cut in a chunk": file[:-3],
        "cut between chunks": file[: start + step],
        "cut in the header": file[:60],
        "longer": file + b"x",
        "reordered": file[:start] + second + first + file[start + 2 * step :],
        "a chunk twice": file[: start + step] + file[start:],
        "another's chunk": file[:start] + other[start : start + step] + file[start + step :],
        "another's header": other[:start] + file[start:],
    }
    for place in (len(envelope.MAGIC) + 12, start - 5, start + 9, len(file) - 1):
        damaged[f"byte {place}"] = file[:place] + bytes([file[place] ^ 1]) + file[place + 1 :]
    for what, bad in damaged.items():
        with pytest.raises(BadArchive) as refusal:
            opened(bad)
        assert "\n" not in str(refusal.value), what


def test_a_passphrase_opens_and_another_does_not():
    file, _, account = written(PassphraseLock("long enough to be slow"))
    assert opened(file, PassphraseLock("long enough to be slow"))[1] == account
    for lock in (PassphraseLock("long enough to be sl0w"), LOCK):
        with pytest.raises(BadArchive, match="does not open"):
            opened(file, lock)
    with pytest.raises(BadArchive, match="15 characters"):
        written(PassphraseLock("short"))


def test_rows_are_read_as_copy_wrote_them():
    blocks = [b"1\t\\N\tx\\ty\\n\\\\\n2", b"\t\\\\x00ff\tz\n"]
    found = list(rows.values(iter(blocks), ["a", "b", "c"]))
    assert found == [
        {"a": "1", "b": None, "c": "x\ty\n\\"},
        {"a": "2", "b": "\\x00ff", "c": "z"},
    ]
    assert rows.as_bytes(b"\\\\x00ff") == b"\x00\xff" and rows.as_field(b"\0\xff") == b"\\\\x00ff"
