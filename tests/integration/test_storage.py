"""One contract for the shelf, kept by a local folder and by a real S3 server alike."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from core.documents import storage
from core.documents.storage import ForeignKey, LocalStorage, NotStored, StorageDown
from tests.integration.s3_server import s3_server


@pytest.fixture(scope="module")
def s3():
    with s3_server() as server:
        yield server


@pytest.fixture(params=["folder", "s3"])
def shelf(request, tmp_path):
    if request.param == "folder":
        return storage.from_url(f"file://{tmp_path}/files")
    return storage.from_url(request.getfixturevalue("s3").url())


def key(name: str) -> str:
    return f"london/{name}/master"


def test_what_was_put_is_read_again(shelf):
    content = bytes(range(256)) * 9000
    shelf.put(key("again"), [content[:1000], content[1000:]])
    with shelf.open(key("again")) as source:
        assert source.read() == content
    assert shelf.exists(key("again"))


def test_nothing_can_be_an_object_too(shelf):
    shelf.put(key("nothing"), [])
    with shelf.open(key("nothing")) as source:
        assert source.read() == b""


def test_what_is_not_there_is_not_stored(shelf):
    assert not shelf.exists(key("missing"))
    with pytest.raises(NotStored):
        shelf.open(key("missing"))
    shelf.delete(key("missing"))


def test_a_second_put_takes_the_place_of_the_first(shelf):
    shelf.put(key("twice"), [b"a longer first one"])
    shelf.put(key("twice"), [b"second"])
    with shelf.open(key("twice")) as source:
        assert source.read() == b"second"


def test_what_was_deleted_is_gone(shelf):
    shelf.put(key("gone"), [b"x"])
    shelf.delete(key("gone"))
    assert not shelf.exists(key("gone"))
    assert list(shelf.list("london/gone/")) == []


def test_a_listing_names_everything_below_a_prefix_and_nothing_else(shelf):
    names = ["list/a/master", "list/a/page-1", "list/b/master", "listing/c"]
    for name in names:
        shelf.put(f"london/{name}", [b"12345"])
    shelf.put("istanbul/list/a/master", [b"1"])
    found = list(shelf.list("london/list/"))
    assert {one.key for one in found} == {f"london/{name}" for name in names[:3]}
    assert {one.size for one in found} == {5}
    assert all(abs(one.modified - datetime.now(UTC)) < timedelta(minutes=5) for one in found)


def test_an_object_whose_source_fails_is_never_there(shelf):
    def failing():
        yield b"the first part"
        raise ConnectionResetError("the browser went away")

    with pytest.raises((ConnectionResetError, StorageDown)):
        shelf.put(key("torn"), failing())
    assert not shelf.exists(key("torn"))
    assert list(shelf.list("london/torn/")) == []


def test_two_that_put_the_same_key_leave_one_whole_object(shelf):
    contents = [bytes([number]) * 300_000 for number in range(4)]
    threads = [
        threading.Thread(target=shelf.put, args=(key("race"), [content])) for content in contents
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with shelf.open(key("race")) as source:
        assert source.read() in contents


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "london",
        "/london/x",
        "london/../istanbul/x",
        "london//x",
        "London/x",
        "london/x/..",
        "london/x\n",
        "london/.new-1",
        "london/x\\y",
        "l/x",
        "london/" + "a/" * 20 + "x",
    ],
)
def test_a_malformed_key_is_refused(shelf, wrong):
    for act in (shelf.open, shelf.delete, shelf.exists, lambda name: shelf.put(name, [b"x"])):
        with pytest.raises(ForeignKey):
            act(wrong)


@pytest.mark.parametrize("prefix", ["", "london", "lon", "../", "london/../istanbul/"])
def test_a_listing_stays_within_an_office(shelf, prefix):
    with pytest.raises(ForeignKey):
        list(shelf.list(prefix))


def test_an_office_reaches_only_its_own_objects(app, shelf):
    from tenants.scope import office

    with app.app_context():
        with office("istanbul"):
            shelf.put("istanbul/own/master", [b"x"])
        with office("london"):
            shelf.put("london/own/master", [b"x"])
            for act in (shelf.open, shelf.delete, shelf.exists, lambda k: shelf.put(k, [b"y"])):
                with pytest.raises(ForeignKey):
                    act("istanbul/own/master")
            with pytest.raises(ForeignKey):
                list(shelf.list("istanbul/"))


def test_a_forged_signature_opens_nothing(s3):
    storage.from_url(s3.url()).put(key("signed"), [b"x"])
    forged = storage.from_url(s3.url(secret="another secret"))
    for act in (forged.open, lambda name: forged.put(name, [b"y"])):
        with pytest.raises(StorageDown):
            act(key("signed"))


def test_a_store_that_does_not_answer_is_given_up_soon():
    shelf = storage.from_url("s3://k:s@bucket?endpoint=http://127.0.0.1:9")
    started = time.monotonic()
    for act in (shelf.open, shelf.exists, lambda name: shelf.put(name, [b"x"])):
        with pytest.raises(StorageDown):
            act(key("down"))
    assert time.monotonic() - started < 60


def test_a_folder_that_can_not_be_written_says_so(tmp_path):
    (tmp_path / "files").write_text("a file where the folder should be")
    with pytest.raises(StorageDown):
        LocalStorage(tmp_path / "files").put(key("full"), [b"x"])


@pytest.mark.parametrize("url", ["", "file://", "ftp://host/x", "s3://", "/var/files"])
def test_a_storage_address_that_is_none_is_refused(url):
    with pytest.raises(ValueError, match="MIKHAK_STORAGE_URL"):
        storage.from_url(url)
