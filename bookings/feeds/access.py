"""The only door to feeds. Rights are those of now: who is no longer a member reads nothing any more."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from accounts.models import User
from bookings.feeds.models import Feed, FeedKind
from organizations.models import Membership


def feed_with(key: str) -> Feed:
    """Whoever has the key; 404 once its maker could not look there any more."""
    return _one(_usable().filter(key=key))


def feed_of(user: User, feed_id: UUID) -> Feed:
    return _one(Feed.objects.filter(user=user, pk=feed_id))


def feeds_of(user: User) -> "QuerySet[Feed]":
    return _usable().filter(user=user).order_by("kind", "created_at")


def _usable() -> "QuerySet[Feed]":
    mine = Membership.objects.filter(user=OuterRef("user"))
    member = Exists(mine.filter(organization=OuterRef("organization")))
    visitor = Exists(mine.filter(organization=OuterRef("space__organization")))
    found = Feed.objects.filter(Q(kind=FeedKind.MINE) | member | visitor, user__is_active=True)
    return found.select_related("user", "organization", "space__organization")


def _one(found: "QuerySet[Feed]") -> Feed:
    feed = found.first()
    if feed is None:
        raise Http404
    return feed
