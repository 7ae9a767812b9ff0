"""The coverage report of definitions names what no sample reaches, and nothing that one does."""

from click.testing import CliRunner

from core.catalogue import coverage, reader
from core.catalogue.cli import catalogue
from tests.integration.made_up_service import CODE, TEXT


def left(text: str) -> list[str]:
    definition = reader.parse_text(text)
    reached = coverage.report([definition]).definitions[definition.code]
    return [f"{kind} {name}" for kind, name in reached.left]


def test_a_service_whose_samples_try_everything_has_nothing_left():
    assert left(TEXT) == []


def test_an_option_a_document_and_a_rule_that_no_sample_tries_are_named():
    text = TEXT.replace(
        "options = [\n", 'options = [\n    { key = "cargo", fa = "باری", en = "Cargo" },\n'
    )
    assert left(text) == ["option kind=cargo"]
    assert left(text.replace('key = "bill"\n', f'key = "bill"\n{when("cargo")}')) == [
        "document bill",
        "option kind=cargo",
    ]
    rule = '[[eligibility]]\nkey = "cargo"\ntext = { fa = "بار", en = "…" }\n'
    told = f'told = {{ fa = "بار", en = "…" }}\nstop_{when("cargo")}\n[[sections]]'
    assert "rule cargo" in left(text.replace("[[sections]]", rule + told, 1))


def when(kind: str) -> str:
    return f'when = {{ field = "kind", is = "{kind}" }}\n'


SHARED = """
[[sections.fields]]
key = "reading"
type = "choice"
label = { fa = "زبان", en = "Language" }
options_from = "languages"

[[sections]]
"""


def test_an_option_of_a_shared_list_counts_for_all_services_unless_a_condition_names_it():
    question = SHARED.removesuffix("[[sections]]\n")
    text = TEXT.replace("[[documents]]", f"{question}\n[[documents]]", 1)
    text = text.replace("[samples.answers]\n", '[samples.answers]\nreading = "en"\n')
    report = coverage.report([reader.parse_text(text)])
    assert [name for kind, name in report.definitions[CODE].left if kind == "option"] == []
    languages = {name for kind, name in report.together.left if name.startswith("languages=")}
    assert "languages=fr" in languages and "languages=en" not in languages
    asked = 'key = "bill"\nwhen = { field = "reading", is_not = "de" }\n'
    assert left(text.replace('key = "bill"\n', asked)) == ["option reading=de"]


def test_flow_acts_are_counted_over_all_services_together():
    report = coverage.report([reader.parse_text(TEXT)])
    acts = {name for kind, name in report.together.left if kind == "act"}
    assert any(name.startswith("N.") for name in acts)
    walked = {name for kind, name in report.together.reached if kind == "act"}
    assert walked and all(name.startswith("V.") for name in walked)
    assert {"V.under_review.withdraw", "V.no_show.expire"} <= acts


def test_the_command_prints_the_report_and_fails_while_something_is_left(tmp_path):
    (tmp_path / f"{CODE}.toml").write_text(TEXT)
    result = CliRunner().invoke(catalogue, ["check", str(tmp_path), "--coverage"])
    assert result.exit_code == 1, result.output
    assert "1 of 1 definitions wholly." in result.output
    assert "Samples reach" not in CliRunner().invoke(catalogue, ["check", str(tmp_path)]).output


def test_samples_of_all_services_reach_everything():
    assert coverage.report(reader.load_with_samples().values()).lines()[:-1] == []


BESIDE = """
[[samples]]
key = "withdrawn"
kind = "extra"
of = "plain"
title = { fa = "انصراف", en = "Withdrawn" }
acts = ["submit", "take", "withdraw"]
"""


def test_samples_beside_a_definition_vary_those_in_it(tmp_path):
    (tmp_path / f"{CODE}.toml").write_text(TEXT)
    (tmp_path / "samples").mkdir()
    beside = tmp_path / "samples" / f"{CODE}.toml"
    beside.write_text(BESIDE)
    good, faults = reader.check_all(tmp_path)
    plain, *_, withdrawn = good[CODE].samples
    assert faults == [] and withdrawn.answers == plain.answers
    assert ("act", "V.under_review.withdraw") in coverage.report(good.values()).together.reached
    beside.write_text(BESIDE.replace('"take"', '"issue"').replace("plain", "palin"))
    assert "did you mean “plain”?" in str(reader.check_all(tmp_path)[1][0])
    beside.write_text(BESIDE.replace('"take"', '"issue"'))
    told = str(reader.check_all(tmp_path)[1][0])
    assert told.startswith(f"samples/{CODE}.toml:2:") and "“issue” is not possible" in told
