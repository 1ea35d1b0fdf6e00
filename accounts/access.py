"""The only door to people that others ask about. Everybody may have the display name and the picture."""

import uuid

from django.http import Http404

from accounts.models import User


def person_with_avatar(account_id: uuid.UUID) -> User:
    person = User.objects.filter(pk=account_id, is_active=True).exclude(avatar="").first()
    if person is None:
        raise Http404
    return person
