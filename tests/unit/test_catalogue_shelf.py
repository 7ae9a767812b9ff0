"""The shelf of definitions: as good as read anew, never out of date, never in the way."""

import os
import shutil

import pytest

from core import caches
from core.catalogue import reader, shelf

CODE = "passport-renewal"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with one definition, and no shelf yet."""
    monkeypatch.setattr(caches, "CACHE", tmp_path / "cache")
    folder = tmp_path / "catalogue"
    folder.mkdir()
    shutil.copy(reader.FOLDER / f"{CODE}.toml", folder)
    return folder


@pytest.fixture
def place(tmp_path):
    """Where the shelf is."""
    return tmp_path / "cache" / "catalogue"


@pytest.fixture
def fetch(folder):
    """`fetch()`: the definitions, and whether their files had to be read."""

    def make():
        read = []

        def definitions():
            read.append(1)
            return reader.check_all(folder, walk=False)[0]

        return shelf.kept(folder, definitions), bool(read)

    return make


def test_what_was_read_once_comes_from_the_shelf_and_is_the_same(fetch):
    (first, read), (second, read_again) = fetch(), fetch()
    assert (read, read_again) == (True, False)
    assert first == second
    assert first[CODE] is not second[CODE]
    assert first[CODE].hash == second[CODE].hash
    assert first[CODE].source == second[CODE].source


def test_a_changed_file_is_read_anew_and_the_old_one_is_thrown_away(fetch, folder, place):
    fetch()
    file = folder / f"{CODE}.toml"
    file.write_text(file.read_text("utf-8") + "\n# A remark.\n", "utf-8")
    assert fetch()[1]
    assert len(list(place.iterdir())) == 1


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x80\x05cnowhere\nNothing\n."])
def test_a_broken_one_is_read_anew_and_mended(fetch, place, content):
    known, _ = fetch()
    (kept,) = place.iterdir()
    kept.write_bytes(content)
    assert fetch() == (known, True)
    assert fetch() == (known, False)


def test_where_nothing_can_be_kept_the_files_are_read_each_time(fetch, place):
    place.parent.mkdir()
    place.write_text("a file where the folder should be")
    assert fetch()[1] and fetch()[1]


@pytest.mark.parametrize("whose", ["others may write", "somebody else's"])
def test_what_somebody_else_could_have_written_is_never_read(fetch, place, monkeypatch, whose):
    fetch()
    assert not fetch()[1]
    if whose == "others may write":
        place.chmod(0o777)
    else:
        me = os.getuid()
        monkeypatch.setattr("os.getuid", lambda: me + 1)
    assert fetch()[1]
