import io
import struct
import zlib
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image, PngImagePlugin

from chat import history
from chat.files import clean_name, prepared
from chat.models import Attachment, Message
from chat.services.revising import delete_message
from rooms.access import inside
from rooms.models import Meeting, Participant, ParticipantState
from rooms.record import sections
from rooms.services.rooms import change_room, delete_room
from tests.chat.people import seated
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def host(room, alice):
    return seated(room, alice)


def send(page, host, content, name="notes.txt", **changes):
    fields = {"client_id": str(uuid4()), "size": len(content), **changes}
    url = reverse("chat-upload", args=[host.meeting_id])
    return page.post(url, {"file": SimpleUploadedFile(name, content), **fields})


def picture(form="PNG", size=(40, 30), **saving):
    written = io.BytesIO()
    Image.new("RGB", size, "teal").save(written, form, **saving)
    return written.getvalue()


def stored_of(attachment):
    with attachment.file.open() as file:
        return file.read()


def kept(uploads):
    return [path for path in uploads.rglob("*") if path.is_file()]


def test_a_file_is_a_message_that_everybody_inside_may_download(host, host_page, bobs_page, room, bob):
    assert send(host_page, host, b"to do").json() == {}
    message = history.snapshot(host)["messages"][-1]
    assert (message["type"], message["content"], message["file"]["name"]) == ("FILE", "notes.txt", "notes.txt")
    url = message["file"]["url"]
    assert bobs_page.get(url).status_code == 404
    seated(room, bob)
    answer = bobs_page.get(url)
    assert (answer.status_code, answer.content) == (200, b"to do")
    assert answer["Content-Disposition"] == 'attachment; filename="notes.txt"'
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "private, no-store"
    assert bobs_page.get(f"{url}?inline")["Content-Disposition"].startswith("attachment")


def test_a_guest_has_the_files_only_while_inside(host, host_page, room, guest_page):
    send(host_page, host, b"to do")
    url = reverse("chat-file", args=[Attachment.objects.get().pk])
    assert guest_page.get(url).status_code == 404
    assert Client().get(url).status_code == 404
    assert send(guest_page, host, b"x").json()["code"] == "thread.not-found"


def test_who_was_there_reads_it_with_the_record_and_strangers_never(host, host_page, room, bob, bobs_page, charlie):
    send(host_page, host, b"to do")
    guest = seated(room, bob)
    Participant.objects.filter(pk=guest.pk).update(state=ParticipantState.LEFT)
    url = reverse("chat-file", args=[Attachment.objects.get().pk])
    assert bobs_page.get(url).status_code == 200
    assert send(bobs_page, host, b"x").status_code == 404
    assert browser_of(charlie).get(url).status_code == 404
    row = sections(host.meeting)["chat"][1]
    assert (row["content"], row["file"], row["size"]) == ("notes.txt", url, 5)
    assert url.encode() in host_page.get(reverse("meeting-record", args=[host.meeting_id])).content


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_is_written_anew_and_shown(host, host_page, form):
    secret = {"exif": exif("secret place")} if form != "GIF" else {"comment": b"secret place"}
    content = picture(form, **secret) + b"secret place"
    assert send(host_page, host, content, f"a.{form.lower()}").json() == {}
    found = Attachment.objects.get()
    stored = stored_of(found)
    assert b"secret" not in stored
    assert Image.open(io.BytesIO(stored)).size == (40, 30)
    answer = host_page.get(reverse("chat-file", args=[found.pk]) + "?inline")
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["Content-Type"].startswith("image/")


def exif(text):
    data = Image.Exif()
    data[0x010E] = text
    return data


def test_text_in_a_picture_is_gone(host, host_page):
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "secret")
    send(host_page, host, picture(pnginfo=info), "a.png")
    assert b"secret" not in stored_of(Attachment.objects.get())


