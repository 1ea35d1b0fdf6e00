import pytest

from audit.models import AuditEntry
from tests.conftest import browser_of

URL = "/accounts/profile/"
pytestmark = pytest.mark.django_db
WANTED = {"display_name": "Alice Archer", "language": "en", "time_zone": "Europe/Berlin"}


def test_a_person_changes_name_and_time_zone(alice):
    response = browser_of(alice).post(URL, WANTED, follow=True)
    assert "Your profile is saved." in response.content.decode()
    alice.refresh_from_db()
    assert (alice.display_name, alice.time_zone) == ("Alice Archer", "Europe/Berlin")
    entry = AuditEntry.objects.get(action="account.changed")
    assert entry.changes == {"display_name": "Alice Archer", "time_zone": "Europe/Berlin"}


@pytest.mark.parametrize(
    "wrong", [{"display_name": "A"}, {"display_name": "A" * 51}, {"time_zone": "Mars/Olympus"}, {"language": "xx"}]
)
def test_what_is_wrong_is_said_and_nothing_changes(alice, wrong):
    page = browser_of(alice).post(URL, WANTED | wrong).content.decode()
    assert 'aria-invalid="true"' in page
    alice.refresh_from_db()
    assert (alice.display_name, alice.time_zone) == ("Alice", "UTC")


def test_a_stranger_is_sent_to_sign_in_and_back(client):
    assert client.get(URL).url == "/accounts/login/?next=/accounts/profile/"


def test_the_page_has_what_a_person_needs(alice):
    page = browser_of(alice).get(URL).content.decode()
    for words in ("Display name", "Avatar", "Language", "Time zone", "Change password", "Sign out everywhere"):
        assert words in page
    assert "Delete account" in page


def test_only_administrators_see_the_way_to_the_admin(alice, oscar):
    assert "/admin/" not in browser_of(alice).get(URL).content.decode()
    assert "/admin/" in browser_of(oscar).get(URL).content.decode()


def test_a_form_of_another_site_changes_nothing(alice):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    response = browser.post(URL, WANTED)
    assert response.status_code == 403
    assert "open for too long" in response.content.decode()
    alice.refresh_from_db()
    assert alice.display_name == "Alice"
