import pytest

from tests.conftest import browser_of, guest_browser


@pytest.fixture
def host_page(alice):
    return browser_of(alice)


@pytest.fixture
def bobs_page(bob):
    return browser_of(bob)


@pytest.fixture
def guest_page(room):
    return guest_browser(room)


@pytest.fixture
def strangers_page(charlie):
    return browser_of(charlie)
