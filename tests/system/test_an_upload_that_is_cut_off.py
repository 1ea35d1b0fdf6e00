"""The line breaks in the middle of a file: nothing is left behind, and the process goes on."""

import contextlib
import os
import socket
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import reverse

from chat.models import Message
from tests.client import cookies_of
from tests.conftest import browser_of
from tests.rooms.people import come_in, member
from tests.services import eventually

pytestmark = pytest.mark.django_db(transaction=True)
BIG = b"x" * 8_000_000  # half of it is beyond what is kept in memory
TOKEN = "a" * 32


def body_of(content):
    fields = {"client_id": str(uuid4()), "size": str(len(content))}
    text = "".join(f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{fields[name]}\r\n' for name in fields)
    file = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    return text.encode() + file + content + b"\r\n--x--\r\n"


@pytest.fixture
def temporary(tmp_path):
    path = tmp_path / "temporary"
    path.mkdir()
    return path


@pytest.fixture
def headers(alice):
    return {
        "Cookie": f"{cookies_of(browser_of(alice))}; csrftoken={TOKEN}",
        "X-CSRFToken": TOKEN,
        "Content-Type": "multipart/form-data; boundary=x",
    }


def files_in(*directories: Path):
    return [path for directory in directories for path in directory.rglob("*") if path.is_file()]


def spooled(server, directory):
    """Files without a name that the server holds open there (proc(5))."""
    held = []
    for number in Path(f"/proc/{server.pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            held.append(os.readlink(number))
    return [path for path in held if path.startswith(str(directory))]


def test_half_a_file_is_no_file(start_server, room, alice, headers, temporary):
    server = start_server(TMPDIR=str(temporary))
    path = reverse("chat-upload", args=[come_in(room, member(alice)).meeting_id])
    before = files_in(Path(settings.MEDIA_ROOT))
    address, body = urlsplit(server.url), body_of(BIG)
    lines = [f"POST {path} HTTP/1.1", f"Host: {address.netloc}", f"Origin: {server.url}"]
    lines += [f"{name}: {value}" for name, value in headers.items()] + [f"Content-Length: {len(body)}", "", ""]
    with socket.create_connection((address.hostname, address.port)) as line:
        line.sendall("\r\n".join(lines).encode() + body[: len(body) // 2])
        eventually(lambda: spooled(server, temporary), "nothing of it has arrived")
    eventually(lambda: not spooled(server, temporary), "what had arrived is still held")
    assert files_in(temporary) == []
    assert files_in(Path(settings.MEDIA_ROOT)) == before
    assert not Message.objects.filter(type="FILE").exists()

    whole = urllib.request.Request(server.url + path, body, {**headers, "Origin": server.url})
    with urllib.request.urlopen(whole, timeout=30) as answer:
        assert answer.status == 200
    assert Message.objects.get(type="FILE").content == "a.txt"
