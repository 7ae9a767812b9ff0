"""The two-step rule, seen red for each thing that it forbids; names of offices; reference file."""

import pytest

from tenants import names, reference
from tenants.lifecycle import Refused, clean_host, default_hosts
from tenants.migrations import steps, two_steps

FORBIDDEN = {
    "op.drop_column('t', 'c')": "removes",
    "op.drop_table('t')": "removes",
    "op.alter_column('t', 'c', type_=sa.Integer())": "changes a type",
    "op.alter_column('t', 'c', new_column_name='d')": "renames",
    "op.rename_table('t', 'u')": "renames",
    "op.alter_column('t', 'c', nullable=False)": "forbids nulls",
    "op.add_column('t', sa.Column('c', sa.Text(), nullable=False))": "can't fill",
    "op.execute('CREATE TRIGGER x BEFORE UPDATE ON t EXECUTE FUNCTION f()')": "Citus",
}
ALLOWED = (
    "op.add_column('t', sa.Column('c', sa.Text()))",
    "op.add_column('t', sa.Column('c', sa.Text(), nullable=False, server_default=''))",
    "op.create_index('i', 't', ['c'])",
    "op.drop_index('i', 't')",
)


def line(folder, body, head=""):
    (folder / "office").mkdir()
    text = f"from alembic import op\nimport sqlalchemy as sa\n{head}\ndef upgrade():\n    {body}\n"
    (folder / "office" / "0001_x.py").write_text(text)
    return steps.load("office", folder)


@pytest.mark.parametrize("body", FORBIDDEN)
def test_a_step_that_older_code_could_not_live_with_is_named(tmp_path, body):
    (fault,) = two_steps.faults(line(tmp_path, body))
    assert FORBIDDEN[body] in fault


@pytest.mark.parametrize("body", ALLOWED)
def test_adding_is_allowed(tmp_path, body):
    assert two_steps.faults(line(tmp_path, body)) == []


def test_removing_is_allowed_a_release_later(tmp_path):
    assert two_steps.faults(line(tmp_path, "op.drop_table('t')", "removes_after = 0")) == []


@pytest.mark.parametrize("of", steps.LINES)
def test_our_own_lines_keep_the_rule(of):
    assert two_steps.faults(steps.load(of)) == []


@pytest.mark.parametrize("slug", ["", "a", "A", "1a", "a-b", "a b", "a;", "é", "a" * 32, "ab\n"])
def test_what_cannot_name_an_office_is_refused(slug):
    with pytest.raises(names.BadSlug):
        names.office_schema(slug)


def test_a_slug_names_schema_and_host():
    assert names.office_schema("the_hague") == "office_the_hague"
    assert default_hosts("the_hague", "example.org") == ("the-hague.example.org",)


@pytest.mark.parametrize("host", ["", "a b.org", "-a.org", "a..org", "a.org/x", "a:80", "é.org"])
def test_what_is_no_host_name_is_refused(host):
    with pytest.raises(Refused):
        clean_host(host)


def test_a_host_name_has_one_form():
    assert clean_host(" London.Example.ORG. ") == "london.example.org"


def test_the_reference_file_knows_all_offices_of_the_world():
    offices = reference.offices()
    assert (len(offices), sum(office.active for office in offices.values())) == (145, 118)
    assert offices["istanbul"].name["fa"] == "سرکنسولگری جمهوری اسلامی ایران در استانبول"
    assert offices["new_delhi"].city["en"] == "New Delhi"
