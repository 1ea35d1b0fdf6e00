"""A room may belong to an organization: its administrators manage it, and it stays when its host goes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEntry
from organizations.models import Makers, Membership, Organization
from organizations.people.services import leave, remove
from organizations.services import create_organization
from rooms.models import Meeting, MeetingState, Room
from rooms.services.meetings import EndedReason
from rooms.services.retention import due
from rooms.services.rooms import close_room, create_room
from tests.conftest import PASSWORD, browser_of
from tests.organizations.people import joins
from tests.rooms.people import come_in, member
from tests.rooms.posts import form_of

NEW = "/rooms/new/"


@pytest.fixture
def acme(alice) -> Organization:
    return create_organization(creator=alice, name="Acme")


@pytest.fixture
def bobs_membership(acme, bob) -> Membership:
    return joins(acme, bob)


@pytest.fixture
def bobs_room(acme, bob, bobs_membership) -> Room:
    return create_room(host=bob, name="Sales", organization=acme)


def test_a_member_creates_a_room_of_the_organization(acme, bob, bobs_membership, bobs_page):
    assert "Acme" in bobs_page.get(NEW).text
    bobs_page.post(NEW, form_of(name="Sales", organization="acme"))
    room = Room.objects.get()
    assert (room.organization, room.host) == (acme, bob)
    assert AuditEntry.objects.get(action="room.created").organization == acme.pk


def test_without_a_choice_a_room_is_ones_own(bobs_membership, bobs_page):
    bobs_page.post(NEW, form_of(name="Sales"))
    assert Room.objects.get().organization is None


@pytest.mark.parametrize(
    ("role", "makers", "may"),
    [
        ("ADMIN", Makers.ADMINS, True),
        ("MEMBER", Makers.ADMINS, False),
        ("MEMBER", Makers.MEMBERS, True),
        ("VIEWER", Makers.MEMBERS, False),
    ],
)
def test_who_may_create_rooms(acme, bob, bobs_page, role, makers, may):
    joins(acme, bob, role)
    Organization.objects.update(rooms_made_by=makers)
    page = bobs_page.post(NEW, form_of(name="Sales", organization="acme"))
    assert Room.objects.filter(organization=acme).exists() is may
    assert page.status_code == (302 if may else 200)
    assert ("?organization=acme" in bobs_page.get("/organizations/acme/rooms/").text) is may


def test_nobody_creates_a_room_of_an_organization_they_do_not_belong_to(acme, strangers_page):
    assert 'aria-invalid="true"' in strangers_page.post(NEW, form_of(name="Mine", organization="acme")).text
    assert not Room.objects.exists()


@pytest.mark.parametrize("verb", ["close", "delete", "change-link"])
def test_an_administrator_manages_rooms_of_members(acme, bobs_room, host_page, verb):
    assert host_page.get(f"/rooms/{bobs_room.code}/settings/").status_code == 200
    answer = host_page.post(f"/rooms/{bobs_room.code}/{verb}/")
    assert answer.status_code == 302
    room = Room.objects.filter(pk=bobs_room.pk).first()
    assert room is None or not room.is_active or room.code != bobs_room.code
    assert host_page.get(answer.url).status_code == 200


def test_an_administrator_changes_settings_of_rooms_of_members(bobs_room, host_page):
    host_page.post(f"/rooms/{bobs_room.code}/settings/", form_of(bobs_room, name="Support"))
    bobs_room.refresh_from_db()
    assert bobs_room.name == "Support"


@pytest.mark.parametrize("role", ["MEMBER", "VIEWER"])
def test_other_members_do_not(acme, charlie, bobs_room, strangers_page, role):
    joins(acme, charlie, role)
    for verb in ("settings", "close", "delete"):
        assert strangers_page.post(f"/rooms/{bobs_room.code}/{verb}/").status_code == 404
    assert Room.objects.open().filter(pk=bobs_room.pk).exists()


def test_administrators_of_another_organization_do_not(charlie, bobs_room, strangers_page):
    create_organization(creator=charlie, name="Initech")
    assert strangers_page.get(f"/rooms/{bobs_room.code}/settings/").status_code == 404


def test_an_administrator_reads_no_records_of_meetings_of_others(bobs_room, bob, host_page):
    meeting = come_in(bobs_room, member(bob)).meeting
    assert host_page.get(f"/meetings/{meeting.pk}/").status_code == 404
    assert host_page.get(f"/rooms/{bobs_room.code}/meetings/").status_code == 404


def test_who_sees_which_rooms(acme, alice, charlie, bobs_room, host_page, bobs_page, strangers_page):
    joins(acme, charlie)
    create_room(host=alice, name="Private")
    for browser, seen in ((host_page, True), (bobs_page, True), (strangers_page, False)):
        page = browser.get("/organizations/acme/rooms/").text
        assert ("Sales" in page) is seen and "Private" not in page


def test_a_room_goes_to_an_administrator_when_its_host_leaves(alice, bob, bobs_room, bobs_membership, bobs_page):
    own = create_room(host=bob)
    leave(membership=bobs_membership)
    assert set(Room.objects.values_list("pk", "host")) == {(bobs_room.pk, alice.pk), (own.pk, bob.pk)}
    assert bobs_page.get(f"/rooms/{bobs_room.code}/settings/").status_code == 404


def test_a_room_goes_to_an_administrator_when_its_host_is_removed(alice, bobs_room, bobs_membership):
    remove(membership=bobs_membership, actor=alice)
    bobs_room.refresh_from_db()
    assert (bobs_room.host, bobs_room.is_active) == (alice, True)


def test_a_room_goes_to_an_administrator_when_its_host_deletes_the_account(alice, bobs_room, bobs_page):
    bobs_page.post("/accounts/profile/delete/", {"password": PASSWORD})
    bobs_room.refresh_from_db()
    assert (bobs_room.host, bobs_room.is_active) == (alice, True)


def test_a_room_that_nobody_can_take_over_is_closed_until_an_administrator_reopens_it(
    alice, bobs_room, bobs_membership, host_page
):
    alice.is_active = False
    alice.save()
    leave(membership=bobs_membership)
    bobs_room.refresh_from_db()
    assert (bobs_room.host, bobs_room.is_active) == (None, False)
    alice.is_active = True
    alice.save()
    browser_of(alice).post(f"/rooms/{bobs_room.code}/reopen/")
    bobs_room.refresh_from_db()
    assert (bobs_room.host, bobs_room.is_active) == (alice, True)


def test_reopening_a_room_of_somebody_else_leaves_it_theirs(alice, bob, bobs_room, host_page):
    close_room(room=bobs_room, actor=alice)
    host_page.post(f"/rooms/{bobs_room.code}/reopen/")
    bobs_room.refresh_from_db()
    assert (bobs_room.host, bobs_room.is_active) == (bob, True)


@pytest.mark.parametrize(
    ("of_room", "of_organization", "goes"),
    [(0, 30, True), (30, 0, True), (365, 30, True), (365, 90, False), (0, 0, False)],
)
def test_the_shorter_time_counts_for_records(acme, bobs_room, bobs_page, bob, of_room, of_organization, goes):
    Organization.objects.update(records_kept=of_organization)
    bobs_room.settings.records_kept = of_room
    bobs_room.settings.save()
    ended_at = timezone.now() - timedelta(days=31)
    meeting = Meeting.objects.create(
        room=bobs_room, state=MeetingState.ENDED, started_at=ended_at, ended_at=ended_at, ended_reason=EndedReason.HOST
    )
    assert due() == ([meeting.pk] if goes else [])
    page = bobs_page.get(f"/meetings/{meeting.pk}/").text
    assert ("Kept until the room is deleted" in page) is (of_room == of_organization == 0)
