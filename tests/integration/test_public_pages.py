"""The pages for everybody: the finder, an office's first page, help, and what stands for errors."""

from dataclasses import replace

import pytest
from flask import Flask

from core.catalogue import reader


@pytest.mark.parametrize(
    ("lang", "wanted", "city"),
    [("fa", "ترکیه", "استانبول"), ("fa", "turk", "استانبول"), ("en", "لندن", "London")],
)
def test_the_finder_knows_both_scripts(visitor, lang: str, wanted: str, city: str) -> None:
    page = visitor(None, lang).get(f"/?q={wanted}")
    assert city in page.text


def test_the_finder_leads_to_the_office(visitor) -> None:
    links = visitor(None, "en").get("/?q=London").links()
    assert any("//london.localhost" in link for link in links)


def test_the_finder_says_what_to_do_when_nothing_fits(visitor) -> None:
    page = visitor(None, "en").get("/?q=<b>Atlantis</b>")
    assert "No office found for “<b>Atlantis</b>”" in page.text
    assert "<b>Atlantis" not in page.html


@pytest.mark.parametrize("wanted", ["%00", "%ff", "%E2%80%AE", "x" * 500])
def test_the_finder_survives_hostile_text(visitor, wanted: str) -> None:
    assert visitor(None).get(f"/?q={wanted}").status == 200


@pytest.mark.parametrize("lang", ["fa", "en"])
def test_the_first_page_names_the_services_of_the_catalogue(visitor, lang: str) -> None:
    page = visitor("london", lang).get("/")
    for ref in ("P01", "P02", "N01", "S02", "R01", "D03", "H01"):
        assert reader.by_ref(ref).title[lang] in page.text


def test_working_days_follow_the_offices_weekend(visitor) -> None:
    assert "Monday to Friday" in visitor("london", "en").get("/").text
    assert "دوشنبه تا جمعه" in visitor("london", "fa").get("/").text


@pytest.mark.parametrize("lang", ["fa", "en"])
@pytest.mark.parametrize("path", ["/help", "/style"])
def test_pages_that_need_no_account(visitor, path: str, lang: str) -> None:
    assert visitor("london", lang).get(path).status == 200


def test_the_style_guide_is_not_for_production(app: Flask, visitor, monkeypatch) -> None:
    settings = app.extensions["settings"]
    monkeypatch.setitem(app.extensions, "settings", replace(settings, env="production"))
    assert visitor("london").get("/style").status == 404


def test_a_wrong_address_says_what_to_do(visitor) -> None:
    page = visitor("london", "en").get("/no-such-page")
    assert page.status == 404
    assert "Nothing is here" in page.text
    assert "/track" in page.links()


def test_an_unknown_office_leads_to_the_finder(visitor) -> None:
    page = visitor("atlantis", "en").get("/")
    assert page.status == 404
    assert any(link.startswith("http://localhost") for link in page.links())


def test_the_appearance_is_remembered_without_a_script(visitor) -> None:
    guest = visitor("london")
    assert 'data-bs-theme="dark"' in guest.get("/?theme=dark").html
    assert 'data-bs-theme="dark"' in guest.get("/help").html
    assert "data-bs-theme" not in guest.get("/?theme=auto").html


def test_figures_follow_the_reader_and_not_whoever_came_first(app: Flask) -> None:
    template = app.jinja_env.from_string("{{ 12|num }}")
    said = []
    for lang in ("fa", "en"):
        with app.test_request_context("/", query_string={"lang": lang}):
            said.append(template.render())
    assert said == ["۱۲", "12"]
