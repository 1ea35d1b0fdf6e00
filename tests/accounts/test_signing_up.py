from html.parser import HTMLParser

import pytest
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEntry
from mail.models import Mail
from tests.conftest import PASSWORD
from tests.work import beat, do_what_is_due

URL = "/accounts/signup/"
pytestmark = pytest.mark.django_db


def details(**changes):
    return {"email": "dora@example.org", "display_name": "Dora", "password1": PASSWORD} | changes


class Labels(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.found, self.inside = [], False
        self.feed(page.content.decode())

    def handle_starttag(self, tag, attrs):
        self.inside = tag in {"label", "button"}

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside and data.strip():
            self.found.append(data.strip())


def test_the_page_asks_for_email_display_name_and_password(client):
    assert Labels(client.get(URL)).found == ["Email", "Display name", "Password", "Create account"]


def test_a_new_person_is_signed_in_and_lands_on_their_rooms(client):
    response = client.post(URL, details(time_zone="Europe/Berlin"))
    assert (response.status_code, response.url) == (302, "/rooms/")
    dora = User.objects.get()
    assert (dora.display_name, dora.time_zone) == ("Dora", "Europe/Berlin")
    assert client.session["_auth_user_id"] == str(dora.pk)
    assert AuditEntry.objects.filter(action="account.created", entity_id=dora.pk).count() == 1


def test_passwords_are_kept_as_argon2(client, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    client.post(URL, details())
    assert User.objects.get().password.startswith("argon2$argon2id$")


@pytest.mark.parametrize("email", ["alice@example.org", "ALICE@Example.ORG", " alice@example.org "])
def test_one_address_has_one_account_whatever_its_case(client, alice, email):
    response = client.post(URL, details(email=email))
    assert "already an account" in response.content.decode()
    assert User.objects.count() == 1


def test_the_database_refuses_a_second_case_of_an_address(alice):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="Alice@example.org", display_name="Mallory")


def test_the_slower_of_two_sign_ups_at_once_is_told(client, alice, monkeypatch):
    monkeypatch.setattr("accounts.forms.SignUpForm.validate_unique_email", lambda self, email: email)
    response = client.post(URL, details(email="alice@example.org"))
    assert response.status_code == 200
    assert "already an account" in response.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "not an address"},
        {"email": ""},
        {"display_name": "D"},
        {"display_name": " D "},
        {"display_name": "D" * 51},
        {"display_name": "Dora\u202etxt"},
        {"display_name": "Do\x00ra"},
        {"password1": "short7!"},
        {"password1": "x7!" * 34},
        {"password1": "password123"},
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_created(client, wrong):
    response = client.post(URL, details(**wrong))
    assert response.status_code == 200
    assert 'aria-invalid="true"' in response.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["Bo", "D" * 50, "Zoë  O'Neil-Łęcki", "李小龙", "👩‍💻 Ada"])
def test_names_of_many_kinds_are_fine(client, name):
    client.post(URL, details(display_name=name))
    assert User.objects.get().display_name == " ".join(name.split())


def test_an_unknown_time_zone_becomes_utc(client):
    client.post(URL, details(time_zone="Mars/Olympus"))
    assert User.objects.get().time_zone == "UTC"


def test_a_mail_server_that_is_down_does_not_undo_a_sign_up(client, monkeypatch, mailoutbox):
    def down(*args, **kwargs):
        raise ConnectionRefusedError

    with monkeypatch.context() as away:
        away.setattr("django.core.mail.EmailMessage.send", down)
        assert client.post(URL, details()).status_code == 302
        do_what_is_due()
    Mail.objects.update(next_try_at=timezone.now())
    beat()
    do_what_is_due()
    assert [one.to for one in mailoutbox] == [["dora@example.org"]]


def test_signing_up_by_machine_is_throttled(client, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"signup": "2/m/ip"}
    answers = [client.post(URL, details(email="nobody")).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
