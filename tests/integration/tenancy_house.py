"""A database of its own with a few offices, on the test server, for the tests of tenancy."""

import secrets
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from flask import Flask
from psycopg import sql

from tenants import database, provisioning, reference, registry, walls
from tenants.migrations import runner
from tenants.provisioning import Opening


def in_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@dataclass
class House:
    admin_url: str
    owner_url: str
    app_url: str
    name: str
    tag: str
    slugs: list[str] = field(default_factory=list)

    def app(self, threads: int = 4) -> Flask:
        app = Flask("tenancy")
        settings = SimpleNamespace(database_url=self.app_url, base_domain="localhost")
        database.init_app(app, settings, threads=threads)
        return app

    def slug(self, name: str) -> str:
        return f"{name}_{self.tag}"

    def new(self, name: str) -> reference.NewOffice:
        slug = self.slug(name)
        self.slugs.append(slug)
        london = reference.offices()["london"]
        return reference.NewOffice(**{**london.__dict__, "slug": slug})

    def open(self, name: str, **opening: Any) -> str:
        office = self.new(name)
        host = f"{office.slug.replace('_', '-')}.localhost"
        given = {"hosts": [host], "wrapped_key": b"wrapped", **opening}
        provisioning.open_office(self.owner_url, office, Opening(**given))
        registry.forget()
        return office.slug

    def owner(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.owner_url, autocommit=True)

    def admin(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.admin_url, autocommit=True)


def build(server: Any, *, migrated: bool = True) -> House:
    """A house without offices; migrated ones are copies of one that was."""
    house = _place(server, secrets.token_hex(3))
    _create(server, house, _pattern(server) if migrated else "template1")
    return house


def _place(server: Any, tag: str) -> House:
    name = f"tenancy_{tag}"
    urls = [in_database(url, name) for url in (server.admin_url, server.owner_url, server.app_url)]
    return House(*urls, name, tag)


def _create(server: Any, house: House, pattern: str) -> None:
    """The database, and what a superuser grants in it, which a copy does not take along."""
    wanted = sql.SQL("CREATE DATABASE {} OWNER mikhak_owner TEMPLATE {} STRATEGY file_copy")
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute(wanted.format(sql.Identifier(house.name), sql.Identifier(pattern)))
    with house.admin() as admin:
        for statement in walls.superuser_sql():
            admin.execute(statement.encode())


@cache
def _pattern(server: Any) -> str:
    """The name of a migrated database of this server that nobody uses."""
    house = _place(server, "pattern")
    _create(server, house, "template1")
    runner.migrate(house.owner_url)
    return house.name


def tear_down(server: Any, house: House) -> None:
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(house.name)))
        for slug in set(house.slugs):
            admin.execute(
                sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(f"office_{slug}"))
            )
