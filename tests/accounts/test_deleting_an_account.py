import pytest

from accounts.models import User
from accounts.signals import account_closing, signed_out
from audit.models import AuditEntry
from tests.accounts.signals import heard
from tests.conftest import PASSWORD, browser_of

URL = "/accounts/profile/delete/"
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_person_deletes_themselves_with_their_password(alice):
    browser = browser_of(alice)
    with heard(account_closing) as closing, heard(signed_out) as out:
        assert browser.post(URL, {"password": PASSWORD}).url == "/"
    assert not User.objects.exists()
    assert [call["user"].pk for call in closing] == [alice.pk]
    assert (alice.pk, None) in [(call["user"].pk, call["session_key"]) for call in out]
    assert AuditEntry.objects.get(action="account.deleted").entity_id == str(alice.pk)
    assert browser.get("/accounts/profile/").status_code == 302


def test_listeners_still_find_the_rows(alice):
    found = []

    def look(user, **kwargs):
        found.append(User.objects.filter(pk=user.pk).exists())

    account_closing.connect(look)
    try:
        browser_of(alice).post(URL, {"password": PASSWORD})
    finally:
        account_closing.disconnect(look)
    assert found == [True]


@pytest.mark.parametrize("password", ["", "wrong"])
def test_without_the_password_nothing_happens(alice, password):
    page = browser_of(alice).post(URL, {"password": password})
    assert 'aria-invalid="true"' in page.content.decode()
    assert User.objects.exists()


def test_guessing_the_password_there_is_throttled(alice):
    browser = browser_of(alice)
    answers = [browser.post(URL, {"password": "wrong"}).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]


def test_a_person_without_a_password_confirms_with_their_address(alice):
    alice.set_unusable_password()
    alice.save()
    browser = browser_of(alice)
    browser.post(URL, {"email": "bob@example.org"})
    assert User.objects.exists()
    browser.post(URL, {"email": "Alice@example.org"})
    assert not User.objects.exists()


def test_a_look_at_the_page_deletes_nothing(alice):
    assert "Delete account" in browser_of(alice).get(URL).content.decode()
    assert User.objects.exists()
