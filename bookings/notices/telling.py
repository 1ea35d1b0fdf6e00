"""News of bookings, written into the outbox in the transaction of what happens."""

from collections.abc import Iterable
from itertools import groupby

from bookings.models import Booking, Series
from bookings.notices.letters import OFF, Kind, News, letters
from bookings.notices.readers import Reader
from bookings.tickets.models import Ticket, TicketEntry
from mail import services as mail
from mail.models import Mail
from organizations.models import Organization

FIRST = {Kind.CONFIRMATION, Kind.INVITATION}


def tell(kind: Kind, news: News, readers: Iterable[Reader]) -> None:
    """A mail to each. What still waits for the same people is outdated, and who has heard nothing so far gets an
    invitation instead, or nothing where all is off.
    """
    readers = list(readers)
    unheard = _take_back(news, readers)
    told = [(_kind(kind, reader, reader.email in unheard), reader) for reader in readers]
    for one, group in groupby(sorted(told, key=lambda pair: pair[0] or ""), key=lambda pair: pair[0]):
        if one is not None:
            post(one, news, (reader for _kind, reader in group))


def post(kind: Kind, news: News, readers: Iterable[Reader]) -> None:
    """Whatever else waits for them."""
    mail.post(letters=list(letters(kind, news, readers)), kind=kind, about=news.about)


def outdate(news: News, readers: Iterable[Reader]) -> None:
    mail.take_back(about=news.about, recipients=[reader.email for reader in readers])


def take_back_links(organization: Organization) -> None:
    """What waits about anything that is booked or reported there, but for what says that it is off."""
    waiting = Mail.objects.pending().exclude(kind__in=OFF)
    for model in (Booking, Series, Ticket, TicketEntry):
        of = {"ticket__organization": organization} if model is TicketEntry else {"organization": organization}
        about = waiting.filter(entity=model._meta.label_lower)
        ids = model._default_manager.filter(pk__in=set(about.values_list("entity_id", flat=True)), **of)
        about.filter(entity_id__in=[str(pk) for pk in ids.values_list("pk", flat=True)]).delete()


def _take_back(news: News, readers: list[Reader]) -> set[str]:
    """Gives those whose first mail nobody has tried to send."""
    taken = mail.take_back(about=news.about, recipients=[reader.email for reader in readers])
    return {one.recipient for one in taken if one.kind in FIRST and not one.attempts}


def _kind(kind: Kind, reader: Reader, unheard: bool) -> Kind | None:
    if kind in OFF and unheard:
        return None
    if kind in FIRST or (unheard and kind in {Kind.CHANGE, Kind.APPROVED}):
        return Kind.CONFIRMATION if reader.is_organizer else Kind.INVITATION
    return Kind.CANCELLATION if kind == Kind.DECLINED and not reader.is_organizer else kind
