"""What administrators do to spaces and amenities. Every verb is one transaction, with its audit entry inside.

Bookings that stand keep the times and buffers they were made with, whatever is changed here.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.actions import Action
from audit.services import record
from bookings.models import Booking, BookingQuerySet, Slot
from bookings.services.rows import tell_spaces
from bookings.spaces.models import Amenity, OpeningHours, Space
from organizations.models import Organization
from realtime.refusals import Refused
from rooms.codes import new_code

Hours = Mapping[int, tuple[int, int]]  # by weekday, minutes of the day


@dataclass(frozen=True, slots=True)
class Changes:
    """What is given is written. `fields` of Space; `photo` is WebP, empty to take it away."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    amenities: Iterable[Amenity] | None = None
    new_amenities: tuple[str, ...] = ()
    hours: Hours | None = None
    photo: bytes | None = None


@transaction.atomic
def create_space(*, organization: Organization, actor: User, changes: Changes) -> Space:
    space = Space(organization=organization)
    with _refused_twice("space_name_once_per_organization", name_taken):
        _write(space, changes.fields)
        space.save()
    _write_rest(space, changes, actor)
    record(action=Action.SPACE_CREATED, entity=space, actor=actor, organization=organization.pk, name=space.name)
    return space


@transaction.atomic
def change_space(*, space: Space, actor: User, changes: Changes) -> Space:
    space = _locked(space)
    changed = _write(space, changes.fields)
    with _refused_twice("space_name_once_per_organization", name_taken):
        space.save()
    changed |= _write_rest(space, changes, actor)
    if changed:
        tell_spaces([space.pk])
        record(action=Action.SPACE_CHANGED, entity=space, actor=actor, organization=space.organization_id, **changed)
    return space


@transaction.atomic
def set_active(*, space: Space, actor: User, is_active: bool) -> Space:
    """Whether it can be booked. What is booked stays so."""
    space = _locked(space)
    if space.is_active != is_active:
        space.is_active = is_active
        space.save(update_fields=["is_active", "updated_at"])
        tell_spaces([space.pk])
        action = Action.SPACE_ACTIVATED if is_active else Action.SPACE_DEACTIVATED
        record(action=action, entity=space, actor=actor, organization=space.organization_id)
    return space


@transaction.atomic
def change_door_link(*, space: Space, actor: User) -> Space:
    """The old link is dead from now on."""
    space = _locked(space)
    space.door_key = new_code()
    space.save(update_fields=["door_key", "updated_at"])
    tell_spaces([space.pk])  # what hangs there looks again, and finds nothing
    record(action=Action.SPACE_DOOR_CHANGED, entity=space, actor=actor, organization=space.organization_id)
    return space


@transaction.atomic
def delete_space(*, space: Space, actor: User) -> None:
    """Refused while something is booked. What was booked there and nowhere else goes along."""
    space = _locked(space)
    if standing_in(space).exists():
        raise Refused("space.has-bookings", _("This space is booked. Cancel its bookings first, or deactivate it."))
    _drop_photo_on_commit(space)
    tell_spaces([space.pk])
    record(action=Action.SPACE_DELETED, entity=space, actor=actor, organization=space.organization_id, name=space.name)
    here = Slot.objects.filter(space=space).values("booking")
    elsewhere = Slot.objects.exclude(space=space).values("booking")
    Booking.objects.filter(pk__in=here).exclude(pk__in=elsewhere).delete()
    space.delete()


def standing_in(space: Space) -> BookingQuerySet:
    """Bookings that keep the space from being deleted."""
    return Booking.objects.standing().filter(slots__space=space)


@transaction.atomic
def rename_amenity(*, amenity: Amenity, actor: User, name: str) -> None:
    before, amenity.name = amenity.name, name
    with _refused_twice("amenity_once_per_organization", amenity_taken):
        amenity.save(update_fields=["name", "updated_at"])
    if before != name:
        _record_amenity(Action.AMENITY_CHANGED, amenity, actor, name=[before, name])


