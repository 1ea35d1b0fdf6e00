"""The only door to people that others ask about. Everybody may have the display name and the picture."""

import uuid

from django.db.models.fields.files import FieldFile
from django.http import Http404

from accounts.models import User


def avatar_of(account_id: uuid.UUID) -> tuple[bytes, str]:
    """The picture and its version; nobody, no picture and a lost file are the same 404."""
    person = User.objects.filter(pk=account_id, is_active=True).exclude(avatar="").first()
    if person is None:
        raise Http404
    return content_of(person.avatar), person.avatar_version


def content_of(file: FieldFile) -> bytes:
    """No file and a lost one are the same 404."""
    if not file:
        raise Http404
    try:
        with file.open() as opened:
            content: bytes = opened.read()
            return content
    except FileNotFoundError as lost:
        raise Http404 from lost
