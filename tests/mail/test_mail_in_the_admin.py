"""What an operator sees of mail and does about it."""

import pytest
from django.contrib.auth.models import Permission

from audit.models import AuditEntry
from mail.models import Mail
from mail.services import Letter, post
from tests.conftest import browser_of
from tests.schedules.mails import deliver

SECRET = "/join/abcd-efghj-kmnop/"


@pytest.fixture
def operator(oscar):
    return browser_of(oscar)


@pytest.fixture
def given_up(db) -> Mail:
    post(letters=[Letter(to="bob@example.org", subject=SECRET, text=SECRET, html=SECRET)], kind="NEWS")
    Mail.objects.update(state="FAILED", attempts=8, error="ConnectionRefusedError")
    return Mail.objects.get()


def retry(operator, *mails: Mail):
    data = {"action": "retry", "_selected_action": [one.pk for one in mails]}
    return operator.post("/admin/mail/mail/", data, follow=True)


def test_how_it_went_is_seen_and_what_it_says_is_not(operator, given_up):
    pages = [operator.get(f"/admin/mail/mail/{tail}") for tail in ("", "?q=bob", f"{given_up.pk}/change/")]
    for page in pages:
        assert "bob@example.org" in page.text and "ConnectionRefusedError" in page.text
        assert SECRET not in page.text


def test_what_was_given_up_is_sent_when_an_operator_says_so(operator, oscar, given_up):
    assert deliver() == []
    assert "1 mail is tried again." in retry(operator, given_up).text
    assert [one.to for one in deliver()] == [["bob@example.org"]]
    entry = AuditEntry.objects.get(action="mail.retried")
    assert (entry.actor_id, entry.entity, entry.changes) == (oscar.pk, "mail.mail", {"kind": "NEWS"})


@pytest.mark.parametrize("fields", [{"state": "SENT"}, {"text": "", "html": ""}])
def test_what_was_sent_or_is_empty_is_not_sent_again(operator, given_up, fields):
    Mail.objects.update(**fields)
    assert "0 mails are tried again." in retry(operator, given_up).text
    assert deliver() == [] and not AuditEntry.objects.filter(action="mail.retried").exists()


def test_who_may_only_look_has_no_such_action(given_up, bob):
    bob.is_staff = True
    bob.save()
    bob.user_permissions.add(Permission.objects.get(codename="view_mail"))
    page = retry(browser_of(bob), given_up)
    assert page.status_code == 200 and Mail.objects.get().state == "FAILED"
