"""What the guards look at."""

import pytest
from flask import Flask

from tests.house import bare


@pytest.fixture(scope="session")
def bare_app() -> Flask:
    """The application with all doors and no server behind it."""
    return bare.bare_app()
