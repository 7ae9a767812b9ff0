"""The critic of all fetched pages refuses what a browser would silently mend."""

import pytest

from tests.critic import BadPage, criticise

PAGE = (
    '<!doctype html><html lang="en" dir="ltr"><head><title>A page</title></head>'
    "<body><h1>A page</h1>{}</body></html>"
)
MENDED = {
    "a block in a paragraph": "<p><div>words</div></p>",
    "tags that overlap": "<p>some <b>words</p></b>",
    "words in a table": "<table><p>words</p></table>",
    "a link in a link": '<a href="/x">one <a href="/y">two</a></a>',
    "an attribute twice": '<div id="a" id="b">words</div>',
    "the wrong end": "<div>words</span></div>",
    "no end": "<div>words",
    "an end of what has none": "<img alt='' src='/x'></img>",
    "a form in a form": "<form><form></form></form>",
    "a button in a button": "<button>one <button>two</button></button>",
    "no such character": "<p>&nosuch; words</p>",
    "closed in itself": "<div/>words",
}
WRONG = {
    "the same id twice": '<p id="a">one</p><p id="a">two</p>',
    "a box without a label": '<form><input name="a"></form>',
    "a second heading": "<h1>Once more</h1>",
}


def test_a_good_page_passes():
    assert criticise(PAGE.format('<label>Name <input name="a"></label>')).tag == "html"


@pytest.mark.parametrize("body", [*MENDED.values(), *WRONG.values()], ids=[*MENDED, *WRONG])
def test_a_bad_page_is_refused(body):
    with pytest.raises(BadPage):
        criticise(PAGE.format(body))


def test_the_line_of_the_fault_is_named():
    with pytest.raises(BadPage, match=r"line 3.*unexpected-end-tag"):
        criticise(PAGE.format("\n<p>fine</p>\n<div>words</span></div>"))
