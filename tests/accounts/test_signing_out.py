import pytest
from django.contrib.sessions.models import Session

from accounts.signals import signed_out
from tests.accounts.signals import heard
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db(transaction=True)
PROFILE = "/accounts/profile/"


def is_signed_in(client):
    return client.get(PROFILE).status_code == 200


def test_signing_out_ends_this_session_and_says_which(alice):
    browser, other = browser_of(alice), browser_of(alice)
    key = browser.session.session_key
    with heard(signed_out) as calls:
        assert browser.post("/accounts/logout/").url == "/"
    assert [(call["user"], call["session_key"]) for call in calls] == [(alice, key)]
    assert not is_signed_in(browser)
    assert is_signed_in(other)


def test_a_listener_finds_the_session_gone_already(alice):
    browser = browser_of(alice)
    key, found = browser.session.session_key, []

    def look(**kwargs):
        found.append(Session.objects.filter(pk=key).exists())

    signed_out.connect(look)
    try:
        browser.post("/accounts/logout/")
    finally:
        signed_out.disconnect(look)
    assert found == [False]


def test_a_link_alone_signs_nobody_out(alice):
    browser = browser_of(alice)
    assert "Sign out of Meet?" in browser.get("/accounts/logout/").content.decode()
    assert is_signed_in(browser)


def test_signing_out_everywhere_ends_every_session_and_says_so(alice, bob):
    here, there, bobs = browser_of(alice), browser_of(alice), browser_of(bob)
    with heard(signed_out) as calls:
        here.post("/accounts/profile/sign-out-everywhere/")
    assert (alice, None) in [(call["user"], call["session_key"]) for call in calls]
    assert not is_signed_in(here)
    assert not is_signed_in(there)
    assert is_signed_in(bobs)


def test_signing_out_everywhere_needs_a_post(alice):
    browser = browser_of(alice)
    assert browser.get("/accounts/profile/sign-out-everywhere/").status_code == 405
    assert is_signed_in(browser)


def test_signing_in_again_works_after_signing_out_everywhere(alice):
    browser_of(alice).post("/accounts/profile/sign-out-everywhere/")
    alice.refresh_from_db()
    assert is_signed_in(browser_of(alice))
