import re

import pytest
from django.contrib.auth import hashers

from tests.conftest import PASSWORD

URL = "/accounts/login/"
pytestmark = pytest.mark.django_db


def sign_in(client, email, password=PASSWORD, **more):
    return client.post(URL, {"login": email, "password": password}, **more)


def without_what_was_typed(page):
    text = re.sub(r'value="[^"]*"', "", page.content.decode())
    return re.sub(r'nonce="[^"]*"', "", text)


@pytest.mark.parametrize("email", ["alice@example.org", "Alice@Example.org"])
def test_a_person_signs_in_whatever_the_case_of_the_address(client, alice, email):
    response = sign_in(client, email)
    assert (response.status_code, response.url) == (302, "/rooms/")
    assert client.session["_auth_user_id"] == str(alice.pk)


def test_the_page_offers_what_it_should(client):
    page = client.get(URL).content.decode()
    for words in ("Email", "Password", "Sign in", "Forgot your password?"):
        assert words in page
    assert "Google" not in page


def test_google_is_offered_where_it_is_configured(client, settings):
    settings.SOCIALACCOUNT_PROVIDERS = {"google": {"APPS": [{"client_id": "x", "secret": "y"}]}}
    assert "Continue with Google" in client.get(URL).content.decode()


def test_where_google_is_not_configured_there_is_no_such_page(client):
    assert client.post("/accounts/google/login/").status_code == 404


def test_google_is_asked_and_the_way_back_survives(client, settings):
    settings.SOCIALACCOUNT_PROVIDERS = {"google": {"APPS": [{"client_id": "x", "secret": "y"}]}}
    page = client.get(URL, {"next": "/join/abc-defg-hij/"}).content.decode()
    way = "/accounts/google/login/?process=login&amp;next=%2Fjoin%2Fabc-defg-hij%2F"
    assert way in page
    assert client.post(way.replace("&amp;", "&")).url.startswith("https://accounts.google.com/")


def test_single_sign_on_is_offered_by_its_name(client, settings):
    app = {"provider_id": "oidc", "name": "Example Co", "client_id": "x", "secret": "y"}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    assert "Continue with Example Co" in client.get(URL).content.decode()


def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(client, alice):
    known = sign_in(client, "alice@example.org", "wrong password")
    unknown = sign_in(client, "mallory@example.org", "wrong password")
    assert known.status_code == unknown.status_code == 200
    assert without_what_was_typed(known) == without_what_was_typed(unknown)
    assert "Email or password is wrong." in known.content.decode()


def test_an_unknown_address_costs_as_many_hashes_as_a_known_one(client, alice, monkeypatch):
    counted = []
    encode = hashers.MD5PasswordHasher.encode

    def counting(self, password, salt):
        counted.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", counting)
    sign_in(client, "alice@example.org", "wrong password")
    of_known = len(counted)
    sign_in(client, "mallory@example.org", "wrong password")
    assert of_known == len(counted) - of_known == 1


def test_a_deactivated_person_cannot_sign_in(client, alice):
    alice.is_active = False
    alice.save()
    sign_in(client, "alice@example.org")
    assert "_auth_user_id" not in client.session


def test_guessing_one_persons_password_is_stopped_from_any_address(client, alice):
    for attempt in range(5):
        assert sign_in(client, "alice@example.org", "wrong", REMOTE_ADDR=f"192.0.2.{attempt}").status_code == 200
    stopped = sign_in(client, "alice@example.org", PASSWORD, REMOTE_ADDR="192.0.2.99")
    assert stopped.status_code == 429
    assert "Too many attempts" in stopped.content.decode()


def test_guessing_at_many_people_from_one_address_is_stopped(client, alice):
    for number in range(10):
        sign_in(client, f"person{number}@example.org", "wrong")
    assert sign_in(client, "alice@example.org").status_code == 429
    assert sign_in(client, "alice@example.org", REMOTE_ADDR="192.0.2.7").status_code == 302


def test_a_forged_header_is_not_another_address(client):
    for number in range(10):
        sign_in(client, f"person{number}@example.org", "wrong")
    assert sign_in(client, "x@example.org", "wrong", headers={"X-Forwarded-For": "192.0.2.8"}).status_code == 429


def test_people_behind_a_unix_socket_can_sign_in(client, alice):
    assert sign_in(client, "alice@example.org", REMOTE_ADDR="").status_code == 302


def test_the_session_key_changes_on_sign_in(client, alice):
    session = client.session
    session["seat"] = "kept"
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    sign_in(client, "alice@example.org")
    assert client.session.session_key != before
    assert client.session["seat"] == "kept"
