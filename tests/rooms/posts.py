"""What a browser sends for a room's form: a switch that is off is not sent at all."""

from rooms.forms import RoomForm
from rooms.models import Room


def form_of(room: Room | None = None, **changes) -> dict[str, object]:
    form = RoomForm.of(room) if room else RoomForm.for_new_room()
    values = {name: form[name].value() for name in form.fields}
    shown = {form[name].html_initial_name: str(value) for name, value in values.items()} if room else {}
    values |= shown | changes
    return {name: value for name, value in values.items() if value is not False and value is not None}
