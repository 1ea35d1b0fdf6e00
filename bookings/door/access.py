"""The only way to a space for whoever stands at its door: by the secret link that hangs there."""

from django.http import Http404

from bookings.spaces.models import Space
from rooms.codes import normalise
from rooms.lookups import guarded


def space_at_door(key: str, address: str) -> Space:
    """With its organization and opening hours, or 404. `address`: where it is asked from; too many misses are refused
    with rate.exceeded."""
    return guarded(address, lambda: _space_behind(key))


def _space_behind(key: str) -> Space:
    spaces = Space.objects.select_related("organization").prefetch_related("opening_hours")
    found = spaces.filter(door_key=normalise(key)).first()
    if found is None:
        raise Http404
    return found
