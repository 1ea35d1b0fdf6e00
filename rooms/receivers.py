"""What happens to rooms and calls when an account signs out or goes away."""

from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import account_closing, signed_out
from realtime import topics
from realtime.broadcast import close_sockets
from realtime.refusals import Close
from rooms.models import Participant, Room
from rooms.services.rooms import close_room


@receiver(signed_out)
def close_sockets_of(sender: Any, user: User, session_key: str | None, **kwargs: Any) -> None:
    close_sockets(topics.user(user.pk), Close.SIGNED_OUT, to={"session": session_key} if session_key else None)


@receiver(account_closing)
def let_go_of_rooms(sender: Any, user: User, **kwargs: Any) -> None:
    """Rooms without a host are closed; what the person took part in keeps their name."""
    for room in Room.objects.open().hosted_by(user):
        close_room(room=room, actor=user)
    Participant.objects.filter(user=user).update(guest_name=user.display_name)
    close_sockets(topics.user(user.pk), Close.SIGNED_OUT)
