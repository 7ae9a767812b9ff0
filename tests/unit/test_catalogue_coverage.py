"""The coverage report of definitions names what no sample reaches, and nothing that one does."""

import time

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


def test_flow_acts_are_counted_over_all_services_together():
    report = coverage.report([reader.parse_text(TEXT)])
    acts = {name for kind, name in report.together.left if kind == "act"}
    assert any(name.startswith("N.") for name in acts)
    walked = {name for kind, name in report.together.reached if kind == "act"}
    assert walked and all(name.startswith("V.") for name in walked)


def test_the_command_prints_the_report_and_stays_green(tmp_path):
    (tmp_path / f"{CODE}.toml").write_text(TEXT)
    result = CliRunner().invoke(catalogue, ["check", str(tmp_path), "--coverage"])
    assert result.exit_code == 0, result.output
    assert "1 of 1 definitions wholly." in result.output
    assert "Samples reach" not in CliRunner().invoke(catalogue, ["check", str(tmp_path)]).output


def test_the_report_of_all_services_is_quick():
    definitions = reader.check_all(walk=False)[0].values()
    began = time.process_time()
    coverage.report(definitions)
    assert time.process_time() - began < 20
