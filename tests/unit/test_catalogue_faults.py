# ruff: noqa: E501
"""Every way of writing a definition wrong that we thought of is told with line and remedy."""

import pytest

from core.catalogue import reader
from core.catalogue.locate import line_of

GOOD = (reader.FOLDER / "passport-renewal.toml").read_text("utf-8")
POA = (reader.FOLDER / "power-of-attorney.toml").read_text("utf-8")

# (what is replaced, by what, the message that must come, the text on the line that it must name)
BROKEN = [
    ('group = "P"', 'gruop = "P"', "“gruop” is not known here; did you mean “group”?", "gruop"),
    ('group = "P"', "", "“group” is missing; write a text", None),
    ('group = "P"', 'group = "Z"', "“Z” is not known for “group”; write one of: C, D,", 'group = "Z"'),
    ('version = 2', 'version = "1"', "“version” must be a whole number", "version"),
    ('ref = "P02"', 'ref = "P2"', "“P2” is no code of the domain file", "ref"),
    ('title = { fa = "تعویض گذرنامه", en = "Passport renewal" }', 'title = { en = "Passport renewal" }',
     "“title” has no words in “fa”", "title"),
    ('title = { fa = "تعویض گذرنامه", en', 'title = { fa = "Renewal", en',
     "“title.fa” holds no Persian letters.", "title"),
    ('en = "Passport renewal"', 'en = "تعویض"', "“title.en” holds Persian letters", "title"),
    ('type = "passport_no"', 'type = "passportno"',
     "“passportno” is not known for “type”; did you mean “passport_no”?", "passportno"),
    ('key = "old_issue"', 'key = "oldIssue"', "must be small Latin letters", "oldIssue"),
    ('when = { field = "reason", is = "pages_full" }', 'when = { field = "reason", is = "pagesfull" }',
     "“pagesfull” is no answer of “reason”; did you mean “pages_full”?", "pagesfull"),
    ('when = { field = "reason", is = "pages_full" }', 'when = { field = "raeson", is = "pages_full" }',
     "“raeson” is not known here; did you mean “reason”?", "raeson"),
    ('when = { field = "reason", is = "pages_full" }', 'when = { field = "eye_color", is = "brown" }',
     "“eye_color” is not known here; it comes later; move it before this.", None),
    ('when = { field = "reason", is = "pages_full" }', 'when = { field = "reason", equals = "pages_full" }',
     "“equals” is not part of a condition", "equals"),
    ('when = { field = "reason", is = "pages_full" }', 'when = { field = "reason" }',
     "Write exactly one operator beside “field”", None),
    ('when = { field = "reason", is = "pages_full" }', 'when = "reason is pages_full"',
     "“when” must be a condition", "reason is"),
    ('when = { field = "reason", is = "pages_full" }', 'when = { any = { field = "reason", is = "lost" } }',
     "“any” needs a list of conditions", None),
    ('field = "subject.age", lt = 18', 'field = "subject.aeg", lt = 18',
     "“subject.aeg” is not known here; did you mean “subject.age”?", "subject.aeg"),
    ('{ fact = "office.full_pages_left" }', '{ fact = "office.pages" }', "“office.pages” is not known", None),
    ('code = "MIL"', 'code = "MILI"', "“MILI” is not known for “code”; did you mean “MIL”?", "MILI"),
    ('item = "passport_adult"', 'item = "pasport_adult"', "did you mean “passport_adult”?", "pasport_adult"),
    ('item = "passport_adult"', 'item = "passport_adult"\namount = "3"', "A fee line has one of", None),
    ('compute = { months_until = "old_expiry" }', 'compute = { weeks = "old_expiry" }',
     "“compute” has exactly one of: age,", "weeks"),
    ('not_after = "today+11y"', 'not_after = "in ten years"', "“in ten years” is no bound", "in ten years"),
    ('name = "L"', 'name = "X"', "“X” is not known for “name”", 'name = "X"'),
    ('use = "last-exit"', 'use = "last-entry"', "There is no block “last-entry” with fields", None),
    ('options_from = "eye-colors"', 'options_from = "eyes"', "“eyes” is not known for “options_from”", "eyes"),
    ('instead = "P06"', 'instead = "passport-minor"', "“passport-minor” is no code", "passport-minor"),
    ('checklist = ["reason",', 'checklist = ["reasons",', "“reasons” is no field; did you mean “reason”?",
     "checklist"),
    ('kind = "refused"', 'kind = "extra"', "A definition has a “refused” sample", None),
    ('stop = "window"', 'stop = "windows"', "“windows” is no eligibility rule", "windows"),
    ('pages_left = 2', 'pages_let = 2', "“pages_let” is no field of this definition", "pages_let"),
    ('pages_left = 2', 'pages_left = 20', "it is stopped by really_full", None),
    ('old_passport_no = "M23456789"', "", "Type “Number of the old passport”.", None),
    ('height_cm = 168', 'height_cm = 900', "This is at most 230; you typed 900.", None),
    ('delivery_mode = "post"', 'delivery_mode = "in_person"', "this question is not asked in the sample", None),
    ('key = "not_lost"', 'key = "adult"', "The key “adult” is used twice in eligibility.", None),
    ('version = 2', 'version = ', "This is not TOML", "version ="),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "message", "on_line"), BROKEN, ids=[str(n) for n in range(len(BROKEN))]
)
def test_a_fault_is_told_with_its_line_and_what_to_write(old, new, message, on_line):
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    with pytest.raises(reader.CatalogueError) as caught:
        reader.parse_text(text, "passport-renewal.toml")
    found = [fault for fault in caught.value.faults if message in fault.message]
    assert found, str(caught.value)
    assert str(found[0]).startswith(f"passport-renewal.toml:{found[0].line}:")
    if on_line:
        assert on_line in text.splitlines()[found[0].line - 1]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{mahr_settlement}.", "{mahr_setlement}.", "“mahr_setlement” is not known here"),
        ("{plate}، بخش", "{plates}، بخش", "“plates” is no field of “properties”"),
        ('per = "principals"', 'per = "kind"', "“kind” is no repeating group."),
        ('signers = "principals"', 'signers = "people"', "“people” is not known here"),
        ('type = "group"\nrequired = false', 'type = "grop"\nrequired = false',
         "did you mean “group”?"),
        ('parts = ["identity", "name", "father", "gender"]', 'parts = ["identity", "nickname"]',
         "“nickname” is not known in “parts”"),
    ],
)  # fmt: skip
def test_faults_in_deeds_groups_and_people(old, new, message):
    assert old in POA
    with pytest.raises(reader.CatalogueError, match=message):
        reader.parse_text(POA.replace(old, new, 1))


