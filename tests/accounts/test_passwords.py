import re

import pytest

from accounts.signals import signed_out
from tests.accounts.signals import heard
from tests.conftest import PASSWORD, browser_of
from tests.work import do_what_is_due

NEW = "a completely different one"
pytestmark = pytest.mark.django_db(transaction=True)


def is_signed_in(browser):
    return browser.get("/accounts/profile/").status_code == 200


def change(browser, old=PASSWORD, new=NEW):
    return browser.post("/accounts/password/change/", {"oldpassword": old, "password1": new})


def test_changing_the_password_ends_every_other_session(alice):
    here, there = browser_of(alice), browser_of(alice)
    with heard(signed_out) as calls:
        assert change(here).url == "/accounts/profile/"
    assert [(call["user"], call["session_key"]) for call in calls] == [(alice, None)]
    assert is_signed_in(here)
    assert not is_signed_in(there)
    alice.refresh_from_db()
    assert alice.check_password(NEW)


@pytest.mark.parametrize(("old", "new"), [("wrong", NEW), (PASSWORD, "short"), (PASSWORD, "x" * 101), (PASSWORD, "")])
def test_what_is_wrong_is_said_and_the_password_stays(alice, old, new):
    page = change(browser_of(alice), old, new)
    assert 'aria-invalid="true"' in page.content.decode()
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_guessing_the_current_password_is_throttled(alice):
    browser = browser_of(alice)
    assert [change(browser, "wrong").status_code for _ in range(6)] == [200] * 5 + [429]


def ask_for_link(client, mailoutbox, email="Alice@example.org"):
    client.post("/accounts/password/reset/", {"email": email})
    do_what_is_due()
    return re.search(r"http://testserver(/accounts/password/reset/key/\S+)", mailoutbox[-1].body)


def test_a_forgotten_password_is_replaced_by_mail(client, alice, mailoutbox):
    there = browser_of(alice)
    link = ask_for_link(client, mailoutbox).group(1)
    assert mailoutbox[0].to == ["alice@example.org"] or mailoutbox[0].to == ["Alice@example.org"]
    form_page = client.get(link, follow=True)
    assert "Choose a new password" in form_page.content.decode()
    with heard(signed_out) as calls:
        done = client.post(form_page.request["PATH_INFO"], {"password1": NEW}, follow=True)
    assert "Your password is changed" in done.content.decode()
    assert [call["session_key"] for call in calls] == [None]
    assert not is_signed_in(there)
    alice.refresh_from_db()
    assert alice.check_password(NEW)


def test_the_link_works_once(client, alice, mailoutbox):
    link = ask_for_link(client, mailoutbox).group(1)
    form_page = client.get(link, follow=True)
    client.post(form_page.request["PATH_INFO"], {"password1": NEW})
    assert "no longer works" in client.get(link, follow=True).content.decode()


def test_an_unknown_address_gets_the_same_page(client, alice, mailoutbox):
    known = client.post("/accounts/password/reset/", {"email": "alice@example.org"}, follow=True)
    unknown = client.post("/accounts/password/reset/", {"email": "mallory@example.org"}, follow=True)
    assert known.redirect_chain == unknown.redirect_chain
    assert known.content == unknown.content
    do_what_is_due()
    assert "password/reset/key" not in mailoutbox[-1].body


def test_asking_for_links_is_throttled(client, alice):
    answers = [client.post("/accounts/password/reset/", {"email": "alice@example.org"}).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
