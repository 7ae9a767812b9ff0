"""The definitions are right, their samples go through, and broken ones are told what to write."""

import json
import os
import re
import shutil
from dataclasses import replace
from datetime import date

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from core.app import MEGABYTE
from core.catalogue import (
    answers,
    build,
    deeds,
    documents,
    eligibility,
    fees,
    reader,
    reference,
    samples,
    stored,
)
from core.catalogue.cli import catalogue
from core.catalogue.conditions import blank, holds
from core.catalogue.facts import gather
from core.catalogue.fields import REGISTRY, read_fields, type_of
from core.catalogue.node import Node
from tests.unit.alphabet import TYPED

FOLDER = reference.folder
DEFINITIONS = reader.load_all()
OFFICE = {"city": {"fa": "لندن"}, "name": {"fa": "سرکنسولگری لندن"}, "currency": "GBP"}
LONG = bool(os.environ.get("EVERY_SAMPLE"))  # the long run: more examples, both languages


def test_every_sample_goes_through_or_is_stopped_as_it_says():
    """What `catalogue check` finds in the samples; the files themselves were read above."""
    found = [
        f"{definition.code} {sample.key}: {fault}"
        for definition in reader.load_with_samples().values()
        for sample in definition.samples
        for fault in samples.faults(definition, sample)
    ]
    assert found == []


@pytest.mark.parametrize("code", sorted(DEFINITIONS))
def test_samples_typed_into_the_form_are_read_as_stored_shown_priced_and_composed(code):
    definition = DEFINITIONS[code]
    for number, sample in enumerate(definition.samples):
        facts = samples.facts_of(definition, sample)
        _is_read_as_it_is_stored(definition, sample, facts)
        for lang in ("fa", "en") if LONG else (("fa", "en")[number % 2],):
            for _, rows in answers.shown(definition, facts, lang):
                assert all(isinstance(text, str) for _, text, _ in rows)
        quote = fees.quote(definition, facts, OFFICE)
        assert quote.total == sum(line.amount for line in quote.lines)
        deed = deeds.compose(definition, facts, OFFICE)
        if deed and not sample.stop:
            assert deed.complete
            assert not re.search(r"\{[a-z_.]+\}", " ".join(deed.paragraphs))


def _is_read_as_it_is_stored(definition, sample, facts):
    for section in answers.visible_sections(definition, facts):
        form = answers.form_of(section, facts)
        values, errors = answers.read_section(definition, section.key, form, facts)
        if sample.stop is None:
            assert errors == {}
        for key, value in values.items():
            if key in sample.answers and key not in errors:
                again = MultiDict()
                field = definition.fields[key]
                for name, texts in type_of(field).to_form(field, value).items():
                    again.setlist(name, texts)
                assert type_of(field).read(field, again, None, facts) == value


def test_the_stop_says_its_words_and_the_service_to_go_to():
    definition = DEFINITIONS["passport-renewal"]
    sample = next(item for item in definition.samples if item.key == "too_early")
    (stop,) = eligibility.stops(definition, samples.facts_of(definition, sample))
    assert stop.told["en"].startswith("It is too early")
    facts = {"reason": "lost"}
    assert [item.instead for item in eligibility.stops(definition, facts)] == ["P03"]


def test_an_office_setting_moves_the_window():
    definition = DEFINITIONS["passport-renewal"]
    sample = next(item for item in definition.samples if item.key == "too_early")
    facts = samples.facts_of(definition, sample)
    assert eligibility.stops(definition, {**facts, "office.renewal_window_months": 30}) == []


def test_the_student_passport_is_free_and_says_why():
    definition = DEFINITIONS["passport-renewal"]
    sample = next(item for item in definition.samples if item.key == "free_student")
    quote = fees.quote(definition, samples.facts_of(definition, sample), OFFICE)
    assert not quote.due
    assert "student file" in quote.lines[0].exempt["en"]


def test_the_local_amount_carries_its_rate():
    definition = DEFINITIONS["passport-renewal"]
    facts = samples.facts_of(definition, definition.samples[0])
    office = {**OFFICE, "rate": "0.85", "rate_date": date(2026, 11, 1)}
    quote = fees.quote(definition, facts, office)
    assert (str(quote.total), str(quote.local_total), quote.years) == ("100", "85.00", (1402,))


