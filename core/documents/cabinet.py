"""The cabinet: the shelf, the keys and the scanner of this process, made from the settings."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from config.settings import Settings
from core.documents import keys, scanner, storage
from core.documents.keys import RootKey, Tampered
from core.documents.scanner import Scanner
from core.documents.storage import Storage
from tenants import registry
from tenants.facts import OfficeFacts
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

    def document_key(self, document: str, wrapped: bytes) -> bytes:
        """The key of one document of the office at hand; raises `Tampered`.

        While the office's key is changed both the new and the former one open; who still knows
        the registry of a second ago asks it again.
        """
        office = current_office()
        try:
            return self._open(office, document, wrapped)
        except Tampered:
            registry.forget()
            return self._open(registry.get(office.slug), document, wrapped)

    def _open(self, office: OfficeFacts, document: str, wrapped: bytes) -> bytes:
        fault = Tampered("no office key")
        for sealed in filter(None, (office.wrapped_key, office.former_wrapped_key)):
            try:
                key = self.root_key.unwrap(office.slug, sealed)
                return keys.unwrap_document_key(key, office.slug, document, wrapped)
            except Tampered as found:
                fault = found
        raise fault


def from_settings(settings: Settings) -> Cabinet:
    """The cabinet that the settings describe; nothing is connected before it is used."""
    return Cabinet(
        storage.from_url(settings.storage_url),
        keys.root_key(settings),
        scanner.from_url(settings.clamav_url),
    )


def cabinet() -> Cabinet:
    """The running application's cabinet."""
    extensions = current_app.extensions
    if "documents" not in extensions:
        extensions["documents"] = from_settings(extensions["settings"])
    return extensions["documents"]
