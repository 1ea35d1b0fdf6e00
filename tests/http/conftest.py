import pytest
from django.test import Client

from tests.conftest import browser_of


@pytest.fixture
def nobody(db) -> Client:
    return Client()


@pytest.fixture
def host_page(alice) -> Client:
    return browser_of(alice)


@pytest.fixture
def strangers_page(charlie) -> Client:
    return browser_of(charlie)
