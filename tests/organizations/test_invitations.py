"""A link by mail, single use, for one address, for seven days."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEntry
from mail.models import Mail
from organizations.models import Invitation, Membership
from organizations.people.invitations import LIFETIME, invite
from realtime.refusals import Refused
from tests.organizations.people import invited, joins, link_to, role_of
from tests.work import do_what_is_due

PEOPLE = "/organizations/acme/people/"
INVITE = f"{PEOPLE}invite/"


def test_an_administrator_invites_by_mail(host_page, acme, mailoutbox):
    host_page.post(INVITE, {"email": "Bob@Example.org", "role": "VIEWER"})
    do_what_is_due()
    [mail] = mailoutbox
    assert mail.to == ["bob@example.org"]
    assert mail.subject == "Invitation to Acme"
    assert "Alice invites you to Acme as: Viewer." in mail.body
    assert "http://localhost:8000/invitations/" in mail.body
    assert "bob@example.org" in host_page.get(PEOPLE).text


def test_the_row_knows_only_a_hash(acme):
    token = invited(acme, "bob@example.org").split("/")[2]
    invitation = Invitation.objects.get()
    assert token not in str(vars(invitation)) and len(token) >= 43


def test_bob_accepts(acme, bob, bobs_page):
    link = invited(acme, "bob@example.org")
    assert "bob@example.org" in bobs_page.get(link).text
    assert role_of(bob, acme) is None  # looking is not accepting: mail scanners follow links
    assert bobs_page.post(f"{link}accept/").url == "/organizations/acme/"
    assert role_of(bob, acme) == "MEMBER"
    assert AuditEntry.objects.get(action="invitation.accepted").actor_id == bob.pk


def test_a_person_without_an_account_signs_up_and_accepts(acme, db):
    link, browser = invited(acme, "dora@example.org"), Client()
    page = browser.get(link).text
    assert "email=dora%40example.org" in page and f"next={link}" in page
    form = {"email": "dora@example.org", "display_name": "Dora", "password1": "correct horse battery", "next": link}
    assert browser.post("/accounts/signup/", form).url == link
    browser.post(f"{link}accept/")
    assert role_of(User.objects.get(email="dora@example.org"), acme) == "MEMBER"


def test_a_link_passed_on_makes_nobody_else_a_member(acme, charlie, strangers_page):
    link = invited(acme, "bob@example.org")
    page = strangers_page.get(link).text
    assert "bob@example.org" in page and "You are signed in as charlie@example.org" in page
    assert "Accept invitation" not in page
    answer = strangers_page.post(f"{link}accept/")
    assert answer.status_code == 403 and 'data-refusal="invitation.for-somebody-else"' in answer.text
    assert role_of(charlie, acme) is None
    assert Invitation.objects.open().exists()


@pytest.mark.parametrize(("verified", "status"), [(True, 302), (False, 403)])
def test_another_address_of_the_person_counts_when_it_is_verified(acme, charlie, strangers_page, verified, status):
    EmailAddress.objects.create(user=charlie, email="c@example.net", verified=verified)
    link = invited(acme, "c@example.net")
    assert strangers_page.post(f"{link}accept/").status_code == status
    assert (role_of(charlie, acme) == "MEMBER") is verified


def test_a_link_works_once(acme, bob, bobs_page, charlie):
    link = invited(acme, "bob@example.org")
    bobs_page.post(f"{link}accept/")
    Membership.objects.get(user=bob).delete()
    answer = bobs_page.post(f"{link}accept/")
    assert answer.status_code == 403 and 'data-refusal="invitation.over"' in answer.text
    assert role_of(bob, acme) is None
    assert Client().get(link).status_code == 404


def test_who_has_accepted_is_shown_the_organization(acme, bobs_page):
    link = invited(acme, "bob@example.org")
    bobs_page.post(f"{link}accept/")
    assert bobs_page.get(link).url == "/organizations/acme/"


def test_a_link_is_over_after_seven_days(acme, bob, bobs_page):
    link = invited(acme, "bob@example.org")
    left = Invitation.objects.get().expires_at - timezone.now()
    assert 0 <= (LIFETIME - left).total_seconds() < 60
    Invitation.objects.update(expires_at=timezone.now())
    assert bobs_page.get(link).status_code == 404
    assert bobs_page.post(f"{link}accept/").status_code == 403
    assert role_of(bob, acme) is None


def test_inviting_again_replaces_the_link_and_the_mail_that_waits(acme, alice, bobs_page):
    first = invited(acme, "bob@example.org")
    second = invited(acme, "bob@example.org", role="VIEWER")
    assert Invitation.objects.count() == Mail.objects.count() == 1
    assert bobs_page.get(first).status_code == 404
    assert "Viewer" in bobs_page.get(second).text


def test_an_invitation_is_sent_again(acme, host_page, bobs_page):
    first = invited(acme, "bob@example.org", role="VIEWER")
    Invitation.objects.update(expires_at=timezone.now())
    host_page.post(f"/organizations/acme/invitations/{Invitation.objects.get().pk}/resend/")
    assert link_to("bob@example.org") != first
    assert "Viewer" in bobs_page.get(link_to("bob@example.org")).text


def test_an_invitation_is_withdrawn_with_the_mail_that_waits(acme, host_page, bobs_page):
    link = invited(acme, "bob@example.org")
    host_page.post(f"/organizations/acme/invitations/{Invitation.objects.get().pk}/revoke/")
    assert not Invitation.objects.exists() and not Mail.objects.exists()
    assert bobs_page.get(link).status_code == 404


@pytest.mark.parametrize(
    ("verb", "form"),
    [("role", {"role": "MEMBER"}), ("role", {"role": "VIEWER"}), ("remove", {})],
)
def test_what_an_administrator_offered_goes_with_their_role(acme, alice, bob, host_page, bobs_page, verb, form):
    membership = joins(acme, bob, "ADMIN")
    invite(organization=acme, actor=alice, email="dora@example.org", role="MEMBER")
    bobs_page.post(INVITE, {"email": "b@example.net", "role": "ADMIN"})
    link = link_to("b@example.net")
    host_page.post(f"{PEOPLE}{membership.pk}/{verb}/", form)
    assert bobs_page.get(link).status_code == 404
    assert Invitation.objects.get().email == Mail.objects.get().recipient == "dora@example.org"
    entry = AuditEntry.objects.get(action="invitation.revoked")
    assert entry.changes["email"] == "b@example.net" and entry.actor_id == alice.pk


def test_who_leaves_does_not_come_back_by_an_invitation_of_their_own(acme, bob, bobs_page):
    joins(acme, bob, "ADMIN")
    bobs_page.post(INVITE, {"email": "b@example.net", "role": "ADMIN"})
    link = link_to("b@example.net")
    EmailAddress.objects.create(user=bob, email="b@example.net", verified=True)
    bobs_page.post(f"{PEOPLE}leave/")
    assert bobs_page.post(f"{link}accept/").status_code == 404
    assert role_of(bob, acme) is None


def test_a_member_is_not_invited(acme, bob, host_page):
    joins(acme, bob)
    page = host_page.post(INVITE, {"email": "BOB@example.org", "role": "ADMIN"})
    assert "is a member already" in page.text and not Invitation.objects.exists()


def test_who_is_a_member_by_now_keeps_their_role(acme, bob, bobs_page):
    link = invited(acme, "bob@example.org", role="ADMIN")
    joins(acme, bob, "VIEWER")
    bobs_page.post(f"{link}accept/")
    assert role_of(bob, acme) == "VIEWER"


@pytest.mark.parametrize("form", [{"email": "nonsense", "role": "MEMBER"}, {"email": "a@example.org", "role": "OWNER"}])
def test_a_form_with_a_mistake_invites_nobody(acme, host_page, form):
    assert 'aria-invalid="true"' in host_page.post(INVITE, form).text
    assert not Invitation.objects.exists()


def test_nobody_sends_mail_without_end(acme, host_page):
    answers = [
        host_page.post(INVITE, {"email": f"p{number}@example.org", "role": "MEMBER"}).status_code
        for number in range(61)
    ]
    assert answers == [302] * 60 + [429]


def test_a_mail_goes_with_the_transaction(acme, alice, db):
    from django.db import transaction

    try:
        with transaction.atomic():
            invite(organization=acme, actor=alice, email="bob@example.org", role="MEMBER")
            raise RuntimeError
    except RuntimeError:
        pass
    assert not Mail.objects.exists()


def test_a_link_that_never_was_is_none(client, db):
    assert client.get("/invitations/nonsense/").status_code == 404


def test_members_do_not_see_who_is_invited(acme, bob, bobs_page):
    joins(acme, bob)
    invited(acme, "dora@example.org")
    page = bobs_page.get(PEOPLE).text
    assert "dora@example.org" not in page and "alice@example.org" not in page


def test_who_is_no_administrator_any_more_offers_nothing(acme, bob):
    """Also where it was so until the lock was theirs."""
    joins(acme, bob)
    with pytest.raises(Refused, match=r"organization\.admins-only"):
        invite(organization=acme, actor=bob, email="b@example.net", role="ADMIN")
    assert not Invitation.objects.exists()