def test_all_faults_come_at_once():
    text = GOOD.replace('group = "P"', 'group = "Z"').replace('code = "MIL"', 'code = "MILI"')
    with pytest.raises(reader.CatalogueError) as caught:
        reader.parse_text(text)
    assert len(caught.value.faults) >= 2


def test_lines_of_nested_tables_are_found():
    text = (
        'a = 1\n[[s]]\nk = 1\n[[s.f]]\nx = 1\n[[s]]\n[[s.f]]\n[[s.f]]\nx = """\ny = 2\n"""\nz = 1\n'
    )
    assert line_of(text, ("s", 1, "f", 1, "z")) == 12
    assert line_of(text, ("s", 0, "f", 0, "x")) == 5
    assert line_of(text, ("s", 1, "missing")) == 6


def test_two_definitions_of_one_reference_are_told(tmp_path):
    (tmp_path / "passport-renewal.toml").write_text(GOOD, "utf-8")
    other = GOOD.replace('code = "passport-renewal"', 'code = "passport-again"')
    (tmp_path / "passport-again.toml").write_text(other, "utf-8")
    (tmp_path / "misnamed.toml").write_text(POA, "utf-8")
    _, faults = reader.check_all(tmp_path)
    told = " ".join(fault.message for fault in faults)
    assert "“P02” is used by another definition too." in told
    assert "The file must be called power-of-attorney.toml." in told
