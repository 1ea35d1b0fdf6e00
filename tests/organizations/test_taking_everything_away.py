"""An export holds everything of the organization, nothing of others, and is there for a day."""

import io
import json
import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import CASCADE
from django.test import AsyncClient
from django.utils import timezone

from audit.models import AuditEntry
from bookings.models import Attendee, Booking, BookingState, Slot
from bookings.spaces.models import Space
from bookings.tickets.models import Ticket
from chat.models import Attachment, Message, MessageType, Thread
from organizations.models import Export, Organization
from organizations.takeout import archive, making
from organizations.takeout.services import ask_for_export
from rooms.models import Meeting, MeetingState
from rooms.services.rooms import create_room
from tests.conftest import browser_of
from tests.organizations.people import invited, joins
from tests.rooms.people import come_in, guest, member
from tests.work import do_what_is_due

EXPORT = "/organizations/acme/export/"


def filled(organization: Organization, host, word: str) -> None:
    """A bit of everything; whatever is named in it carries the word."""
    room = create_room(host=host, name=f"Room {word}", organization=organization)
    participant = come_in(room, member(host))
    come_in(room, guest(room, f"Guest {word}"))
    thread = Thread.objects.get_or_create(pk=participant.meeting_id, defaults={"meeting": participant.meeting})[0]
    said = {"thread": thread, "author_name": word}
    Message.objects.create(number=90, content=f"Public {word}", client_id=uuid4(), **said)
    Message.objects.create(number=91, content=f"Private {word}", client_id=uuid4(), is_private=True, **said)
    sent = Message.objects.create(number=92, content="a.txt", type=MessageType.FILE, client_id=uuid4(), **said)
    attachment = Attachment(message=sent, name="a.txt", size=4, content_type="text/plain")
    attachment.file.save("a.txt", ContentFile(f"File {word}".encode()))
    space = Space.objects.create(organization=organization, name=f"Space {word}", capacity=4, time_zone="UTC")
    space.photo.save("p.webp", ContentFile(f"Photo {word}".encode()))
    starts_at = timezone.now() + timedelta(days=1)
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1)}
    booking = Booking.objects.create(
        organization=organization, organizer=host, title=f"Booking {word}", state=BookingState.CONFIRMED, **times
    )
    booking.meeting = Meeting.objects.create(external_url=f"https://example.net/{word}", state=MeetingState.SCHEDULED)
    booking.save()
    Slot.objects.create(booking=booking, space=space, blocked_from=starts_at, blocked_until=booking.ends_at)
    Attendee.objects.create(booking=booking, email=f"{word}@example.org")
    Ticket.objects.create(organization=organization, number=1, title=f"Ticket {word}")
    invited(organization, f"invited.{word}@example.org")


@pytest.fixture
def both(acme, initech, alice, bob, charlie):
    joins(acme, bob)
    filled(acme, alice, "acmeword")
    filled(initech, charlie, "initechword")
    return acme


def taken(organization: Organization, actor) -> zipfile.ZipFile:
    asked = ask_for_export(organization=organization, actor=actor)
    do_what_is_due()
    export = Export.objects.get(pk=asked.pk)
    with export.file.open() as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def rows(found: zipfile.ZipFile, name: str) -> list[dict]:
    return json.loads(found.read(f"{name}.json"))


def test_everything_of_it_is_in_the_archive(both, alice):
    found = taken(both, alice)
    assert [one["email"] for one in rows(found, "members")] == ["alice@example.org", "bob@example.org"]
    for name, text in {
        "organization": "Acme",
        "invitations": "invited.acmeword@example.org",
        "audit": "room.created",
        "rooms": "Room acmeword",
        "participants": "Guest acmeword",
        "messages": "Public acmeword",
        "spaces": "Space acmeword",
        "bookings": "Booking acmeword",
        "attendees": "acmeword@example.org",
        "meetings-elsewhere": "https://example.net/acmeword",
        "tickets": "Ticket acmeword",
    }.items():
        assert text in found.read(f"{name}.json").decode(), name
    for name in ("meetings", "attendance", "slots", "room-settings", "message-files"):
        assert rows(found, name), name
    files = {name.split("/")[0]: found.read(name) for name in found.namelist() if "/" in name}
    assert files == {"spaces": b"Photo acmeword", "message-files": b"File acmeword"}
    manifest = json.loads(found.read("manifest.json"))
    assert manifest["rows"] == {name: len(rows(found, name)) for name in manifest["rows"]}
    assert manifest["missing_files"] == []


def test_nothing_of_others_and_no_secrets_are(both, alice):
    found = taken(both, alice)
    everything = "\n".join(found.read(name).decode() for name in found.namelist())
    assert "initechword" not in everything and "Initech" not in everything
    assert "Private acmeword" not in everything
    for secret in ("token_hash", "seat_hash", "door_key", "idempotency_key", "password", "session_key"):
        assert secret not in everything
    assert both.spaces.get().door_key not in everything
    assert both.invitations.get().token_hash not in everything


