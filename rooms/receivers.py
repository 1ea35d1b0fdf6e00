"""What happens to rooms and calls when an account signs out or goes, and when an organization or a member does."""

from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import account_closing, signed_out
from audit.actions import Action
from audit.services import record
from organizations.models import Membership, Organization
from organizations.signals import membership_ended, organization_closing
from realtime import topics
from realtime.broadcast import close_sockets
from realtime.refusals import Close
from rooms.models import Participant, Room
from rooms.services.rooms import close_room, let_everything_go


@receiver(signed_out)
def close_sockets_of(sender: Any, user: User, session_key: str | None, **kwargs: Any) -> None:
    close_sockets(topics.user(user.pk), Close.SIGNED_OUT, to={"session": session_key} if session_key else None)


@receiver(account_closing)
def let_go_of_rooms(sender: Any, user: User, **kwargs: Any) -> None:
    """Rooms without a host are closed; what the person took part in keeps their name."""
    for room in Room.objects.open().hosted_by(user).filter(organization=None):
        close_room(room=room, actor=user)
    Participant.objects.filter(user=user).update(guest_name=user.display_name)
    close_sockets(topics.user(user.pk), Close.SIGNED_OUT)


@receiver(membership_ended)
def hand_rooms_over(sender: Any, membership: Membership, heir: User | None, **kwargs: Any) -> None:
    """An organization's rooms stay with it; who is in a meeting there keeps their role until it ends."""
    rooms = Room.objects.filter(organization=membership.organization, host=membership.user)
    for room in list(rooms.select_for_update().order_by("pk")):
        room.host = heir
        room.save(update_fields=["host", "updated_at"])
        pair = [str(membership.user_id), str(heir.pk) if heir else ""]
        record(action=Action.ROOM_CHANGED, entity=room, organization=room.organization_id, host=pair)
        if heir is None:
            close_room(room=room, actor=None)


@receiver(organization_closing)
def let_go_of_an_organizations_rooms(sender: Any, organization: Organization, actor: User, **kwargs: Any) -> None:
    for room in list(Room.objects.select_for_update().filter(organization=organization).order_by("pk")):
        let_everything_go(room, actor)
