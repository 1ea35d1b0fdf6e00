"""An organization is deleted with everything, files included; what stays is the audit trail, and a receipt."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from audit.chain import verify
from audit.models import AuditEntry
from bookings.models import Booking
from bookings.spaces.models import Space
from chat.models import Message
from mail.models import Mail
from organizations.models import Export, Organization
from organizations.services import set_logo
from organizations.takeout import making
from organizations.takeout.services import ask_for_export
from rooms.models import Meeting, Room
from rooms.services.rooms import create_room
from tests.conftest import browser_of
from tests.organizations.people import invited, joins, role_of
from tests.organizations.test_taking_everything_away import filled
from tests.rooms.people import come_in, member
from tests.schedules.plans import scheduled

DELETE = "/organizations/acme/delete/"


def erase(browser) -> AuditEntry:
    browser.post(DELETE, {"name": "Acme"})
    return AuditEntry.objects.get(action="organization.deleted")


@pytest.mark.parametrize("typed", ["", "acme", "Initech"])
def test_only_its_name_confirms(acme, host_page, typed):
    page = host_page.post(DELETE, {"name": typed})
    assert page.status_code == 200 and 'aria-invalid="true"' in page.text
    assert Organization.objects.exists()


def test_members_are_refused(acme, bob, bobs_page):
    joins(acme, bob)
    assert bobs_page.post(DELETE, {"name": "Acme"}).status_code == 403
    assert Organization.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_everything_of_it_goes_with_its_files_and_nothing_of_others(acme, initech, alice, charlie, host_page):
    filled(acme, alice, "acmeword")
    filled(initech, charlie, "initechword")
    set_logo(organization=acme, actor=alice, picture=b"logo")
    making.make(export_id=ask_for_export(organization=acme, actor=alice).pk)
    files = [
        Organization.objects.get(pk=acme.pk).logo.name,
        Export.objects.get().file.name,
        Space.objects.get(organization=acme).photo.name,
        Message.objects.get(type="FILE", author_name="acmeword").attachment.file.name,
    ]
    others = [Space.objects.get(organization=initech).photo.name]
    assert all(default_storage.exists(name) for name in files + others)
    entry = erase(host_page)
    for model in (Organization, Space, Booking, Room):
        assert model.objects.count() == 1, model
    assert Meeting.objects.count() == 2  # in the other's room, and elsewhere
    assert set(Message.objects.exclude(type="SYSTEM").values_list("author_name", flat=True)) == {"initechword"}
    assert [default_storage.exists(name) for name in files + others] == [False] * 4 + [True]
    assert entry.changes["files"] == 4
    deleted = entry.changes["deleted"]
    assert (deleted["rooms.room"], deleted["bookings.booking"], deleted["organizations.organization"]) == (1, 1, 1)


def test_people_keep_their_accounts_and_other_rooms(acme, alice, bob, host_page):
    joins(acme, bob)
    create_room(host=bob, name="Private")
    erase(host_page)
    bob.refresh_from_db()
    assert role_of(bob, acme) is None
    assert Room.objects.get().name == "Private"


def test_a_running_meeting_ends_and_scheduled_ones_are_called_off(acme, alice, host_page):
    room = create_room(host=alice, organization=acme)
    come_in(room, member(alice))
    scheduled(room, invitees=("dora@example.org",))
    erase(host_page)
    assert AuditEntry.objects.filter(action="meeting.ended").exists()
    assert AuditEntry.objects.filter(action="schedule.cancelled").exists()
    assert not Meeting.objects.exists()


def test_invitations_that_wait_are_not_sent(acme, host_page):
    invited(acme, "dora@example.org")
    erase(host_page)
    assert not Mail.objects.exists()


def test_the_receipt_says_what_when_by_whom_and_where_in_the_trail(acme, alice, host_page):
    entry = erase(host_page)
    page = host_page.get(f"/receipts/{entry.pk}/").text
    assert "Acme is deleted" in page
    receipt = host_page.get(f"/receipts/{entry.pk}/receipt.json").json()
    assert receipt["organization"] == {"id": str(acme.pk), "name": "Acme", "slug": "acme"}
    assert receipt["by"] == {"id": str(alice.pk), "name": "Alice"}
    assert receipt["deleted"] == {"organizations.membership": 1, "organizations.organization": 1}
    assert receipt["at"] == entry.at.isoformat()
    assert receipt["audit_entry"] == {"id": str(entry.pk), "number": entry.number, "hash": entry.hash}
    assert entry.number and len(entry.hash) == 64
    assert list(verify()) == []


def test_the_receipt_is_for_who_deleted_it(acme, bob, host_page, bobs_page):
    joins(acme, bob, "ADMIN")
    entry = erase(host_page)
    assert bobs_page.get(f"/receipts/{entry.pk}/").status_code == 404
    other = (
        AuditEntry.objects.filter(action="organization.created").first()
        or AuditEntry.objects.exclude(pk=entry.pk).first()
    )
    assert other is not None
    assert host_page.get(f"/receipts/{other.pk}/").status_code == 404


def test_the_trail_outlives_it(acme, host_page):
    erase(host_page)
    entries = AuditEntry.objects.filter(organization=acme.pk).order_by("at")
    assert [one.action for one in entries] == ["organization.created", "organization.deleted"]


def test_its_address_is_free_afterwards(acme, host_page):
    erase(host_page)
    assert host_page.post("/organizations/new/", {"name": "Acme"}).url == "/organizations/acme/"


def test_an_operator_deletes_one_with_its_files(acme, alice, oscar, django_capture_on_commit_callbacks):
    acme.logo.save("logo.webp", ContentFile(b"logo"))
    with django_capture_on_commit_callbacks(execute=True):
        browser_of(oscar).post(f"/admin/organizations/organization/{acme.pk}/delete/", {"post": "yes"})
    assert not Organization.objects.exists() and not default_storage.exists(acme.logo.name)
    assert AuditEntry.objects.get(action="organization.deleted").actor_id == oscar.pk
