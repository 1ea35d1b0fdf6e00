"""The cast: Alice hosts, Bob has an account, Charlie is a stranger, Gina is a guest, Oscar is an operator."""

import pytest
from asgiref.sync import SyncToAsync
from django.db import connections
from django.test import Client

from accounts.models import User
from rooms.models import Room
from rooms.services.rooms import create_room
from rooms.visitors import give_seat

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def plain_settings(settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def empty_cache(plain_settings):
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup):
    """The thread on which sockets use the database keeps a connection, and PostgreSQL the database that has one."""
    yield
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()


@pytest.fixture(autouse=True)
def one_long_minute(monkeypatch):
    """Limits count by the minute of the clock; none turns while a slow machine is still counting."""
    monkeypatch.setattr("realtime.limits._window", lambda key, within: f"limit:{key}")


def person(name: str) -> User:
    return User.objects.create_user(f"{name.lower()}@example.org", PASSWORD, display_name=name)


@pytest.fixture
def alice(db) -> User:
    return person("Alice")


@pytest.fixture
def bob(db) -> User:
    return person("Bob")


@pytest.fixture
def charlie(db) -> User:
    return person("Charlie")


@pytest.fixture
def oscar(db) -> User:
    return User.objects.create_superuser("oscar@example.org", PASSWORD, display_name="Oscar")


@pytest.fixture
def room(alice) -> Room:
    return create_room(host=alice, name="Weekly")


def browser_of(user: User) -> Client:
    """Signed in as this person."""
    client = Client()
    client.force_login(user)
    return client


def guest_browser(room: Room, name: str = "Gina") -> Client:
    """A guest who has typed a name for this room."""
    client = Client()
    session = client.session
    give_seat(session, room, name)
    session.save()
    client.cookies["sessionid"] = session.session_key
    return client


@pytest.fixture
def host_page(alice) -> Client:
    return browser_of(alice)


@pytest.fixture
def bobs_page(bob) -> Client:
    return browser_of(bob)


@pytest.fixture
def strangers_page(charlie) -> Client:
    return browser_of(charlie)


@pytest.fixture
def guest_page(room) -> Client:
    return guest_browser(room)
