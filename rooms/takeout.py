"""What rooms add to the archive of their organization; names that guests typed are among it, their seats are not."""

from organizations.takeout.archive import columns, register
from rooms.models import Attendance, Hand, Meeting, Participant, Room, RoomSettings
from rooms.schedules.models import Invitee, Schedule

register("rooms", lambda one: columns(Room.objects.filter(organization=one), host="host__email"))
register("room-settings", lambda one: columns(RoomSettings.objects.filter(room__organization=one)))
register("meetings", lambda one: columns(Meeting.objects.filter(room__organization=one)))
register(
    "participants",
    lambda one: columns(
        Participant.objects.filter(meeting__room__organization=one), without=["seat_hash"], email="user__email"
    ),
)
register("attendance", lambda one: columns(Attendance.objects.filter(participant__meeting__room__organization=one)))
register("hands", lambda one: columns(Hand.objects.filter(participant__meeting__room__organization=one)))
register("schedules", lambda one: columns(Schedule.objects.filter(room__organization=one)))
register("schedule-invitees", lambda one: columns(Invitee.objects.filter(schedule__room__organization=one)))