def png_of(width, height, data=b""):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.png", b"<!doctype html><script>alert(1)</script>", "file.type-not-allowed"),
        ("a.html", b"<html></html>", "file.type-not-allowed"),
        ("a.txt", b"\n <html></html>", "file.type-not-allowed"),
        ("a.txt", b"hello <script>alert(1)</script>", "file.type-not-allowed"),
        ("a.svg", b"<svg onload='alert(1)'/>", "file.type-not-allowed"),
        ("a.txt", b"<?xml version='1.0'?><svg/>", "file.type-not-allowed"),
        ("a.js", b"alert(1)", "file.type-not-allowed"),
        ("a.txt", b"#!/bin/sh\nrm", "file.type-not-allowed"),
        ("a.txt", b"MZ\x00\x01", "file.type-not-allowed"),
        ("a.exe", b"PK\x03\x04", "file.type-not-allowed"),
        ("a.html", b"%PDF-1.7", "file.type-not-allowed"),
        ("a.png", png_of(50_000, 50_000, zlib.compress(b"")), "file.broken"),
        ("a.png", png_of(5_001, 5_000, zlib.compress(bytes(10_000_000))), "file.broken"),
        ("a.png", picture(size=(400, 400))[:-300], "file.broken"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"PK\x03\x04" * 50, "file.broken"),
        ("a.txt", b"", "file.broken"),
    ],
)
def test_what_is_refused_leaves_nothing(host, host_page, uploads, name, content, code):
    answer = send(host_page, host, content, name)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not Message.objects.filter(type="FILE").exists()
    assert kept(uploads) == []


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\notes.txt", "notes.txt"),
        ("a\u202egnp.exe\x00\n.txt", "agnp.exe.txt"),
        ("x" * 300 + ".txt", "x" * 96 + ".txt"),
        ("..", "file"),
        ("", "file"),
        ("Grüße 📎.pdf", "Grüße 📎.pdf"),
    ],
)
def test_names_are_harmless(given, clean):
    assert clean_name(given) == clean


def test_a_picture_under_another_name_gets_its_own_ending(host, host_page):
    send(host_page, host, picture(), "page.html")
    found = Attachment.objects.get()
    assert found.name == "page.png"
    assert "page" not in found.file.name


def test_what_did_not_arrive_whole_leaves_nothing(host, host_page, uploads):
    assert send(host_page, host, b"to do", size=99).json()["code"] == "file.broken"
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhalf of'
    url = reverse("chat-upload", args=[host.meeting_id])
    answer = host_page.generic("POST", url, body, content_type="multipart/form-data; boundary=x")
    assert answer.json()["code"] == "file.broken"
    assert kept(uploads) == []


def test_too_large_and_over_quota(host, host_page, settings, uploads):
    settings.CHAT_FILE_LIMIT_MB, settings.CHAT_QUOTA_MB = 1, 1
    assert send(host_page, host, b"x" * 1_048_577).json()["code"] == "file.too-large"
    assert send(host_page, host, b"x" * 700_000).json() == {}
    assert send(host_page, host, b"x" * 700_000).json()["code"] == "file.quota-exceeded"
    assert len(kept(uploads)) == 1


def test_the_same_file_sent_again_is_there_once(host, host_page, uploads):
    mine = str(uuid4())
    for _ in range(2):
        assert send(host_page, host, b"to do", client_id=mine).json() == {}
    assert len(kept(uploads)) == 1


def test_chat_that_is_off_takes_no_files(host, host_page, room, alice):
    change_room(room=room, actor=alice, name=room.name, settings={"allow_chat": False})
    assert send(host_page, host, b"to do").json()["code"] == "chat.not-allowed"


def test_files_that_are_off_are_off_for_everybody(host, host_page, room, alice, bob, bobs_page, uploads):
    seated(room, bob)
    assert history.snapshot(host)["files"] is True
    send(host_page, host, b"to do")
    change_room(room=room, actor=alice, name=room.name, settings={"allow_files": False})
    for page in (host_page, bobs_page):
        answer = send(page, host, b"to do")
        assert (answer.status_code, answer.json()["code"]) == (400, "file.not-allowed")
    assert len(kept(uploads)) == 1
    assert history.snapshot(inside(host.pk))["files"] is False
    assert bobs_page.get(reverse("chat-file", args=[Attachment.objects.get().pk])).content == b"to do"


def test_files_turned_off_while_one_is_on_its_way_are_off(host, host_page, room, alice, monkeypatch, uploads):
    def slowly(upload):
        change_room(room=room, actor=alice, name=room.name, settings={"allow_files": False})
        return prepared(upload)

    monkeypatch.setattr("chat.services.sharing.prepared", slowly)
    assert send(host_page, host, b"to do").json()["code"] == "file.not-allowed"
    assert kept(uploads) == []


def test_a_suspended_meeting_takes_no_files(host, host_page):
    Meeting.objects.update(is_suspended=True)
    assert send(host_page, host, b"to do").json()["code"] == "meeting.suspended"


def test_a_deleted_message_or_room_takes_the_file_along(host, host_page, room, alice, uploads):
    send(host_page, host, b"one")
    found = Attachment.objects.get()
    delete_message(participant_id=host.pk, message_id=found.message_id)
    assert kept(uploads) == []
    assert host_page.get(reverse("chat-file", args=[found.pk])).status_code == 404
    send(host_page, host, b"two")
    assert default_storage.exists(Attachment.objects.get().file.name)
    delete_room(room=room, actor=alice)
    assert kept(uploads) == []


def test_another_site_cannot_send(host, alice):
    page = Client(enforce_csrf_checks=True)
    page.force_login(alice)
    assert send(page, host, b"to do").status_code == 403
