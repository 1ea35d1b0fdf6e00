"""Verbs on feeds. Keys are secrets and stand in no audit entry."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from audit.actions import Action
from audit.services import record
from bookings.feeds.models import Feed, FeedKind, new_key
from bookings.spaces.models import Space
from organizations.models import Organization

NOTED_EVERY = timedelta(minutes=1)


@transaction.atomic
def make_feed(*, user: User, of: Organization | Space | None) -> Feed:
    """Without `of`, of their own bookings. The one they have, if they have it."""
    organization = of if isinstance(of, Organization) else None
    space = of if isinstance(of, Space) else None
    kind = FeedKind.SPACE if space else FeedKind.ORGANIZATION if organization else FeedKind.MINE
    feed, is_new = Feed.objects.get_or_create(user=user, kind=kind, organization=organization, space=space)
    if is_new:
        record(action=Action.FEED_CREATED, entity=feed, actor=user, organization=_organization_of(feed), kind=kind)
    return feed


@transaction.atomic
def renew_feed(*, feed: Feed, actor: User) -> Feed:
    """The link until now leads nowhere any more."""
    feed.key, feed.last_read_at = new_key(), None
    feed.save()
    record(action=Action.FEED_RENEWED, entity=feed, actor=actor, organization=_organization_of(feed))
    return feed


@transaction.atomic
def revoke_feed(*, feed: Feed, actor: User) -> None:
    record(action=Action.FEED_REVOKED, entity=feed, actor=actor, organization=_organization_of(feed))
    feed.delete()


def note_reading(*, feed: Feed) -> None:
    """To the minute; programs ask often."""
    now = timezone.now()
    long_ago = Q(last_read_at__isnull=True) | Q(last_read_at__lt=now - NOTED_EVERY)
    Feed.objects.filter(long_ago, pk=feed.pk).update(last_read_at=now)


def _organization_of(feed: Feed) -> UUID | None:
    return feed.space.organization_id if feed.space else feed.organization_id