def test_a_changed_answer_sets_what_depended_on_it_aside():
    definition = DEFINITIONS["passport-renewal"]
    sample = next(item for item in definition.samples if item.key == "married_by_post")
    changed = {**sample.answers, "want_residence_change": False, "delivery_mode": "in_person"}
    facts = gather(definition, changed, profile=sample.profile, office={}, today=date(2026, 11, 22))
    applies, aside = answers.split_applicable(definition, changed, facts)
    assert set(aside) == {"residence_since", "return_address"}
    assert "old_passport_no" in applies


def test_rows_of_a_group_are_read_without_javascript():
    definition = DEFINITIONS["power-of-attorney"]
    facts = samples.facts_of(definition, definition.samples[0])
    form = MultiDict({
        "attorneys.0.who.national_id": "۱۲۳", "attorneys.0.who.first_name_fa": "رضا",
        "attorneys.4.who.last_name_fa": "", "attorneys.7.remove": "1",
        "attorneys.7.who.last_name_fa": "کسی",
    })  # fmt: skip
    _, errors = answers.read_section(definition, "parties", form, facts)
    assert "attorneys.0.who.identity" in errors
    assert not [name for name in errors if name.startswith(("attorneys.4", "attorneys.7"))]


@pytest.mark.parametrize(
    ("identity", "missing"),
    [
        ({"identity": "foreign_passport", "foreign_passport_no": "O1234567",
          "foreign_passport_country": "AF"}, set()),
        ({"identity": "national_id", "national_id": "0499370899"}, {"who.last_name_fa"}),
    ],
)  # fmt: skip
def test_whoever_has_one_name_in_a_foreign_passport_can_be_entered(identity, missing):
    faults: list = []
    asked = {"key": "who", "type": "person", "identity": ["national_id", "foreign_passport"],
             "parts": ["identity", "name"], "label": {"fa": "همسر", "en": "Spouse"}}  # fmt: skip
    who = build.field(Node(asked, (), faults))
    boxes = {**identity, "first_name_fa": "گل‌محمد", "last_name_fa": ""}
    form = MultiDict({f"who.{key}": value for key, value in boxes.items()})
    values, errors = read_fields((who,), form, "", {})
    assert not faults and set(errors) == missing
    if not missing:
        assert type_of(who).show(who, values["who"], "fa") == "گل‌محمد"


typed = st.one_of(
    st.text(TYPED, max_size=30),
    st.sampled_from(["yes", "no", "1", "۱۴۰۳", "jalali", "2024", "self"]),
)


