"""Offices for tests: the shared schema migrated, offices opened as the ministry would."""

from collections.abc import Iterable

from flask import Flask

from config.settings import Settings
from core.documents.keys import LocalRootKey, new_office_key
from tenants import reference
from tenants.lifecycle import default_hosts
from tenants.migrations.runner import migrate
from tenants.provisioning import Opening, open_office


def open_offices(app: Flask, slugs: Iterable[str]) -> None:
    """Open these offices of the reference file (without any people)."""
    settings: Settings = app.extensions["settings"]
    migrate(settings.owner_database_url)
    known, root = reference.offices(), LocalRootKey(settings.root_key)
    with app.app_context():
        for slug in slugs:
            opening = Opening(
                hosts=default_hosts(slug, settings.base_domain),
                wrapped_key=lambda slug=slug: new_office_key(root, slug),
            )
            open_office(settings.owner_database_url, known[slug], opening)