@transaction.atomic
def delete_amenity(*, amenity: Amenity, actor: User) -> None:
    _record_amenity(Action.AMENITY_DELETED, amenity, actor, name=amenity.name)
    amenity.delete()


def name_taken() -> Refused:
    return Refused("space.name-taken", _("There is already a space with this name."))


def amenity_taken() -> Refused:
    return Refused("amenity.name-taken", _("There is already an amenity with this name."))


@contextmanager
def _refused_twice(constraint: str, refusal: Callable[[], Refused]) -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if constraint not in str(error):
            raise
        raise refusal() from error


def _locked(space: Space) -> Space:
    """The space as it is now, its row locked; 404 for one that was deleted meanwhile."""
    found = Space.objects.select_for_update().filter(pk=space.pk).first()
    if found is None:
        raise Http404
    return found


def _write(space: Space, fields: Mapping[str, Any]) -> dict[str, Any]:
    changed = {name: [getattr(space, name), value] for name, value in fields.items() if getattr(space, name) != value}
    for name, (_before, value) in changed.items():
        setattr(space, name, value)
    return changed


def _write_rest(space: Space, changes: Changes, actor: User) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    if changes.amenities is not None or changes.new_amenities:
        changed |= _write_amenities(space, changes, actor)
    if changes.hours is not None:
        changed |= _write_hours(space, changes.hours)
    if changes.photo is not None:
        changed |= _write_photo(space, changes.photo)
    return changed


def _write_amenities(space: Space, changes: Changes, actor: User) -> dict[str, Any]:
    before = set(space.amenities.all())
    wanted = before if changes.amenities is None else set(changes.amenities)
    wanted = wanted | {_amenity(space, actor, name) for name in changes.new_amenities}
    if wanted == before:
        return {}
    space.amenities.set(wanted)
    return {"amenities": [sorted(one.name for one in before), sorted(one.name for one in wanted)]}


def _amenity(space: Space, actor: User, name: str) -> Amenity:
    """The one of this name, made where there is none; of two who make it at once the second finds it."""
    known = Amenity.objects.filter(organization=space.organization_id, name__iexact=name).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            made = Amenity.objects.create(organization_id=space.organization_id, name=name)
    except IntegrityError:
        return Amenity.objects.get(organization=space.organization_id, name__iexact=name)
    _record_amenity(Action.AMENITY_CREATED, made, actor, name=name)
    return made


def _write_hours(space: Space, hours: Hours) -> dict[str, Any]:
    before = {one.weekday: (one.opens, one.closes) for one in space.opening_hours.all()}
    if before == dict(hours):
        return {}
    space.opening_hours.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(space=space, weekday=day, opens=opens, closes=closes) for day, (opens, closes) in hours.items()
    )
    return {"opening_hours": [_as_text(before), _as_text(hours)]}


def _as_text(hours: Hours) -> dict[str, str]:
    return {
        str(day): f"{opens // 60:02}:{opens % 60:02}-{closes // 60:02}:{closes % 60:02}"
        for day, (opens, closes) in sorted(hours.items())
    }


def _write_photo(space: Space, photo: bytes) -> dict[str, Any]:
    if not photo and not space.photo:
        return {}
    _drop_photo_on_commit(space)
    if photo:
        space.photo.save(f"{secrets.token_hex(16)}.webp", ContentFile(photo), save=False)
    else:
        space.photo = ""
    space.save(update_fields=["photo", "updated_at"])
    return {"photo": "set" if photo else "removed"}


def _drop_photo_on_commit(space: Space) -> None:
    if space.photo.name:
        transaction.on_commit(partial(default_storage.delete, space.photo.name))


def _record_amenity(action: Action, amenity: Amenity, actor: User, **changes: Any) -> None:
    record(action=action, entity=amenity, actor=actor, organization=amenity.organization_id, **changes)
