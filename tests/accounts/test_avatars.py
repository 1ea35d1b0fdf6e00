import io
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.conftest import browser_of

URL = "/accounts/profile/avatar/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def picture(kind="PNG", size=(600, 300), mode="RGB", **saving):
    written = io.BytesIO()
    Image.new(mode, size, "teal").save(written, kind, **saving)
    return written.getvalue()


def upload(user, content, name="me.png"):
    return browser_of(user).post(URL, {"avatar": SimpleUploadedFile(name, content, "image/png")})


def png_that_claims(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * ((width // 8 + 1) * 100), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("JPEG", "L"), ("WEBP", "RGB"), ("GIF", "P")]
)
def test_a_picture_becomes_a_small_square_webp(alice, client, kind, mode):
    assert upload(alice, picture(kind, mode=mode)).status_code == 302
    alice.refresh_from_db()
    response = client.get(alice.avatar_url)
    assert response.headers["Content-Type"] == "image/webp"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in response.headers["Cache-Control"]
    shown = Image.open(io.BytesIO(response.content))
    assert (shown.format, shown.size) == ("WEBP", (256, 256))


def test_nothing_that_the_file_carried_is_kept(alice):
    exif = Image.Exif()
    exif[0x010E] = "my home address"
    upload(alice, picture("JPEG", exif=exif), "secret-name.jpg")
    alice.refresh_from_db()
    with alice.avatar.open() as kept:
        assert b"my home address" not in kept.read()
    assert "secret" not in alice.avatar.name


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "Use a picture"),
        (b"<html>", "Use a picture"),
        (b"", "empty"),
        (picture()[:60], "Use a picture"),
        (picture("BMP"), "Use a picture"),
        (picture("TIFF"), "Use a picture"),
        (png_that_claims(6000, 6000), "25 megapixels"),
        (png_that_claims(12000, 12000), "Use a picture"),
        (png_that_claims(60000, 60000), "Use a picture"),
        (b"\x89PNG" + b"\0" * (5 * 1024 * 1024), "larger than 5 MB"),
    ],
    ids=["svg", "html", "empty", "cut off", "bmp", "tiff", "too many pixels", "warned of", "bomb", "too big"],
)
def test_what_is_not_a_fair_picture_is_refused(alice, content, said):
    response = upload(alice, content)
    assert response.status_code == 200
    assert said in response.content.decode()
    alice.refresh_from_db()
    assert alice.avatar_url == ""


def test_a_new_picture_has_a_new_address_and_the_old_file_goes(alice, django_capture_on_commit_callbacks):
    upload(alice, picture())
    alice.refresh_from_db()
    old_url, old_name = alice.avatar_url, alice.avatar.name
    with django_capture_on_commit_callbacks(execute=True):
        upload(alice, picture("JPEG"))
    alice.refresh_from_db()
    assert alice.avatar_url != old_url
    assert not default_storage.exists(old_name)


def test_an_address_without_the_version_is_not_kept_for_good(alice, client):
    upload(alice, picture())
    assert client.get(f"/accounts/avatars/{alice.pk}/").headers["Cache-Control"] == "private, no-cache"


def test_a_picture_can_be_removed(alice, client, django_capture_on_commit_callbacks):
    upload(alice, picture())
    alice.refresh_from_db()
    url, name = alice.avatar_url, alice.avatar.name
    with django_capture_on_commit_callbacks(execute=True):
        browser_of(alice).post("/accounts/profile/avatar/remove/")
    assert client.get(url).status_code == 404
    assert not default_storage.exists(name)


def test_somebody_unknown_and_somebody_without_a_picture_look_the_same(alice, client):
    without = client.get(f"/accounts/avatars/{alice.pk}/")
    unknown = client.get("/accounts/avatars/00000000-0000-4000-8000-000000000000/")
    assert without.status_code == unknown.status_code == 404


def test_a_file_that_was_lost_is_not_there(alice, client):
    upload(alice, picture())
    alice.refresh_from_db()
    default_storage.delete(alice.avatar.name)
    assert client.get(alice.avatar_url).status_code == 404


def test_a_stranger_uploads_nothing(client):
    assert client.post(URL).url.startswith("/accounts/login/")
