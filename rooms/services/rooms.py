"""Verbs on rooms."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import Action
from audit.services import record
from organizations.models import Organization
from realtime.deadlocks import retried
from rooms.access import active_meeting, not_found
from rooms.codes import new_code
from rooms.events import room_state, tell
from rooms.models import EndedReason, Meeting, MeetingState, Participant, Room, RoomSettings, WaitingRoom
from rooms.schedules.services import cancel_all_in, tell_new_link
from rooms.services.engines import choose_engine
from rooms.services.meetings import call_off, end, watch_hosts
from rooms.services.queue import let_everyone_in
from rooms.services.sources import stop_what_is_not_allowed
from rooms.signals import room_link_changed


@transaction.atomic
def create_room(
    *, host: User, name: str = "", settings: dict[str, Any] | None = None, organization: Organization | None = None
) -> Room:
    """`settings` are fields of RoomSettings; what is missing takes its default."""
    room = Room.objects.create(host=host, name=name or Room.default_name(), organization=organization)
    RoomSettings.objects.create(room=room, **(settings or {}))
    _note(Action.ROOM_CREATED, room, host, name=room.name)
    return room


@transaction.atomic
def change_room(*, room: Room, actor: User, settings: dict[str, Any], name: str | None = None) -> Room:
    """Renames and sets what is given; people in a running meeting are told at once."""
    room = _locked(room)
    changed = _set(room.settings, settings)
    if name is not None and name != room.name:
        changed["name"] = [room.name, name]
        room.name = name
        room.save(update_fields=["name", "updated_at"])
    if changed:
        _note(Action.ROOM_CHANGED, room, actor, **changed)
        _obey(room, active_meeting(room), by=actor.display_name)
    return room


@transaction.atomic
def switch(*, meeting: Meeting, actor: Participant, setting: str, on: bool) -> None:
    """One switch, by a host in the running meeting, who holds the room's lock."""
    room: Room = meeting.room  # type: ignore[assignment]
    changed = _set(room.settings, {setting: on})
    if changed:
        _note(Action.ROOM_CHANGED, room, actor.user, **changed)
        _obey(room, meeting, by=actor.name)


def _set(settings: RoomSettings, values: dict[str, Any]) -> dict[str, list[Any]]:
    """Writes what differs; old and new value of each."""
    changed = {field: [getattr(settings, field), value] for field, value in values.items()}
    changed = {field: pair for field, pair in changed.items() if pair[0] != pair[1]}
    for field, (_before, value) in changed.items():
        setattr(settings, field, value)
    if changed:
        settings.save(update_fields=[*changed, "updated_at"])
    return changed


def _obey(room: Room, meeting: Meeting | None, *, by: str) -> None:
    """What the new settings mean for those who are in the meeting, or in front of it."""
    if meeting is None:
        return
    tell(meeting, "room.updated", room=room_state(room, room.settings))
    stop_what_is_not_allowed(meeting, room.settings, by=by)
    watch_hosts(meeting, room.settings)
    choose_engine(meeting, room.settings)
    if room.settings.waiting_room == WaitingRoom.OFF:
        let_everyone_in(meeting)


@transaction.atomic
def change_link(*, room: Room, actor: User) -> Room:
    """Gives the room a new code; the old link is dead from now on. Who is inside stays, and is told the new one."""
    room = _locked(room)
    room.code = new_code()
    room.save(update_fields=["code", "updated_at"])
    _note(Action.ROOM_LINK_CHANGED, room, actor)
    tell_new_link(room=room)
    room_link_changed.send(Room, room=room)
    _tell_room(room)
    return room


@transaction.atomic
def set_locked(*, room: Room, actor: User | None, locked: bool) -> Room:
    """While locked, only hosts and those who are inside come in."""
    room = _locked(room)
    if room.is_locked != locked:
        room.is_locked = locked
        room.save(update_fields=["is_locked", "updated_at"])
        _note(Action.ROOM_LOCKED if locked else Action.ROOM_UNLOCKED, room, actor)
        _tell_room(room)
    return room


@retried
def close_room(*, room: Room, actor: User | None) -> Room:
    """Ends what runs in it, cancels what is planned, and lets nobody in until it is opened again."""
    room = _locked(room)
    if room.is_active:
        room.is_active, room.closed_at = False, timezone.now()
        room.save(update_fields=["is_active", "closed_at", "updated_at"])
        let_everything_go(room, actor)
        _note(Action.ROOM_CLOSED, room, actor)
    return room


@transaction.atomic
def reopen_room(*, room: Room, actor: User) -> Room:
    """Whoever reopens one whose host is gone is its host from then on."""
    room = _locked(room)
    if not room.is_active:
        room.is_active, room.closed_at, room.host = True, None, room.host or actor
        room.save(update_fields=["is_active", "closed_at", "host", "updated_at"])
        _note(Action.ROOM_REOPENED, room, actor)
    return room


@retried
def delete_room(*, room: Room, actor: User) -> None:
    """Removes the room with its meetings, their records and chat."""
    room = _locked(room)
    let_everything_go(room, actor)
    _note(Action.ROOM_DELETED, room, actor, name=room.name)
    room.delete()


def let_everything_go(room: Room, actor: User | None) -> None:
    """Before a room is closed or goes. The caller holds its lock."""
    meeting: Meeting | None = active_meeting(room)
    if meeting is not None:
        end(meeting=meeting, reason=EndedReason.ROOM_CLOSED, actor=actor)
    cancel_all_in(room=room, actor=actor)
    for planned in Meeting.objects.filter(state=MeetingState.SCHEDULED, room=room):
        call_off(meeting=planned, actor=actor)


def _locked(room: Room) -> Room:
    """The room as it is now, its row locked; refused for one that was deleted meanwhile."""
    Room.objects.select_for_update().filter(pk=room.pk).first()
    found = Room.objects.select_related("settings").filter(pk=room.pk).first()
    if found is None:
        raise not_found()
    return found


def _note(action: Action, room: Room, actor: User | None, **changes: Any) -> None:
    record(action=action, entity=room, actor=actor, organization=room.organization_id, **changes)


def _tell_room(room: Room) -> None:
    meeting = active_meeting(room)
    if meeting is not None:
        tell(meeting, "room.updated", room=room_state(room, room.settings))
