"""Facts for those above, sent inside the transaction that makes them true."""

from django.dispatch import Signal

meeting_told = Signal()  # meeting, event, fields: as in rooms.events.tell
room_link_changed = Signal()  # room, which is locked
participant_joined = Signal()  # participant
participant_left = Signal()  # participant
