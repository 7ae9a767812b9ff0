"""A house of its own for a bench: servers in a temporary folder, many offices, one person each."""

import os
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from flask import Flask

from blueprints import find_doors
from config.settings import Settings
from core.accounts.models import Account
from core.app import create_app
from core.catalogue import reader
from core.clock import now
from core.documents.keys import LocalRootKey, new_office_key
from core.platform.postgres import EmbeddedPostgres
from core.platform.valkey import EmbeddedValkey
from core.requests import definitions
from core.requests.models import ServiceRequest
from core.requests.tracking import new_code
from core.sessions import actions as sessions
from tenants import reference
from tenants.database import db
from tenants.lifecycle import default_hosts
from tenants.migrations.runner import migrate
from tenants.provisioning import Opening, open_office
from tenants.scope import office
from tests.conftest import national_id
from tests.house.bare import bare_settings

REQUESTS = 20
PATTERN = "london"


@dataclass(frozen=True)
class Visitor:
    """Somebody signed in at an office of the bench."""

    slug: str
    host: str
    cookie: str
    account: UUID


@dataclass
class House:
    """The application and the servers behind it."""

    app: Flask
    settings: Settings
    secret: str

    def environ(self, port: int) -> dict[str, str]:
        """The settings for processes that serve this house on a port."""
        chosen = self.settings
        return os.environ | {
            "MIKHAK_ENV": "test",
            "MIKHAK_SECRET_KEY": chosen.secret_key,
            "MIKHAK_ROOT_KEY": b64encode(chosen.root_key).decode(),
            "MIKHAK_DATABASE_URL": chosen.database_url,
            "MIKHAK_OWNER_DATABASE_URL": chosen.owner_database_url,
            "MIKHAK_REDIS_URL": chosen.redis_url,
            "MIKHAK_STORAGE_URL": chosen.storage_url,
            "MIKHAK_SMTP_URL": chosen.smtp_url,
            "MIKHAK_HOME": str(chosen.home),
            "PORT": str(port),
        }

    def open(self, office: reference.NewOffice | str) -> None:
        """Open an office as the ministry does; a name alone means one like london."""
        if isinstance(office, str):
            office = replace(reference.offices()[PATTERN], slug=office)
        slug, root = office.slug, LocalRootKey(self.settings.root_key)
        hosts = default_hosts(slug, self.settings.base_domain)
        opening = Opening(hosts=hosts, wrapped_key=lambda: new_office_key(root, slug))
        with self.app.app_context():
            open_office(self.settings.owner_database_url, office, opening)


@contextmanager
def built() -> Iterator[House]:
    """Start PostgreSQL and Valkey with their usual settings, migrate; stop all at the end."""
    with tempfile.TemporaryDirectory(prefix="mkb") as folder:
        home = Path(folder)
        postgres, valkey = EmbeddedPostgres(home), EmbeddedValkey(home)
        try:
            postgres.start()
            valkey.start()
            settings = bare_settings(
                home,
                database_url=postgres.app_url,
                owner_database_url=postgres.owner_url,
                redis_url=valkey.url,
                storage_url=f"file://{home}/storage",
                smtp_url="smtp://127.0.0.1:9",
            )
            migrate(settings.owner_database_url)
            yield House(create_app(settings, find_doors()), settings, settings.secret_key)
        finally:
            valkey.stop()
            postgres.stop()


def populate(house: House, new: reference.NewOffice) -> Visitor:
    """Open an office with one applicant, signed in, and a page full of requests."""
    slug = new.slug
    house.open(new)
    with house.app.app_context(), office(slug) as scope:
        account = Account(
            state="active",
            email=f"someone@{slug}.example",
            person_code=national_id(),
            name_fa="نیلوفر رضایی",
            name_en="Niloufar Rezaei",
        )
        db.session.add(account)
        db.session.flush()
        _file(account.id)
        assert scope.office is not None
        return Visitor(slug, scope.office.hosts[0], _sign_in(account), account.id)


def crowd(house: House, visitor: Visitor, number: int) -> list[Visitor]:
    """The same person in so many browsers: each session is seen to be in use once a minute."""
    with house.app.app_context(), office(visitor.slug):
        account = db.session.get_one(Account, visitor.account)
        return [replace(visitor, cookie=_sign_in(account)) for _ in range(number)]


def _sign_in(account: Account) -> str:
    names = {"fa": account.name_fa, "en": account.name_en}
    return sessions.start("applicant", account.id, names=names, factors=("code",))[0]


def _file(account_id: UUID) -> None:
    services = list(reader.load_all().values())
    for number in range(REQUESTS):
        service = services[number % len(services)]
        definitions.keep(service)
        db.session.add(
            ServiceRequest(
                account_id=account_id,
                service_code=service.code,
                service_ref=service.ref,
                service_group=service.group,
                service_title=dict(service.title),
                definition_hash=service.hash,
                flow=service.flow.name,
                status="submitted",
                tracking_code=new_code(),
                submitted_at=now(),
            )
        )
