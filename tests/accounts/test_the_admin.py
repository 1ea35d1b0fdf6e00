import pytest
from django.urls import reverse

from accounts.models import User
from accounts.signals import account_closing, signed_out
from audit.models import AuditEntry
from tests.accounts.signals import heard
from tests.conftest import PASSWORD, browser_of

LIST = "/admin/accounts/user/"
pytestmark = pytest.mark.django_db(transaction=True)


def is_signed_in(browser):
    return browser.get("/accounts/profile/").status_code == 200


def choose(action, *people):
    return {"action": action, "_selected_action": [str(person.pk) for person in people]}


def form_of(person, **changes):
    fields = ("email", "display_name", "language", "time_zone")
    return {field: getattr(person, field) for field in fields} | {"is_active": "on"} | changes


def test_its_sign_in_is_the_throttled_one(client, oscar):
    response = client.get("/admin/login/?next=/admin/accounts/user/")
    assert response.url == "/accounts/login/?next=%2Fadmin%2Faccounts%2Fuser%2F"
    for _ in range(5):
        client.post("/admin/login/", {"username": "oscar@example.org", "password": "wrong"})
        client.post("/accounts/login/", {"login": "oscar@example.org", "password": "wrong"})
    stopped = client.post("/accounts/login/", {"login": "oscar@example.org", "password": PASSWORD})
    assert stopped.status_code == 429
    assert "_auth_user_id" not in client.session


def test_a_post_to_its_own_sign_in_signs_nobody_in(client, oscar):
    response = client.post("/admin/login/", {"username": "oscar@example.org", "password": PASSWORD})
    assert response.url.startswith("/accounts/login/")
    assert "_auth_user_id" not in client.session


def test_signing_in_leads_back_to_the_admin(client, oscar):
    person = {"login": "oscar@example.org", "password": PASSWORD, "next": "/admin/"}
    assert client.post("/accounts/login/", person, follow=True).request["PATH_INFO"] == "/admin/"


def test_people_without_the_right_are_refused(alice):
    response = browser_of(alice).get(LIST, follow=True)
    assert response.status_code == 403


def test_people_can_be_searched_and_no_hash_is_shown(oscar, alice):
    browser = browser_of(oscar)
    found = browser.get(LIST, {"q": "alice@"}).content.decode()
    assert "alice@example.org" in found
    assert "bob@example.org" not in found
    page = browser.get(reverse("admin:accounts_user_change", args=[alice.pk])).content.decode()
    assert "md5" not in page
    assert alice.password.split("$")[-1] not in page


def test_deactivating_ends_sessions_at_once_and_for_good(oscar, alice):
    alices, oscars = browser_of(alice), browser_of(oscar)
    with heard(signed_out) as calls:
        oscars.post(LIST, choose("deactivate", alice))
    assert [(call["user"], call["session_key"]) for call in calls] == [(alice, None)]
    assert not is_signed_in(alices)
    oscars.post(LIST, choose("activate", alice))
    assert User.objects.get(pk=alice.pk).is_active
    assert not is_signed_in(alices)
    actions = list(AuditEntry.objects.filter(entity_id=alice.pk, actor=oscar).values_list("action", flat=True))
    assert sorted(actions) == ["account.activated", "account.deactivated"]


def test_unticking_active_does_the_same(oscar, alice):
    alices = browser_of(alice)
    with heard(signed_out) as calls:
        change = reverse("admin:accounts_user_change", args=[alice.pk])
        assert browser_of(oscar).post(change, form_of(alice, is_active="")).status_code == 302
    assert [(call["user"], call["session_key"]) for call in calls] == [(alice, None)]
    assert not is_signed_in(alices)


def test_an_operator_does_not_lock_themselves_out(oscar):
    browser_of(oscar).post(LIST, choose("deactivate", oscar))
    assert User.objects.get(pk=oscar.pk).is_active


def test_signing_somebody_out_everywhere(oscar, alice):
    alices, oscars = browser_of(alice), browser_of(oscar)
    oscars.post(LIST, choose("sign_out_everywhere", alice))
    assert not is_signed_in(alices)
    assert is_signed_in(oscars)


def test_setting_a_password_ends_sessions(oscar, alice):
    alices = browser_of(alice)
    url = reverse("admin:auth_user_password_change", args=[alice.pk])
    new = {"password1": "another good one", "password2": "another good one", "usable_password": "true"}
    with heard(signed_out) as calls:
        assert browser_of(oscar).post(url, new).status_code == 302
    assert [call["session_key"] for call in calls] == [None]
    assert not is_signed_in(alices)
    assert User.objects.get(pk=alice.pk).check_password("another good one")


@pytest.mark.parametrize("several", [False, True])
def test_deleting_goes_through_the_same_door_as_for_the_person(oscar, alice, several):
    browser = browser_of(oscar)
    with heard(account_closing) as calls:
        if several:
            browser.post(LIST, choose("delete_selected", alice) | {"post": "yes"})
        else:
            browser.post(reverse("admin:accounts_user_delete", args=[alice.pk]), {"post": "yes"})
    assert [call["user"].pk for call in calls] == [alice.pk]
    assert not User.objects.filter(pk=alice.pk).exists()


def test_adding_a_person(oscar):
    person = {"email": "Dora@example.org", "display_name": "Dora", "password1": PASSWORD, "password2": PASSWORD}
    assert browser_of(oscar).post(f"{LIST}add/", person).status_code == 302
    assert User.objects.get(email="dora@example.org").check_password(PASSWORD)


def test_secrets_of_other_services_are_not_in_the_admin(oscar):
    page = browser_of(oscar).get("/admin/")
    assert page.status_code == 200
    assert b"socialapp" not in page.content
    assert b"socialtoken" not in page.content
