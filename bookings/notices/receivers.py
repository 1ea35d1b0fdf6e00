"""Who hears of what happens to bookings. What happens to several of a series at once is told once, of the series."""

from collections.abc import Iterable
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from bookings import signals
from bookings.answers.services import ask_again
from bookings.facts import NEWS, Facts
from bookings.models import Booking, Series
from bookings.notices.letters import Kind, News
from bookings.notices.readers import addressed, administrators_of, people_of
from bookings.notices.telling import outdate, post, take_back_links, tell
from bookings.work import tell_new_link
from organizations.models import Organization
from organizations.signals import organization_closing
from rooms.models import Room
from rooms.signals import room_link_changed


@receiver(signals.booking_made)
def made(sender: Any, booking: Booking, in_series: bool, **_rest: Any) -> None:
    if not in_series:
        news = News.of(booking)
        tell(Kind.INVITATION, news, people_of(news.bookings))
        _ask_for_approval(news)


@receiver(signals.booking_changed)
def changed(sender: Any, booking: Booking, before: Facts, after: Facts, in_series: bool, **_rest: Any) -> None:
    if (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at):
        ask_again(booking=booking)
    if in_series or not after.is_news_after(before):
        return
    news = News.of(booking, change=(before, after))
    came = after.attendees - before.attendees
    people = people_of(news.bookings)
    _tell_who_is_out(news, before.attendees - after.attendees)
    tell(Kind.INVITATION, news, (one for one in people if one.email in came))
    if set(after.other_than(before)) - {"attendees"}:
        tell(Kind.CHANGE, news, (one for one in people if one.email not in came))
    _ask_for_approval(news)


@receiver(signals.series_made)
def series_made(sender: Any, series: Series, **_rest: Any) -> None:
    news = News.of_series(series)
    tell(Kind.INVITATION, news, people_of(news.bookings))
    _ask_for_approval(news)


@receiver(signals.series_changed)
def series_changed(
    sender: Any, series: Series, previous: Series | None, bookings: list[Booking], before: list[Facts], **_rest: Any
) -> None:
    """`previous` has the dates before a split; its end is news to all who come to it."""
    known = frozenset[str]().union(*(was.attendees for was in before))
    if previous is not None:
        _tell_its_end(previous, known)
    compared = [(was, Facts.of(one)) for was, one in zip(before, bookings, strict=True)]
    different = [(was, now) for was, now in compared if set(now.other_than(was)) & NEWS - {"attendees"}]
    news = News.of_series(series, change=(different or compared)[0])
    concerned = frozenset[str]().union(*(was.attendees ^ now.attendees for was, now in compared))
    people = people_of(news.bookings)
    if previous is None:
        _tell_who_is_out(news, known - {one.email for one in people})
    tell(Kind.INVITATION, news, (one for one in people if one.email not in known and not one.is_organizer))
    is_news = previous is not None or bool(different)
    old = [one for one in people if one.email in known or one.is_organizer]
    tell(Kind.CHANGE, news, (one for one in old if is_news or one.email in concerned))
    _ask_for_approval(news)


@receiver(signals.series_cancelled)
def series_cancelled(sender: Any, series: Series, bookings: list[Booking], **_rest: Any) -> None:
    """All that was to come, or what came after some date."""
    _tell_off(Kind.CANCELLATION, series, bookings)


@receiver(signals.booking_cancelled)
def cancelled(sender: Any, booking: Booking, in_series: bool, **_rest: Any) -> None:
    if not in_series:
        _tell_all(Kind.CANCELLATION, booking)


@receiver(signals.booking_approved)
def approved(sender: Any, booking: Booking, in_series: bool, **_rest: Any) -> None:
    if not in_series:
        _tell_all(Kind.APPROVED, booking)


@receiver(signals.booking_declined)
def declined(sender: Any, booking: Booking, in_series: bool, **_rest: Any) -> None:
    if not in_series:
        _tell_all(Kind.DECLINED, booking)


@receiver(signals.bookings_handed_over)
def handed_over(sender: Any, bookings: list[Booking], leaver: User, **_rest: Any) -> None:
    """Who is invited comes as before, and hears nothing."""
    single = [News.of(one) for one in bookings if one.series_id is None]
    series = Series.objects.filter(pk__in={one.series_id for one in bookings if one.series_id})
    for news in (*single, *map(News.of_series, series.order_by("pk"))):
        people = people_of(news.bookings)
        tell(Kind.HANDED_OVER, news, (one for one in people if one.is_organizer))
        _tell_who_is_out(news, {leaver.email.lower()} - {one.email for one in people})


@receiver(signals.series_approved)
def series_approved(sender: Any, series: Series, **_rest: Any) -> None:
    _tell_all_of(Kind.APPROVED, News.of_series(series))


@receiver(signals.series_declined)
def series_declined(sender: Any, series: Series, bookings: list[Booking], **_rest: Any) -> None:
    _tell_off(Kind.DECLINED, series, bookings)


@receiver(signals.booking_released)
def released(sender: Any, booking: Booking, **_rest: Any) -> None:
    _tell_all(Kind.RELEASED, booking)


@receiver(organization_closing)
def closing(sender: Any, organization: Organization, **_rest: Any) -> None:
    """After all that stood in it was cancelled: what else there is to say leads nowhere."""
    take_back_links(organization)


@receiver(room_link_changed)
def link_changed(sender: Any, room: Room, **_rest: Any) -> None:
    """Later: whoever changes the room holds it, and whoever changes a booking comes to its room last."""
    tell_new_link.enqueue(str(room.pk))


def _tell_all(kind: Kind, booking: Booking) -> None:
    _tell_all_of(kind, News.of(booking))


def _tell_all_of(kind: Kind, news: News) -> None:
    if not news.bookings:  # of a series nothing takes place any more
        return
    outdate(news, administrators_of(news.like))
    tell(kind, news, people_of(news.bookings))


def _tell_off(kind: Kind, series: Series, bookings: list[Booking]) -> None:
    """Of a series that goes on without them, that it has changed."""
    goes_on = series.bookings.standing().exists()
    _tell_all_of(Kind.CHANGE if goes_on else kind, News.of_series(series, also=bookings))


def _tell_its_end(series: Series, came: frozenset[str]) -> None:
    """To all who come to what is left of a series that was split, or `came` to the dates that went."""
    left = News.of_series(series)
    news = left if left.bookings else News.of_series(series, also=series.bookings.all())
    _tell_all_of(Kind.CHANGE if left.bookings else Kind.CANCELLATION, news)
    _tell_who_is_out(news, came - {one.email for one in people_of(news.bookings)})


def _tell_who_is_out(news: News, addresses: Iterable[str]) -> None:
    tell(Kind.CANCELLATION, news, addressed({email: {} for email in addresses}, news.like))


def _ask_for_approval(news: News) -> None:
    if news.is_asked_for:
        post(Kind.APPROVAL_ASKED, news, administrators_of(news.like))
