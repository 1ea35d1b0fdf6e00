"""Verbs on an organization itself. Its row is locked before any row of what belongs to it."""

import secrets
from functools import partial
from itertools import chain, count
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.actions import Action
from audit.services import record
from organizations.models import SLUG_LONGEST, Membership, MembershipRole, Organization
from realtime.refusals import Refused

RESERVED = {"new"}  # stand in addresses where slugs do


def address_taken() -> Refused:
    return Refused("organization.address-taken", _("This address is taken. Choose another one."))


def create_organization(*, creator: User, name: str, slug: str = "") -> Organization:
    """The creator becomes its administrator. Without a slug, one is made from the name."""
    try:
        with transaction.atomic():
            organization = Organization.objects.create(name=name, slug=_usable(slug) if slug else _free_slug(name))
            Membership.objects.create(organization=organization, user=creator, role=MembershipRole.ADMIN)
            _note(Action.ORGANIZATION_CREATED, organization, creator, name=name, slug=organization.slug)
            return organization
    except IntegrityError as lost_the_race:
        raise address_taken() from lost_the_race


def change_organization(*, organization: Organization, actor: User, changes: dict[str, Any]) -> Organization:
    """`changes` are fields of the organization; what is the same already is left alone."""
    try:
        with transaction.atomic():
            return _change(locked(organization), actor, changes)
    except IntegrityError as lost_the_race:
        raise address_taken() from lost_the_race


def _change(organization: Organization, actor: User, changes: dict[str, Any]) -> Organization:
    changed = {field: [getattr(organization, field), value] for field, value in changes.items()}
    changed = {field: pair for field, pair in changed.items() if pair[0] != pair[1]}
    if "slug" in changed:
        _usable(changed["slug"][1])
    for field, (_before, value) in changed.items():
        setattr(organization, field, value)
    if changed:
        organization.save(update_fields=[*changed, "updated_at"])
        _note(Action.ORGANIZATION_CHANGED, organization, actor, **changed)
    return organization


@transaction.atomic
def set_logo(*, organization: Organization, actor: User, picture: bytes) -> None:
    organization = locked(organization)
    _drop_logo_on_commit(organization)
    organization.logo.save(f"{secrets.token_hex(16)}.webp", ContentFile(picture), save=False)
    organization.save(update_fields=["logo", "updated_at"])
    _note(Action.ORGANIZATION_CHANGED, organization, actor, logo="set")


@transaction.atomic
def remove_logo(*, organization: Organization, actor: User) -> None:
    organization = locked(organization)
    _drop_logo_on_commit(organization)
    organization.logo = ""
    organization.save(update_fields=["logo", "updated_at"])
    _note(Action.ORGANIZATION_CHANGED, organization, actor, logo="removed")


def locked(organization: Organization, *, to_erase: bool = False) -> Organization:
    """As it is now, its row locked; refused for one that was deleted meanwhile.

    Rows that refer to it can be added meanwhile, unless it is locked `to_erase`.
    """
    found = Organization.objects.select_for_update(no_key=not to_erase).filter(pk=organization.pk).first()
    if found is None:
        raise Refused("organization.not-found", _("This organization is not there any more."))
    return found


def _note(action: Action, organization: Organization, actor: User, **changes: Any) -> None:
    record(action=action, entity=organization, actor=actor, organization=organization.pk, **changes)


def _drop_logo_on_commit(organization: Organization) -> None:
    if organization.logo.name:
        transaction.on_commit(partial(default_storage.delete, organization.logo.name))


def _usable(slug: str) -> str:
    if slug in RESERVED:
        raise address_taken()
    return slug


def _free_slug(name: str) -> str:
    stem = slugify(name.replace("_", " "))[: SLUG_LONGEST - 5].strip("-") or "organization"
    taken = RESERVED | set(Organization.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    candidates = chain([stem], (f"{stem}-{number}" for number in count(2)))
    return next(candidate for candidate in candidates if candidate not in taken)
