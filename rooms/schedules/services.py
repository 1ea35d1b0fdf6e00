"""Verbs on schedules. The room's row is locked first, like for everything that is shared."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.actions import Action
from audit.services import record
from realtime.refusals import Refused
from rooms.models import Room
from rooms.schedules import notices
from rooms.schedules.models import Invitee, NoticeKind, Schedule
from rooms.schedules.reminders import next_reminder_at
from rooms.schedules.times import Span, over_at, spans

MOST_INVITEES = 100


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planned. Times are instants; `rrule` is made by `times.rule`."""

    title: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    note: str = ""
    rrule: str = ""
    reminder: int = 0
    invitees: tuple[str, ...] = ()

    @property
    def addresses(self) -> set[str]:
        return {address.lower() for address in self.invitees}


TOLD = ("title", "note", "starts_at", "ends_at", "time_zone", "rrule")  # what invitees hear of
FIELDS = (*TOLD, "reminder")


@transaction.atomic
def create_schedule(*, room: Room, organizer: User, plan: Plan) -> Schedule:
    room = _locked_room(room)
    schedule = Schedule(room=room, organizer=organizer)
    _write(schedule, plan)
    _invite(schedule, plan.addresses)
    record(
        action=Action.SCHEDULE_CREATED,
        entity=schedule,
        actor=organizer,
        title=schedule.title,
        starts_at=schedule.starts_at.isoformat(),
        ends_at=schedule.ends_at.isoformat(),
        rrule=schedule.rrule,
        invited=len(plan.addresses),
    )
    return schedule


@transaction.atomic
def change_schedule(*, schedule: Schedule, actor: User, plan: Plan) -> Schedule:
    """Invitees hear of what changed for them; who is no longer on the list is told that it is off for them."""
    schedule = _locked(schedule)
    changed = [field for field in FIELDS if getattr(schedule, field) != getattr(plan, field)]
    before = set(schedule.invitees.values_list("email", flat=True))
    came, went = plan.addresses - before, before - plan.addresses
    if not (changed or came or went):
        return schedule
    if came or went or set(changed) & set(TOLD):
        schedule.sequence += 1
    _write(schedule, plan)
    schedule.invitees.filter(email__in=went).delete()
    _invite(schedule, came)
    notices.write(NoticeKind.CANCELLATION, schedule, went)
    if set(changed) & set(TOLD):
        notices.write(NoticeKind.UPDATE, schedule, before - went)
    record(action=Action.SCHEDULE_CHANGED, entity=schedule, actor=actor, fields=changed, came=len(came), went=len(went))
    return schedule


@transaction.atomic
def cancel_schedule(*, schedule: Schedule, actor: User | None) -> Schedule:
    schedule = _locked(schedule)
    _cancel(schedule, actor)
    return schedule


def cancel_all_in(*, room: Room, actor: User | None) -> None:
    """For a room that closes or goes. The caller holds its lock."""
    for schedule in _standing_in(room):
        _cancel(schedule, actor)


def tell_new_link(*, room: Room) -> None:
    """Invitees get the link that works. The caller holds the room's lock and has changed the code."""
    for schedule in _standing_in(room):
        schedule.sequence += 1
        schedule.save()
        notices.write(NoticeKind.UPDATE, schedule, _addresses(schedule))


def occurrence_in(room: Room, moment: datetime, *, early: timedelta) -> tuple[Schedule, Span] | None:
    """The occurrence that a meeting beginning now belongs to; of several the one that starts last."""
    found = [
        (span, schedule)
        for schedule in Schedule.objects.standing().filter(room=room, starts_at__lte=moment + early)
        if (span := _current(schedule, moment, early)) is not None
    ]
    span, schedule = max(found, key=lambda pair: pair[0], default=(None, None))
    return (schedule, span) if schedule and span else None


def _current(schedule: Schedule, moment: datetime, early: timedelta) -> Span | None:
    running = [span for span in _nearby(schedule, moment) if span.starts_at - early <= moment]
    return running[-1] if running else None


def _nearby(schedule: Schedule, moment: datetime) -> Iterable[Span]:
    for span in spans(schedule, after=moment):
        if span.starts_at > moment + timedelta(days=1):
            return
        yield span


def _write(schedule: Schedule, plan: Plan) -> None:
    for field in FIELDS:
        setattr(schedule, field, getattr(plan, field))
    last = over_at(schedule)
    if last is None or last <= timezone.now():
        raise Refused("schedule.past", _("This time is over already."))
    if len(plan.addresses) > MOST_INVITEES:
        raise Refused("schedule.too-many-invitees", _("Invite 100 people or fewer."))
    schedule.over_at = last
    schedule.next_reminder_at = next_reminder_at(schedule, after=timezone.now())
    schedule.save()


def _invite(schedule: Schedule, addresses: Iterable[str]) -> None:
    Invitee.objects.bulk_create(Invitee(schedule=schedule, email=address) for address in sorted(addresses))
    notices.write(NoticeKind.INVITATION, schedule, addresses)


def _cancel(schedule: Schedule, actor: User | None) -> None:
    schedule.cancelled_at, schedule.next_reminder_at = timezone.now(), None
    schedule.sequence += 1
    schedule.save()
    notices.write(NoticeKind.CANCELLATION, schedule, _addresses(schedule))
    record(action=Action.SCHEDULE_CANCELLED, entity=schedule, actor=actor)


def _addresses(schedule: Schedule) -> list[str]:
    return list(schedule.invitees.values_list("email", flat=True))


def _standing_in(room: Room) -> Iterable[Schedule]:
    return Schedule.objects.standing().select_related("room", "organizer").filter(room=room)


def _locked_room(room: Room) -> Room:
    found = Room.objects.select_for_update().open().filter(pk=room.pk).first()
    if found is None:
        raise Refused("schedule.room-closed", _("This room is closed. Reopen it to plan meetings in it."))
    return found


def _locked(schedule: Schedule) -> Schedule:
    """The schedule as it is now; refused for one that is cancelled, or over, or went with its room."""
    Room.objects.select_for_update().filter(pk=schedule.room_id).first()
    found = Schedule.objects.standing().select_related("room", "organizer").filter(pk=schedule.pk).first()
    if found is None:
        raise Refused("schedule.over", _("This meeting is over or was cancelled, so it does not change any more."))
    return found
