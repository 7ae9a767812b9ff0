"""The difference of two versions in words: nothing that changed goes unsaid."""

import json
from dataclasses import replace

import pytest

from core.catalogue import differences, reader, stored
from core.catalogue.definition import Declaration, Exemption, FeeLine, FlowCase
from tests.integration.made_up_service import TEXT

OLD = reader.parse_text(TEXT)
COLOUR = """[[sections.fields]]
key = "colour"
type = "text"
max = 30
label = { fa = "رنگ", en = "Colour" }
"""
GREEN = '\n[[sections.fields]]\nkey = "frame"\ntype = "digits"\nrequired = false\n'
FRAME = 'label = { fa = "شماره تنه", en = "Frame number" }\n'


def said(new: str) -> list[str]:
    """What is said about another text of the same service; samples are no part of a version."""
    return [change.text for change in differences.between(OLD, reader.parse_text(new, walk=False))]


EDITS = {
    "New question: “Frame number” (figures).": (COLOUR, COLOUR + GREEN + FRAME),
    "New question: “Frame number” (figures), if the answer to “Is the bicycle yours?” is yes.": (
        COLOUR,
        COLOUR + GREEN + 'when = { field = "own_bicycle", is = true }\n' + FRAME,
    ),
    "“Colour” is now called “Paint”.": ('en = "Colour"', 'en = "Paint"'),
    "The words of “Colour” have changed in the other language.": ("رنگ", "رنگ بدنه"),
    "“Colour”, at most: now 40 (before: 30).": ("max = 30", "max = 40"),
    "“Colour” may now be left empty.": ("max = 30", "max = 30\nrequired = false"),
    "“ID” must now be answered.": ("required = false, ", ""),
    "“Bought on”, kind of answer: now date that may be incomplete (before: date).": (
        'type = "date"',
        'type = "partial_date"',
    ),
    "“Team” now applies if “Kind” is “City” (before: if “Kind” is “Racing”).": (
        'is = "racing"',
        'is = "city"',
    ),
    "“Team” now always applies (before: only if “Kind” is “Racing”).": (
        'when = { field = "kind", is = "racing" }\n',
        "",
    ),
    "“Kind”: new answer “Cargo”.": (
        "options = [\n",
        'options = [\n    { key = "cargo", fa = "باری", en = "Cargo" },\n',
    ),
    "“Riders”, at most: now 5 (before: 3).": ("max = 3\n", "max = 5\n"),
    "“The bicycle's bill”, files at most: now 4 (before: 2).": ("max = 2\n", "max = 4\n"),
    "“The bicycle's bill” now applies only if “Is the bicycle yours?” is not answered.": (
        'key = "bill"\n',
        'key = "bill"\nwhen = { field = "own_bicycle", blank = true }\n',
    ),
    "“The bicycle is yours.” now applies if the answer to “Is the bicycle yours?” is yes"
    " (before: if the answer to “Is the bicycle yours?” is no).": ("is = false }", "is = true }"),
    "“Way of the request”, Visit in person: now yes (before: no).": (
        "visit = false",
        "visit = true",
    ),
    "“Bicycle letter”: the words of the duration have changed.": ("Two working", "Three working"),
    "“Bicycle letter”, other names: now bike (before: چرخ, bike).": ('"چرخ", ', ""),
}


@pytest.mark.parametrize("sentence", EDITS)
def test_an_edit_is_said_in_words_and_nothing_else(sentence):
    old, new = EDITS[sentence]
    assert old in TEXT
    assert said(TEXT.replace(old, new, 1)) == [sentence]


def test_what_was_added_is_removed_the_other_way_round():
    bigger = reader.parse_text(TEXT.replace(COLOUR, COLOUR + GREEN + FRAME), walk=False)
    back = differences.between(bigger, OLD)
    assert [change.text for change in back] == ["The question “Frame number” was removed."]


def test_fees_declarations_and_flow_are_said():
    line = FeeLine("stamp", {"fa": "مهر", "en": "Stamp"}, amount="13")
    paid = replace(OLD, fees=(line,))
    assert texts(OLD, paid) == ["New fee: “Stamp”, 13 EUR."]
    dearer = replace(OLD, fees=(replace(line, amount="15", per="riders"),))
    assert texts(paid, dearer) == [
        "“Stamp”, fee: now 15 EUR for each of “Riders” (before: 13 EUR)."
    ]
    own = {"field": "own_bicycle", "is": True}
    waived = replace(OLD, fees=(replace(line, exempt=(Exemption(own, {"fa": "", "en": ""}),)),))
    assert texts(paid, waived) == [
        "“Stamp” is now waived if the answer to “Is the bicycle yours?” is yes."
    ]
    sworn = replace(OLD, declarations=(*OLD.declarations, Declaration("x", {"en": "I ride."})))
    assert texts(OLD, sworn) == ["New declaration: “I ride.”."]
    routed = replace(OLD, flow=replace(OLD.flow, cases=(FlowCase(own, "L", {"visit": True}),)))
    (sentence,) = texts(OLD, routed)
    assert sentence.startswith("Now: if the answer to “Is the bicycle yours?” is yes, the way is “")


def texts(old, new):
    return [change.text for change in differences.between(old, new)]


def test_a_kept_version_speaks_like_the_file_it_came_from():
    kept = json.loads(json.dumps(stored.plain(OLD)))
    assert differences.between(kept, OLD) == []
    assert differences.between(kept, replace(OLD, version=2)) == []


def test_every_condition_of_every_service_can_be_said():
    """All definitions against a bare one: each document and question is new, with its condition."""
    for definition in reader.load_all().values():
        bare = replace(
            definition, sections=(), documents=(), fees=(), eligibility=(), declarations=(),
            deed=None,
        )  # fmt: skip
        found = texts(bare, definition)
        assert all(text and "{'" not in text for text in found), found
        assert texts(definition, bare)
