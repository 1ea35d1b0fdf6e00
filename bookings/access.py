"""The only door to bookings. Unknown and not-yours are the same 404; private ones of others are not shown at all."""

from typing import Protocol
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from bookings.models import Attendee, Booking, Series
from bookings.spaces.access import spaces_of
from bookings.spaces.models import Space, SpaceQuerySet
from bookings.states import STANDING, BookingState
from bookings.tickets.models import Ticket
from organizations.access import administers
from organizations.models import Makers, Membership, MembershipRole


def booking_for(user: User, booking_id: UUID) -> Booking:
    """For its organizer, who is invited, administrators, and, unless it is private, members of the organization."""
    found = (
        Booking.objects.select_related("organization", "organizer", "series", "meeting__room")
        .filter(_readable_by(user), pk=booking_id)
        .first()
    )
    if found is None:
        raise Http404
    return found


def bookings_of(user: User) -> "QuerySet[Booking]":
    """What this person organizes or is invited to; no holds."""
    invited = Exists(_invitations(user))
    return _listed(Booking.objects.filter(Q(organizer=user) | invited))


def bookings_in(membership: Membership) -> "QuerySet[Booking]":
    """Of the whole organization, as far as this member may read them."""
    found = _listed(Booking.objects.filter(organization=membership.organization_id))
    if membership.is_admin:
        return found
    private = Q(is_private=True) & ~Q(organizer=membership.user_id) & ~Exists(_invitations(membership.user))
    return found.exclude(private)


def coming(bookings: "QuerySet[Booking]") -> "QuerySet[Booking]":
    """Each says whether something makes one of its spaces unusable (`is_blocked`)."""
    blocking = Ticket.objects.blocking().filter(space__slots__booking=OuterRef("pk"))
    found = bookings.filter(state__in=STANDING, ends_at__gt=timezone.now())
    return found.annotate(is_blocked=Exists(blocking)).order_by("starts_at", "pk")


def waiting(bookings: "QuerySet[Booking]") -> "QuerySet[Booking]":
    """For a yes or no."""
    return coming(bookings).filter(state=BookingState.PENDING)


def past(bookings: "QuerySet[Booking]") -> "QuerySet[Booking]":
    """Over, cancelled, declined or released; the latest first."""
    return bookings.exclude(state__in=STANDING, ends_at__gt=timezone.now()).order_by("-starts_at", "pk")


def first_of(series: Series) -> Booking:
    return series.bookings.order_by("starts_at")[0]


def of_series(booking: Booking, user: User) -> "QuerySet[Booking]":
    """The dates of its series that this person may read; none of one that is alone."""
    return Booking.objects.filter(_readable_by(user), series=booking.series_id, series__isnull=False)


def attendees_of(booking: Booking) -> "QuerySet[Attendee]":
    return booking.attendees.order_by("email")


def membership_for(booking: Booking, user: User) -> Membership | None:
    """None for somebody who is only invited, or has left."""
    found = Membership.objects.select_related("organization").filter(user=user, organization=booking.organization_id)
    return found.first()


def bookable_by(membership: Membership) -> SpaceQuerySet:
    """Spaces that this member may book."""
    makers = [one for one in Makers.values if membership.may_make(one)]
    if membership.organization.bookings_made_by not in makers:
        return Space.objects.none()
    return spaces_of(membership.organization).active().filter(booked_by__in=makers)


def spaces_for_change(booking: Booking, membership: Membership | None) -> list[Space]:
    """Those that it holds first, then what else could be chosen."""
    held = list(booking.spaces.all())
    others = bookable_by(membership) if membership else Space.objects.none()
    return [*held, *(space for space in others if space not in held)]


def may_change(booking: Booking, user: User) -> bool:
    return booking.organizer_id == user.pk or administers(user, booking.organization_id)


def attends(booking: Booking, user: User) -> bool:
    """Invited at an address that is proven to be this person's."""
    return booking.attendees.filter(email__in=_proven(user)).exists()


def concerns(booking: Booking, user: User) -> bool:
    """Who organizes it, is invited or administers: they also hear where people meet."""
    return may_change(booking, user) or attends(booking, user)


class Private(Protocol):
    """A booking, or what was read of one."""

    @property
    def organizer_id(self) -> UUID | None: ...
    @property
    def is_private(self) -> bool: ...


def may_read(booking: Private, user: User | None, membership: Membership | None) -> bool:
    """Whether title and organizer are shown to somebody who sees that the space is busy; `membership`: of `user`."""
    if user is not None and booking.organizer_id == user.pk:
        return True
    return membership is not None and (membership.is_admin or not booking.is_private)


def _listed(bookings: "QuerySet[Booking]") -> "QuerySet[Booking]":
    made = bookings.exclude(state=BookingState.HELD)
    return made.select_related("organization", "organizer", "meeting__room").prefetch_related("spaces")


def _readable_by(user: User) -> Q:
    member = Membership.objects.filter(user=user, organization=OuterRef("organization"))
    admin = member.filter(role=MembershipRole.ADMIN)
    others = Exists(admin) | Q(Exists(member), is_private=False) | Q(Exists(_invitations(user)))
    return Q(organizer=user) | (others & ~Q(state=BookingState.HELD))


def _invitations(user: User) -> "QuerySet[Attendee]":
    return Attendee.objects.filter(booking=OuterRef("pk"), email__in=_proven(user))


def _proven(user: User) -> "list[str]":
    verified = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return [email.lower() for email in verified]
