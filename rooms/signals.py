"""Facts for those above, sent inside the transaction that makes them true."""

from django.dispatch import Signal

participant_joined = Signal()  # participant
participant_left = Signal()  # participant
