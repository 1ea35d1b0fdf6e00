"""The only door to bookings. Unknown and not-yours are the same 404; private ones of others are not shown at all."""

from uuid import UUID

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from accounts.models import User
from bookings.models import Attendee, Booking
from bookings.states import BookingState
from organizations.access import administers
from organizations.models import Membership, MembershipRole


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
    mine = Booking.objects.exclude(state=BookingState.HELD).filter(Q(organizer=user) | invited)
    return mine.select_related("organization", "organizer", "meeting__room").prefetch_related("spaces")


def may_change(booking: Booking, user: User) -> bool:
    return booking.organizer_id == user.pk or administers(user, booking.organization_id)


def attends(booking: Booking, user: User) -> bool:
    """Invited at an address that is proven to be this person's."""
    return booking.attendees.filter(email__in=_proven(user)).exists()


def may_read(booking: Booking, user: User | None, membership: Membership | None) -> bool:
    """Whether title and organizer are shown to somebody who sees that the space is busy; `membership`: of `user`."""
    if user is not None and booking.organizer_id == user.pk:
        return True
    return membership is not None and (membership.is_admin or not booking.is_private)


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
