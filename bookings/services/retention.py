"""Bookings go as many days after their end as their organization keeps them."""

from collections import Counter
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.actions import Action
from audit.services import record
from bookings.models import Booking, Series
from bookings.states import STANDING
from organizations.models import Organization, Retention

BATCH = 500


@transaction.atomic
def prune() -> int:
    """The number of them, not too many at once. Meetings in rooms follow the rules of rooms."""
    batch = list(_due().order_by("ends_at").values_list("pk", "organization", "series")[:BATCH])
    if not batch:
        return 0
    Booking.objects.filter(pk__in=[pk for pk, _organization, _series in batch]).delete()
    emptied = Series.objects.filter(pk__in={series for _pk, _organization, series in batch})
    emptied.filter(bookings__isnull=True).delete()
    counted = Counter(organization for _pk, organization, _series in batch)
    for organization in Organization.objects.filter(pk__in=counted):
        many = counted[organization.pk]
        record(action=Action.BOOKINGS_PRUNED, entity=organization, organization=organization.pk, bookings=many)
    return len(batch)


def _due() -> QuerySet[Booking]:
    over = Q()
    for days in Retention.values:
        if days:
            over |= Q(organization__records_kept=days, ends_at__lte=timezone.now() - timedelta(days=days))
    return Booking.objects.filter(over).exclude(state__in=STANDING)
