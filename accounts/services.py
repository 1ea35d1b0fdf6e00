"""What can be done to an account. Every verb is one transaction, with its audit entry inside."""

import secrets
import uuid
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.setup import SetupClosed, administrator_exists
from accounts.signals import account_closing, signed_out
from audit.actions import Action
from audit.services import record
from realtime.deadlocks import retried


@transaction.atomic
def create_account(*, user: User, **how: Any) -> User:
    """Saves a person who just signed up; IntegrityError for the second of two with one address."""
    user.save()
    note_new_account(user=user, **how)
    return user


@transaction.atomic
def note_new_account(*, user: User, **how: Any) -> None:
    record(action=Action.ACCOUNT_CREATED, entity=user, actor=user, **how)


def create_first_administrator(*, account_id: uuid.UUID, email: str, display_name: str, password: str) -> User:
    """The person with the setup link. It names the key of the row, so the database lets it work once."""
    try:
        with transaction.atomic():
            if administrator_exists():
                raise SetupClosed
            user = User.objects.create_superuser(email, password, id=account_id, display_name=display_name)
            record(action=Action.ACCOUNT_CREATED, entity=user, actor=user, administrator=True)
            return user
    except IntegrityError as lost_the_race:
        raise SetupClosed from lost_the_race


@transaction.atomic
def change_profile(*, user: User, display_name: str, language: str, time_zone: str) -> None:
    wanted = {"display_name": display_name, "language": language, "time_zone": time_zone}
    changed = {field: value for field, value in wanted.items() if getattr(user, field) != value}
    for field, value in changed.items():
        setattr(user, field, value)
    if changed:
        user.save(update_fields=[*changed, "updated_at"])
        record(action=Action.ACCOUNT_CHANGED, entity=user, actor=user, **changed)


@transaction.atomic
def set_avatar(*, user: User, picture: bytes) -> None:
    _drop_picture_on_commit(user)
    user.avatar.save(f"{secrets.token_hex(16)}.webp", ContentFile(picture), save=False)
    user.save(update_fields=["avatar", "updated_at"])
    record(action=Action.ACCOUNT_CHANGED, entity=user, actor=user, avatar="set")


@transaction.atomic
def remove_avatar(*, user: User, actor: User | None = None) -> None:
    _drop_picture_on_commit(user)
    user.avatar = ""
    user.save(update_fields=["avatar", "updated_at"])
    record(action=Action.ACCOUNT_CHANGED, entity=user, actor=actor or user, avatar="removed")


def _drop_picture_on_commit(user: User) -> None:
    stored = User.objects.select_for_update().get(pk=user.pk).avatar.name
    if stored:
        transaction.on_commit(partial(default_storage.delete, stored))


@transaction.atomic
def note_sign_in(*, user: User) -> None:
    record(action=Action.ACCOUNT_SIGNED_IN, entity=user, actor=user)


def announce_sign_out(*, user: User, session_key: str | None) -> None:
    """Tells that one session, or with None every one, is over; one deaf listener stops no other."""
    transaction.on_commit(partial(signed_out.send_robust, sender=User, user=user, session_key=session_key))


@transaction.atomic
def change_password(*, user: User, password: str | None, actor: User | None = None) -> None:
    """None leaves it without a password. Sessions end with the old password; open sockets are told to."""
    user.set_password(password)
    user.save()
    record(action=Action.ACCOUNT_PASSWORD_CHANGED, entity=user, actor=actor or user)
    announce_sign_out(user=user, session_key=None)


@transaction.atomic
def sign_out_everywhere(*, user: User, actor: User | None = None) -> None:
    user.session_epoch = uuid.uuid4()
    user.save(update_fields=["session_epoch", "updated_at"])
    record(action=Action.ACCOUNT_SIGNED_OUT_EVERYWHERE, entity=user, actor=actor or user)
    announce_sign_out(user=user, session_key=None)


@transaction.atomic
def deactivate(*, user: User, actor: User) -> None:
    _set_active(user, actor, is_active=False)
    announce_sign_out(user=user, session_key=None)


@transaction.atomic
def activate(*, user: User, actor: User) -> None:
    _set_active(user, actor, is_active=True)


def _set_active(user: User, actor: User, *, is_active: bool) -> None:
    """A new epoch, so that sessions from before do not come back with a later activation."""
    user.is_active, user.session_epoch = is_active, uuid.uuid4()
    user.save(update_fields=["is_active", "session_epoch", "updated_at"])
    record(action=Action.ACCOUNT_ACTIVATED if is_active else Action.ACCOUNT_DEACTIVATED, entity=user, actor=actor)


@retried
def delete_account(*, user: User, actor: User | None = None) -> None:
    """Listeners act while the person's rows stand, then foreign keys decide. `user` keeps its key."""
    account_closing.send(sender=User, user=user)
    record(action=Action.ACCOUNT_DELETED, entity=user, actor=actor or user)
    _drop_picture_on_commit(user)
    User.objects.filter(pk=user.pk).delete()
    announce_sign_out(user=user, session_key=None)
