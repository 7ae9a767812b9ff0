"""Settings name every fault at once and refuse to start; a demo finds what it needs itself."""

import base64
import json
from pathlib import Path

import pytest

from config.settings import SettingsError, check, load

ADDRESSES = {
    "MIKHAK_DATABASE_URL": "postgresql://mikhak_app:x@db/mikhak",
    "MIKHAK_OWNER_DATABASE_URL": "postgresql://mikhak_owner:x@db/mikhak",
    "MIKHAK_REDIS_URL": "redis://valkey/0",
    "MIKHAK_STORAGE_URL": "s3://documents?endpoint=https://s3.example.org",
    "MIKHAK_SMTP_URL": "smtps://mail.example.org:465",
}
SECRET = "k7Qe0Zr3VbN1xWc9TtY5uHs2JpLm8dFg4aRo6EiKq"
ROOT = bytes(range(32))
PRODUCTION = ADDRESSES | {
    "MIKHAK_ENV": "production",
    "MIKHAK_SECRET_KEY": SECRET,
    "MIKHAK_ROOT_KEY": base64.b64encode(ROOT).decode(),
    "MIKHAK_BASE_DOMAIN": "mikhak.example.org",
    "MIKHAK_MAIL_FROM": "no-reply@mikhak.example.org",
}


def faults(environ: dict[str, str], home: Path) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(environ | {"MIKHAK_HOME": str(home)})
    return caught.value.faults


def test_production_names_every_missing_setting_at_once(tmp_path: Path) -> None:
    found = faults({"MIKHAK_ENV": "production"}, tmp_path)
    for name in PRODUCTION.keys() - {"MIKHAK_ENV"}:
        assert any(fault.startswith(f"{name} is missing") for fault in found), name
    assert len(found) == len(PRODUCTION) - 1


@pytest.mark.parametrize("name", sorted(PRODUCTION.keys() - {"MIKHAK_ENV"}))
def test_production_refuses_when_one_is_missing(name: str, tmp_path: Path) -> None:
    found = faults({key: PRODUCTION[key] for key in PRODUCTION if key != name}, tmp_path)
    assert len(found) == 1
    assert found[0].startswith(f"{name} is missing")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENV", "staging"),
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("PORT", "۸۰۰۰"),
        ("TRUSTED_PROXIES", "-1"),
        ("DATABASE_URL", "mysql://db/mikhak"),
        ("REDIS_URL", "valkey.example.org"),
        ("STORAGE_URL", "/srv/documents"),
        ("SMTP_URL", "mail.example.org:25"),
        ("CLAMAV_URL", "localhost:3310"),
        ("MAIL_FROM", "Mikhak"),
        ("MAIL_FROM", "a@b.example\r\nBcc: c@d.example"),
        ("BASE_DOMAIN", "https://mikhak.example.org"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "s" * 40),
        ("SECRET_KEY", "please-change-me-before-you-go-live-2026"),
        ("ROOT_KEY", "bm90IDMyIGJ5dGVz"),
        ("ROOT_KEY", base64.b64encode(bytes(32)).decode()),
        ("ROOT_KEY_FILE", "/nowhere/root.key"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_a_malformed_setting_is_refused_by_its_name(name: str, value: str, tmp_path: Path) -> None:
    found = faults(PRODUCTION | {f"MIKHAK_{name}": value}, tmp_path)
    assert [fault.split()[0] for fault in found] == [f"MIKHAK_{name}"]


def test_production_takes_what_is_right(tmp_path: Path) -> None:
    settings = load(PRODUCTION | {"MIKHAK_HOME": str(tmp_path), "MIKHAK_TRUSTED_PROXIES": "1"})
    assert settings.root_key == ROOT
    assert settings.trusted_proxies == 1
    assert settings.log_format == "json"
    assert settings.origin("london.mikhak.example.org") == "https://london.mikhak.example.org"
    assert not (tmp_path / "keys").exists()


def test_production_looks_for_nothing_embedded(tmp_path: Path) -> None:
    leave_addresses(tmp_path)
    found = faults({"MIKHAK_ENV": "production"}, tmp_path)
    assert any(fault.startswith("MIKHAK_DATABASE_URL is missing") for fault in found)


def test_the_root_key_comes_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(base64.b64encode(ROOT[::-1]).decode() + "\n")
    environ = {name: text for name, text in PRODUCTION.items() if name != "MIKHAK_ROOT_KEY"}
    settings = load(environ | {"MIKHAK_ROOT_KEY_FILE": str(file), "MIKHAK_HOME": str(tmp_path)})
    assert settings.root_key == ROOT[::-1]


def test_a_demo_keeps_its_keys_private_and_the_same(tmp_path: Path) -> None:
    environ = ADDRESSES | {"MIKHAK_HOME": str(tmp_path)}
    first, second = load(environ), load(environ)
    assert first.secret_key == second.secret_key
    assert first.root_key == second.root_key
    assert len(first.root_key) == 32
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}


def test_a_second_terminal_finds_the_parts_of_make_run(tmp_path: Path) -> None:
    leave_addresses(tmp_path)
    settings = load({"MIKHAK_HOME": str(tmp_path), "MIKHAK_REDIS_URL": "redis://mine/0"})
    assert settings.database_url == ADDRESSES["MIKHAK_DATABASE_URL"]
    assert settings.redis_url == "redis://mine/0"


def test_without_make_run_a_demo_says_what_to_do(tmp_path: Path) -> None:
    assert any("make run" in fault for fault in faults({}, tmp_path))


def test_make_run_may_lack_addresses_but_nothing_else(tmp_path: Path) -> None:
    check({"MIKHAK_HOME": str(tmp_path)})
    with pytest.raises(SettingsError, match="MIKHAK_LOG_FORMAT"):
        check({"MIKHAK_HOME": str(tmp_path), "MIKHAK_LOG_FORMAT": "xml"})
    with pytest.raises(SettingsError, match="go together"):
        check({"MIKHAK_HOME": str(tmp_path), "MIKHAK_DATABASE_URL": "postgresql://db/mikhak"})
    with pytest.raises(SettingsError, match="MIKHAK_REDIS_URL is missing"):
        check({"MIKHAK_HOME": str(tmp_path), "MIKHAK_ENV": "production"})


def test_secrets_do_not_show(tmp_path: Path) -> None:
    settings = load(PRODUCTION | {"MIKHAK_HOME": str(tmp_path)})
    assert SECRET not in repr(settings)
    assert "mikhak_app" not in repr(settings)


def leave_addresses(home: Path) -> None:
    (home / "run").mkdir()
    (home / "run" / "embedded.json").write_text(json.dumps(ADDRESSES))
