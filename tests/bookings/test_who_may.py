"""Members book, viewers look, strangers find nothing; what is private stays so."""

import pytest
from allauth.account.models import EmailAddress
from django.http import Http404

from bookings.access import attends, booking_for, bookings_of, may_change
from bookings.models import Booking
from bookings.services.bookings import cancel, change
from bookings.services.wishes import Wish
from bookings.spaces.access import space_in, spaces_of
from bookings.spaces.models import Space
from organizations.models import Membership, Organization
from realtime.refusals import Refused
from tests.bookings.places import booked, held, join, new_space, organization_of, refusal, tomorrow

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer(acme, oscar):
    join(acme, oscar, "VIEWER")
    return oscar


def test_members_and_administrators_book_viewers_and_strangers_do_not(alice, bob, viewer, charlie, blue):
    booked(alice, blue, starts=tomorrow(8))
    booked(bob, blue)
    for user in (viewer, charlie):
        assert refusal(booked, user, blue, starts=tomorrow(12)) == "booking.not-allowed"
        assert refusal(held, user, blue, starts=tomorrow(12)) == "booking.not-allowed"


@pytest.mark.parametrize("where", [Organization, Space])
def test_where_only_administrators_book(alice, bob, blue, where):
    where.objects.update(**{"bookings_made_by" if where is Organization else "booked_by": "ADMINS"})
    assert refusal(booked, bob, blue) == "booking.not-allowed"
    booked(alice, blue)


def test_at_the_door_one_books_as_a_member_could(blue):
    made = booked(None, blue)
    assert made.organizer is None and made.state == "CONFIRMED"


@pytest.mark.parametrize(
    ("where", "rule"),
    [
        (Organization, {"bookings_made_by": "ADMINS"}),
        (Space, {"booked_by": "ADMINS"}),
        (Space, {"needs_approval": True}),
    ],
)
def test_at_the_door_nobody_books_what_members_may_not(blue, where, rule):
    where.objects.update(**rule)
    assert refusal(booked, None, blue) == "booking.not-allowed"


def test_the_organizer_and_administrators_change_a_booking(alice, bob, viewer, charlie, acme, blue, dora):
    made = booked(bob, blue, attendees=(dora.email,))
    join(acme, dora)
    for user in (viewer, charlie, dora):
        assert not may_change(made, user)
        assert refusal(cancel, booking=made, actor=user) == "booking.not-allowed"
        assert refusal(change, booking=made, actor=user, version=1, wish=Wish.of(made)) == "booking.not-allowed"
    assert may_change(made, bob) and may_change(made, alice)
    assert cancel(booking=made, actor=alice).state == "CANCELLED"


def test_a_member_who_left_may_still_cancel_and_not_move(bob, blue):
    made = booked(bob, blue)
    Membership.objects.filter(user=bob).delete()
    moved = Wish.of(made, starts_at=tomorrow(12), ends_at=tomorrow(13))
    assert refusal(change, booking=made, actor=bob, version=1, wish=moved) == "booking.not-allowed"
    assert cancel(booking=made, actor=bob).state == "CANCELLED"


def test_members_see_what_is_booked_and_strangers_do_not(alice, bob, viewer, charlie, blue):
    made = booked(bob, blue)
    for user in (alice, bob, viewer):
        assert booking_for(user, made.pk) == made
    with pytest.raises(Http404):
        booking_for(charlie, made.pk)


def test_a_private_one_is_for_its_organizer_administrators_and_who_is_invited(alice, bob, viewer, charlie, dora, blue):
    made = booked(bob, blue, is_private=True, attendees=("Dora@example.org",))
    for user in (alice, bob, dora):
        assert booking_for(user, made.pk) == made
    for user in (viewer, charlie):
        with pytest.raises(Http404):
            booking_for(user, made.pk)


def test_an_address_that_is_only_claimed_opens_nothing(bob, charlie, blue):
    made = booked(bob, blue, attendees=(charlie.email,))
    EmailAddress.objects.create(user=charlie, email=charlie.email, verified=False)
    with pytest.raises(Http404):
        booking_for(charlie, made.pk)
    assert not attends(made, charlie) and not bookings_of(charlie).exists()


def test_mine_are_those_i_organize_and_am_invited_to(bob, dora, blue):
    made = booked(bob, blue, attendees=(dora.email,))
    held(bob, blue, starts=tomorrow(12))
    assert list(bookings_of(bob)) == [made] == list(bookings_of(dora))


def test_who_may_not_know_hears_only_that_it_is_busy(alice, bob, blue, acme, charlie):
    booked(alice, blue, is_private=True)
    join(acme, charlie, "ADMIN")
    assert taken_as(bob, blue) == ("", "")
    assert taken_as(charlie, blue) == ("Review", "Alice") == taken_as(alice, blue)
    assert taken_as(None, blue) == ("", "")


def taken_as(user, space) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        booked(user, space)
    [taken] = refused.value.taken
    return taken.title, taken.organizer


def test_another_organization_is_another_world(alice, bob, charlie, acme, blue):
    """Its spaces are not found, its bookings are in nobody's way, and its administrators have no say."""
    theirs = new_space(organization_of(charlie, slug="other"), "Blue")
    booked(charlie, theirs)
    mine = booked(bob, blue)
    assert Booking.objects.count() == 2 and list(spaces_of(acme)) == [blue]
    assert space_in(acme, blue.pk) == blue
    for organization, space in ((acme, theirs), (theirs.organization, blue)):
        with pytest.raises(Http404):
            space_in(organization, space.pk)
    assert refusal(cancel, booking=mine, actor=charlie) == "booking.not-allowed"
    moved = Wish.of(mine, spaces=(theirs,))
    assert refusal(change, booking=mine, actor=bob, version=1, wish=moved) == "booking.not-allowed"


@pytest.fixture
def dora(charlie):
    """Like Charlie a stranger, but with an address that is proven."""
    user = type(charlie).objects.create_user("dora@example.org", "correct horse battery", display_name="Dora")
    EmailAddress.objects.create(user=user, email="Dora@example.org", verified=True, primary=True)
    return user
