"""Acme is Alice's, Initech is Charlie's."""

import pytest

from accounts.models import User
from organizations.models import Organization
from organizations.services import create_organization


@pytest.fixture
def acme(alice: User) -> Organization:
    return create_organization(creator=alice, name="Acme")


@pytest.fixture
def initech(charlie: User) -> Organization:
    return create_organization(creator=charlie, name="Initech")
