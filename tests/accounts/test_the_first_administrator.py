from datetime import timedelta

import pytest

from accounts import setup
from accounts.models import User
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
PERSON = {"email": "Root@example.org", "display_name": "Root", "password": PASSWORD}


def test_the_link_makes_one_administrator_and_signs_them_in(client):
    link = setup.setup_link()
    assert "Create administrator" in client.get(link).content.decode()
    assert client.post(link, PERSON).url == "/rooms/"
    root = User.objects.get()
    assert (root.email, root.is_staff, root.is_superuser) == ("root@example.org", True, True)
    assert client.session["_auth_user_id"] == str(root.pk)


def test_the_link_works_once(client):
    link = setup.setup_link()
    client.post(link, PERSON)
    assert client.get(link).status_code == 410
    assert client.post(link, PERSON | {"email": "second@example.org"}).status_code == 410
    assert User.objects.count() == 1


def test_the_slower_of_two_who_use_one_link_is_refused(client, monkeypatch):
    link = setup.setup_link()
    client.post(link, PERSON)
    monkeypatch.setattr("accounts.setup.administrator_exists", lambda: False)
    monkeypatch.setattr("accounts.services.administrator_exists", lambda: False)
    response = client.post(link, PERSON | {"email": "second@example.org"})
    assert response.status_code == 410
    assert User.objects.count() == 1


def test_there_is_no_link_once_there_is_an_administrator(oscar):
    assert setup.setup_link() is None


def test_another_link_dies_with_the_first_administrator(client):
    first, other = setup.setup_link(), setup.setup_link()
    client.post(first, PERSON)
    assert client.post(other, PERSON | {"email": "second@example.org"}).status_code == 410


def test_the_link_is_good_for_a_day(client, monkeypatch):
    link = setup.setup_link()
    monkeypatch.setattr("accounts.setup.LIFETIME", timedelta(seconds=-1))
    assert client.get(link).status_code == 410


@pytest.mark.parametrize("token", ["x", "a:b:c"])
def test_an_invented_link_is_refused(client, token):
    response = client.get(f"/accounts/setup/{token}/")
    assert response.status_code == 410
    assert "no longer works" in response.content.decode()


@pytest.mark.parametrize("wrong", [{"email": "x"}, {"display_name": "R"}, {"password": "password"}])
def test_what_is_wrong_is_said(client, wrong):
    assert client.post(setup.setup_link(), PERSON | wrong).status_code == 200
    assert not User.objects.exists()


def test_an_address_that_has_an_account_is_said(client, alice):
    response = client.post(setup.setup_link(), PERSON | {"email": "ALICE@example.org"})
    assert "already an account" in response.content.decode()
