"""What arrives in mailboxes."""

from email.message import Message

from django.core import mail
from icalendar import Calendar, Event

from tests.work import do_what_is_due


def deliver() -> list[mail.EmailMessage]:
    """Everything that is due, and what came of it since the last time."""
    mail.outbox.clear()
    do_what_is_due()
    return list(mail.outbox)


def parts(message: mail.EmailMessage) -> dict[str, Message]:
    return {part.get_content_type(): part for part in message.message().walk()}


def calendar(message: mail.EmailMessage) -> Calendar:
    return Calendar.from_ical(parts(message)["text/calendar"].get_payload(decode=True))


def event(message: mail.EmailMessage) -> Event:
    [found] = calendar(message).walk("VEVENT")
    return found