@pytest.mark.parametrize("code", sorted(DEFINITIONS))
@settings(max_examples=40 if LONG else 4, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_random_answers_never_break_nor_show_what_does_not_apply(code, data):
    definition = DEFINITIONS[code]
    sample = data.draw(st.sampled_from(definition.samples))
    facts = samples.facts_of(definition, sample)
    section = data.draw(st.sampled_from(definition.sections))
    form = answers.form_of(section, facts)
    names = [field.key for field in section.fields] + list(form)
    for name in data.draw(st.lists(st.sampled_from(names), max_size=6)):
        field = definition.fields.get(name)
        keys = [option.key for option in field.options] if field else []
        form[name] = data.draw(st.sampled_from(keys) if keys else typed)
    values, errors = answers.read_section(definition, section.key, form, facts)
    kept = {**sample.answers, **{k: v for k, v in values.items() if k not in errors}}
    known = gather(definition, kept, profile=sample.profile, office=sample.office,
                   today=date(2026, 11, 22), references=samples.references_of(sample))  # fmt: skip
    applies, aside = answers.split_applicable(definition, kept, known)
    assert {**applies, **aside} == kept
    for shown in answers.visible_sections(definition, known):
        assert all(holds(field.when, known) for field in answers.visible_fields(shown, known))
    json.dumps(kept)
    left = {item.field.partition(".")[0] for item in answers.missing(definition, known)}
    for field in _required(definition, known):
        assert field.key in left or not blank(known.get(field.key))
    documents.asked(definition, known)
    fees.quote(definition, known, OFFICE)
    deeds.compose(definition, known, OFFICE)


def _required(definition, facts):
    for section in answers.visible_sections(definition, facts):
        for field in answers.visible_fields(section, facts):
            if type_of(field).asked and holds(field.required, facts):
                yield field


@pytest.mark.parametrize("code", sorted(DEFINITIONS))
def test_leaving_out_any_required_answer_is_noticed(code):
    definition = DEFINITIONS[code]
    facts = samples.facts_of(definition, definition.samples[0])
    without = {key: value for key, value in facts.items() if key not in definition.fields}
    for field in list(_required(definition, facts))[:: 1 if LONG else 6]:
        less = {key: value for key, value in facts.items() if key != field.key}
        assert field.key in {item.field for item in answers.missing(definition, less)}
    left = {item.field for item in answers.missing(definition, without)}
    assert {field.key for field in _required(definition, without)} <= left


def test_every_type_of_question_has_a_widget_name():
    assert {kind.widget for kind in REGISTRY.values()} == set(REGISTRY)


def test_a_hash_is_that_of_the_meaning():
    path = reader.FOLDER / "passport-renewal.toml"
    text = path.read_text("utf-8")
    same = reader.parse_text("# another comment\n" + text)
    other = reader.parse_text(text.replace("max = 48", "max = 47"))
    assert same.hash == DEFINITIONS["passport-renewal"].hash != other.hash


def test_a_stored_version_is_read_from_its_table():
    definition = DEFINITIONS["power-of-attorney"]
    table = json.loads(json.dumps(stored.plain(definition)))
    again = stored.restored(table, definition.hash)
    assert stored.meaning_hash(again) == definition.hash
    assert again == replace(definition, samples=())


def test_a_shared_block_that_changes_makes_another_version(monkeypatch):
    before = DEFINITIONS["passport-renewal"]
    blocks = {key: dict(block) for key, block in reference.folder("blocks").items()}
    section = blocks["M"]["sections"][0]
    blocks["M"] = {**blocks["M"], "sections": [{**section, "key": "delivery_anew"}]}
    monkeypatch.setattr(
        reference, "folder", lambda name: blocks if name == "blocks" else FOLDER(name)
    )
    after = reader.parse(reader.FOLDER / "passport-renewal.toml")
    assert after.hash != before.hash
    assert stored.restored(stored.plain(before), before.hash).section("delivery_anew") is None


def test_commands(tmp_path):
    run = CliRunner().invoke
    shutil.copy(reader.FOLDER / "passport-renewal.toml", tmp_path)
    assert "1 definitions, no faults" in run(catalogue, ["check", str(tmp_path)]).output
    rows = json.loads(run(catalogue, ["list", "--format", "json"]).output)
    assert {"P02", "N01", "S02"} <= {row["ref"] for row in rows}
    assert "old_passport_no" in run(catalogue, ["show", "passport-renewal"]).output
    assert run(catalogue, ["show", "nothing"]).exit_code == 1


def test_check_fails_with_file_and_line(tmp_path):
    (tmp_path / "broken.toml").write_text('code = "broken"\nversoin = 1\n', "utf-8")
    result = CliRunner().invoke(catalogue, ["check", str(tmp_path)])
    assert result.exit_code == 1
    assert "broken.toml:2: [versoin] “versoin” is not known here; did you mean “version”?" in (
        result.output
    )


def test_reference_words_stand_in_both_languages():
    for name in ("groups", "occasions", "authorities", "reasons", "settings", "profile"):
        for key, entry in reference.table(name).items():
            assert re.search("[\u0600-\u06ff]", entry["fa"]), f"{name}.{key}"
            assert entry["en"], f"{name}.{key}"


def test_no_page_of_answers_can_reach_the_limit_of_a_body():
    """Filled to the brim in Persian (six signs a letter in a form), a section stays far below."""

    def size(field) -> int:
        if field.fields:
            rows = int(field.rules.get("max", 30)) if field.type == "group" else 1
            return rows * sum(map(size, field.fields))
        letters = {"longtext": 4000, "text": 200}.get(field.type)
        return 400 if letters is None else 6 * int(field.rules.get("max", letters)) + 80

    sections = [part for one in reader.load_all().values() for part in one.sections]
    fullest = max(sections, key=lambda part: sum(map(size, part.fields)))
    assert sum(map(size, fullest.fields)) < MEGABYTE / 2, fullest.key


def test_an_answer_found_right_once_is_looked_at_again_when_what_it_depends_on_changes():
    definition = DEFINITIONS["passport-renewal"]
    sample = definition.samples[0]
    facts = samples.facts_of(definition, sample)
    assert answers.missing(definition, facts) == answers.missing(definition, facts) == []
    wrong = {**facts, "old_passport_no": "12"}
    assert [item.field for item in answers.missing(definition, wrong)] == ["old_passport_no"]
    earlier = {**facts, "today": "2020-01-01"}  # the old passport was not issued yet
    assert "old_issue" in {item.field for item in answers.missing(definition, earlier)}
