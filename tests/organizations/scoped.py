"""Every address of ours, and what stands in it when it is about Acme. A new one has to be added to one of the tables.

`SCOPED`: url name → arguments, made from the world; strangers get 404.
`OPEN`: url name → why its arguments are no question of membership.
`WITHOUT`: url names without arguments → a form that names something of Acme's, or None where forms name nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import User
from bookings.spaces.models import Amenity, Space
from chat.models import Attachment, Message, MessageType, Thread
from organizations.models import Export, Invitation, Membership, Organization
from organizations.takeout.erasure import erase
from organizations.takeout.making import make
from organizations.takeout.services import ask_for_export
from rooms.models import Meeting, Room
from rooms.schedules.models import Schedule
from rooms.services.rooms import create_room
from tests.bookings.places import equip, new_space
from tests.organizations.people import invited, joins
from tests.rooms.people import come_in, member
from tests.rooms.posts import form_of
from tests.schedules.plans import scheduled


@dataclass(frozen=True)
class World:
    """Of Acme, which Alice administers and Bob belongs to. Charlie administers Initech."""

    alice: User
    bob: User
    acme: Organization
    initech: Organization

    @cached_property
    def membership(self) -> Membership:
        return joins(self.acme, self.bob)

    @cached_property
    def invitation(self) -> Invitation:
        invited(self.acme, "dora@example.org")
        return Invitation.objects.get()

    @cached_property
    def room(self) -> Room:
        return create_room(host=self.alice, name="Board", organization=self.acme)

    @cached_property
    def schedule(self) -> Schedule:
        return scheduled(self.room, timezone.now() + timedelta(days=1))

    @cached_property
    def meeting(self) -> Meeting:
        meeting: Meeting = come_in(self.room, member(self.alice)).meeting
        return meeting

    @cached_property
    def export(self) -> Export:
        asked = ask_for_export(organization=self.acme, actor=self.alice)
        make(export_id=asked.pk)
        return asked

    @cached_property
    def attachment(self) -> Attachment:
        thread = Thread.objects.get_or_create(pk=self.meeting.pk, defaults={"meeting": self.meeting})[0]
        said = {"author": self.alice, "author_name": "Alice", "client_id": uuid4(), "number": 99}
        message = Message.objects.create(thread=thread, type=MessageType.FILE, content="plan.txt", **said)
        attachment = Attachment(message=message, name="plan.txt", size=4, content_type="text/plain")
        attachment.file.save("plan.txt", ContentFile(b"plan"))
        return attachment

    @cached_property
    def space(self) -> Space:
        space = new_space(self.acme, "Blue")
        space.photo.save("blue.webp", ContentFile(b"blue"))
        return space

    @cached_property
    def amenity(self) -> Amenity:
        return equip(self.space, "Screen")[0]


Arguments = Callable[[World], dict[str, Any]]


def acme(world: World) -> dict[str, Any]:
    return {"slug": world.acme.slug}


def membership(world: World) -> dict[str, Any]:
    return {**acme(world), "membership_id": world.membership.pk}


def invitation(world: World) -> dict[str, Any]:
    return {**acme(world), "invitation_id": world.invitation.pk}


def export(world: World) -> dict[str, Any]:
    return {**acme(world), "export_id": world.export.pk}


def space(world: World) -> dict[str, Any]:
    return {**acme(world), "space_id": world.space.pk}


def amenity(world: World) -> dict[str, Any]:
    return {**acme(world), "amenity_id": world.amenity.pk}


def receipt(world: World) -> dict[str, Any]:
    return {"entry_id": erase(organization=world.acme, actor=world.alice).pk}


def code(world: World) -> dict[str, Any]:
    return {"code": world.room.code}


def schedule(world: World) -> dict[str, Any]:
    return {"schedule_id": world.schedule.pk}


def meeting(world: World) -> dict[str, Any]:
    return {"meeting_id": world.meeting.pk}


def thread(world: World) -> dict[str, Any]:
    return {"thread_id": world.meeting.pk}


SCOPED: dict[str, Arguments] = {
    "organization": acme,
    "organization-settings": acme,
    "organization-set-logo": acme,
    "organization-remove-logo": acme,
    "organization-people": acme,
    "organization-rooms": acme,
    "organization-audit": acme,
    "organization-audit-csv": acme,
    "organization-audit-json": acme,
    "organization-audit-check": acme,
    "organization-export": acme,
    "organization-export-download": export,
    "organization-delete": acme,
    "organization-receipt": receipt,
    "organization-receipt-json": receipt,
    "invitation-new": acme,
    "invitation-resend": invitation,
    "invitation-revoke": invitation,
    "membership-leave": acme,
    "membership-role": membership,
    "membership-remove": membership,
    "organization-bookings": acme,
    "spaces": acme,
    "space-new": acme,
    "space-grid": acme,
    "space-grid-part": acme,
    "amenities": acme,
    "amenity-rename": amenity,
    "amenity-delete": amenity,
    "space": space,
    "space-part": space,
    "space-photo": space,
    "space-edit": space,
    "space-door": space,
    "space-change-door": space,
    "space-deactivate": space,
    "space-activate": space,
    "space-delete": space,
    "room-settings": code,
    "room-change-link": code,
    "room-close": code,
    "room-reopen": code,
    "room-delete": code,
    "room-meetings": code,
    "schedule-new": code,
    "schedule": schedule,
    "schedule-cancel": schedule,
    "meeting-record": meeting,
    "meeting-record-csv": meeting,
    "meeting-record-json": meeting,
    "chat-upload": thread,
    "chat-text": thread,
    "chat-file": lambda world: {"attachment_id": world.attachment.pk},
}

OPEN = {
    "join": "the code is an invitation",
    "door": "the code is an invitation",
    "seat": "the code is an invitation",
    "invitation": "the token was mailed; accepting asks for whom",
    "invitation-accept": "the token was mailed; accepting asks for whom",
    "organization-logo": "shown to guests",
    "organization-style": "shown to guests",
    "account_avatar": "shown to guests",
    "account_setup": "the token is signed",
}

WITHOUT: dict[str, Callable[[World], dict[str, Any]] | None] = {
    "home": None,
    "admin-overview": None,
    "health-live": None,
    "health-ready": None,
    "metrics": None,
    "organizations": None,
    "organization-new": lambda world: {"name": "Mine", "slug": world.acme.slug},
    "join-by-code": None,
    "rooms": None,
    "room-new": lambda world: form_of(name="Mine", organization=world.acme.slug),
    "new-meeting": None,
    "account_login": None,
    "account_signup": None,
    "account_profile": None,
    "account_change_avatar": None,
    "account_remove_avatar": None,
    "account_sign_out_everywhere": None,
    "account_delete": None,
}