def test_every_table_of_an_organization_is_in_it_or_left_out_on_purpose():
    """A table that points to an organization, directly or not, is somebody's to think about."""
    left_out = {"export", "feed", "connection", "thread", "reading", "mention"}
    reached, waiting = set(), [Organization]
    while waiting:
        model = waiting.pop()
        for relation in model._meta.related_objects:
            if relation.on_delete is CASCADE and relation.related_model not in reached:
                reached.add(relation.related_model)
                waiting.append(relation.related_model)
    names = {model._meta.model_name for model in reached if model in apps.get_models()}
    known = {
        "membership": "members",
        "invitation": "invitations",
        "room": "rooms",
        "roomsettings": "room-settings",
        "meeting": "meetings",
        "participant": "participants",
        "attendance": "attendance",
        "hand": "hands",
        "reaction": "message-reactions",
        "schedule": "schedules",
        "invitee": "schedule-invitees",
        "message": "messages",
        "attachment": "message-files",
        "amenity": "amenities",
        "space": "spaces",
        "openinghours": "opening-hours",
        "series": "series",
        "booking": "bookings",
        "slot": "slots",
        "attendee": "attendees",
        "ticket": "tickets",
        "ticketentry": "ticket-entries",
    }
    assert names - known.keys() - left_out == set()
    assert set(known.values()) <= archive._sections.keys()


def test_it_is_made_in_the_background_and_shows_how_far_it_is(acme, host_page):
    host_page.post(EXPORT)
    page = host_page.get(EXPORT).text
    assert "Being made" in page and 'http-equiv="refresh"' in page and "Export everything</button>" not in page
    host_page.post(EXPORT)
    assert Export.objects.count() == 1
    do_what_is_due()
    page = host_page.get(EXPORT).text
    assert "Download" in page and 'http-equiv="refresh"' not in page
    export = Export.objects.get()
    assert 0 < export.done < export.total
    assert AuditEntry.objects.filter(action="organization.exported").count() == 1


@pytest.mark.django_db(transaction=True)
async def test_the_download_is_the_file(both, alice):
    def prepared():
        taken(both, alice)
        return Export.objects.get()

    export = await sync_to_async(prepared)()
    client = AsyncClient()
    await client.aforce_login(alice)
    answer = await client.get(f"{EXPORT}{export.pk}.zip")
    content = b"".join([part async for part in answer.streaming_content])
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    assert int(answer["Content-Length"]) == len(content) == export.size
    assert answer["Content-Disposition"].startswith('attachment; filename="acme-')


def test_members_are_refused(acme, bob, bobs_page, alice):
    joins(acme, bob)
    taken(acme, alice)
    assert bobs_page.get(EXPORT).status_code == bobs_page.post(EXPORT).status_code == 403
    assert bobs_page.get(f"{EXPORT}{Export.objects.get().pk}.zip").status_code == 403


def test_after_a_day_it_is_gone(acme, alice, host_page):
    taken(acme, alice)
    export = Export.objects.get()
    assert timedelta(hours=23) < export.expires_at - timezone.now() <= timedelta(hours=24)
    Export.objects.update(expires_at=timezone.now())
    assert host_page.get(f"{EXPORT}{export.pk}.zip").status_code == 404
    assert "Download" not in host_page.get(EXPORT).text
    making.tidy()
    assert not Export.objects.exists() and not default_storage.exists(export.file.name)


def test_one_that_fails_says_so_and_is_asked_for_again(acme, host_page, monkeypatch):
    def fails(*args):
        raise OSError("No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(archive, "write", fails)
        host_page.post(EXPORT)
        do_what_is_due()
    assert "It could not be made" in host_page.get(EXPORT).text
    host_page.post(EXPORT)
    do_what_is_due()
    assert "Download" in host_page.get(EXPORT).text


def test_one_whose_workers_died_is_given_up(acme, alice):
    export = ask_for_export(organization=acme, actor=alice)
    Export.objects.update(created_at=timezone.now() - making.ABANDONED)
    making.tidy()
    assert Export.objects.get().state == "FAILED"
    making.make(export_id=export.pk)
    assert not Export.objects.get().file


def test_a_file_that_the_storage_lost_is_named(both, alice):
    space = both.spaces.get()
    default_storage.delete(space.photo.name)
    found = taken(both, alice)
    assert json.loads(found.read("manifest.json"))["missing_files"] == [f"spaces/{space.pk}.webp"]


def test_nothing_is_left_of_one_whose_organization_goes_meanwhile(acme, alice, monkeypatch):
    export = ask_for_export(organization=acme, actor=alice)
    before = set(default_storage.listdir("exports")[1]) if default_storage.exists("exports") else set()
    write = archive.write

    def slowly(organization, target, progress):
        write(organization, target, progress)
        Export.objects.all().delete()

    monkeypatch.setattr(archive, "write", slowly)
    making.make(export_id=export.pk)
    assert set(default_storage.listdir("exports")[1]) == before


def test_nobody_asks_without_end(acme, alice):
    browser = browser_of(alice)
    assert [browser.post(EXPORT).status_code for _ in range(11)] == [302] * 10 + [429]
