"""A guest who is sent to sign in comes back to the meeting; nobody is sent anywhere else."""

import pytest

from tests.conftest import PASSWORD

JOIN = "/join/abc-defg-hij/"
pytestmark = pytest.mark.django_db
ELSEWHERE = ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "https:evil.example"]


def sign_in(client, destination):
    return client.post("/accounts/login/", {"login": "alice@example.org", "password": PASSWORD, "next": destination})


def sign_up(client, destination):
    person = {"email": "dora@example.org", "display_name": "Dora", "password1": PASSWORD}
    return client.post("/accounts/signup/", person | {"next": destination})


def test_signing_in_leads_back_to_the_meeting(client, alice):
    assert sign_in(client, JOIN).url == JOIN


def test_signing_up_leads_back_to_the_meeting(client):
    assert sign_up(client, JOIN).url == JOIN


def test_both_pages_pass_the_way_back_on_to_each_other_and_to_their_form(client):
    for here, there in (("login", "signup"), ("signup", "login")):
        page = client.get(f"/accounts/{here}/", {"next": JOIN}).content.decode()
        assert f"/accounts/{there}/?next={JOIN.replace('/', '%2F')}" in page
        assert f'<input type="hidden" name="next" value="{JOIN}">' in page


@pytest.mark.parametrize("destination", ELSEWHERE)
def test_signing_in_leads_nowhere_else(client, alice, destination):
    assert sign_in(client, destination).url == "/rooms/"


@pytest.mark.parametrize("destination", ELSEWHERE)
def test_signing_up_leads_nowhere_else(client, destination):
    assert sign_up(client, destination).url == "/rooms/"
