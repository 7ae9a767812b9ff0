"""The cabinet: the shelf, the keys and the scanner of this process, made from the settings."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from config.settings import Settings
from core.documents import scanner, storage
from core.documents.keys import LocalRootKey, RootKey
from core.documents.scanner import Scanner
from core.documents.storage import Storage
from tenants.scope import current_office


@dataclass(frozen=True)
class Cabinet:
    """What documents need from the outside."""

    shelf: Storage
    root_key: RootKey
    scanner: Scanner

    def office_key(self) -> bytes:
        """The key of the office at hand."""
        office = current_office()
        if office.wrapped_key is None:
            raise LookupError(f"office {office.slug} has no document key")
        return self.root_key.unwrap(office.slug, office.wrapped_key)


def from_settings(settings: Settings) -> Cabinet:
    """The cabinet that the settings describe; nothing is connected before it is used."""
    return Cabinet(
        storage.from_url(settings.storage_url),
        LocalRootKey(settings.root_key),
        scanner.from_url(settings.clamav_url),
    )


def cabinet() -> Cabinet:
    """The running application's cabinet."""
    extensions = current_app.extensions
    if "documents" not in extensions:
        extensions["documents"] = from_settings(extensions["settings"])
    return extensions["documents"]
