"""The only door to people that others ask about. Everybody may have the display name and the picture."""

import uuid

from django.http import Http404

from accounts.models import User


def avatar_of(account_id: uuid.UUID) -> tuple[bytes, str]:
    """The picture and its version; nobody, no picture and a lost file are the same 404."""
    person = User.objects.filter(pk=account_id, is_active=True).exclude(avatar="").first()
    if person is None:
        raise Http404
    try:
        with person.avatar.open() as file:
            return file.read(), person.avatar_version
    except FileNotFoundError as lost:
        raise Http404 from lost
