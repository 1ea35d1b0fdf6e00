"""Signed links by which who is invited answers, with an account or without."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import Http404
from django.urls import reverse

from bookings.models import Booking, Series

SALT = "bookings.answers"


def answer_link(about: Booking | Series, email: str) -> str:
    """Holds for one address, and for one booking or the whole series."""
    kind = "series" if isinstance(about, Series) else "booking"
    token = signing.dumps([kind, str(about.pk), email], salt=SALT, compress=True)
    return f"{settings.PUBLIC_URL}{reverse('booking-answer', args=[token])}"


def read(token: str) -> tuple[str, UUID, str]:
    """`booking` or `series`, its key, and the address; 404 for what we have not signed."""
    try:
        kind, key, email = _loaded(token)
        return kind, UUID(key), email
    except (signing.BadSignature, ValueError) as wrong:
        raise Http404 from wrong


def _loaded(token: str) -> Any:
    return signing.loads(token, salt=SALT)
