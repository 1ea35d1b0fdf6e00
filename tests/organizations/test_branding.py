"""Logo, name and colour at the door of rooms; the colour is readable on light and on dark pages."""

import io
import itertools
import re

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from organizations import branding
from organizations.branding import contrast
from organizations.models import Organization
from rooms.services.rooms import close_room, create_room
from tests.conftest import browser_of, guest_browser
from tests.organizations.people import joins

LOGO = "/organizations/acme/settings/logo/"
LIGHT_SURFACES = ["#ffffff", "#f5f7f6", "#eaefed"]
DARK_SURFACES = ["#0f1513", "#171e1c", "#202927", "#0b100e"]


def picture(color, mode="RGB", size=(2000, 500)) -> SimpleUploadedFile:
    written = io.BytesIO()
    Image.new(mode, size, color).save(written, "PNG")
    return SimpleUploadedFile("logo.png", written.getvalue(), "image/png")


def parsed(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


@pytest.mark.parametrize(
    "chosen", ["#{:02x}{:02x}{:02x}".format(*one) for one in itertools.product((0, 64, 128, 192, 255), repeat=3)]
)
def test_any_colour_is_readable_in_both_schemes(chosen):
    for accent, surfaces in ((branding.light(chosen), LIGHT_SURFACES), (branding.dark(chosen), DARK_SURFACES)):
        for ground in [*surfaces, accent.accent_soft]:
            assert contrast(parsed(accent.link), parsed(ground)) >= 4.5
        for fill in (accent.accent, accent.accent_strong):
            assert contrast(parsed(fill), parsed(accent.on_accent)) >= 4.5


def test_a_colour_that_is_readable_is_left_alone():
    assert branding.light("#0b6e4f").accent == "#0b6e4f"


def test_the_door_of_a_room_shows_whose_it_is(acme, alice):
    Organization.objects.update(accent_color="#ffcc00", name="Acme Works")
    room = create_room(host=alice, organization=acme)
    page = guest_browser(room).get(room.join_path).text
    assert page.count("Acme Works") == 3  # lobby, waiting, goodbye
    style = re.search(r"/brands/[^\"]+style\.css\?v=ffcc00", page)
    answer = guest_browser(room).get(style[0])
    assert answer["Content-Type"] == "text/css; charset=utf-8" and "immutable" in answer["Cache-Control"]
    assert branding.light("#ffcc00").accent in answer.text and branding.dark("#ffcc00").accent in answer.text


def test_so_does_the_page_that_turns_people_away(acme, alice, host_page):
    Organization.objects.update(accent_color="#ffcc00")
    room = create_room(host=alice, organization=acme)
    close_room(room=room, actor=alice)
    page = host_page.get(room.join_path)
    assert page.status_code == 403 and "Acme" in page.text and "style.css?v=ffcc00" in page.text


def test_a_room_of_nobodys_organization_shows_none(acme, room, guest_page):
    page = guest_page.get(room.join_path).text
    assert "Acme" not in page and "/brands/" not in page


def test_a_logo_is_written_anew_and_shown_to_everybody(acme, host_page, client):
    host_page.post(LOGO, {"logo": picture("navy")})
    acme.refresh_from_db()
    answer = client.get(f"/brands/{acme.pk}/logo/?v={acme.logo_version}")
    assert answer["Content-Type"] == "image/webp" and "immutable" in answer["Cache-Control"]
    assert Image.open(io.BytesIO(answer.content)).size == (512, 128)


@pytest.mark.parametrize(("ink", "ground"), [((0, 0, 0), branding.LIGHT), ((255, 255, 255), branding.DARK)])
def test_a_transparent_logo_stands_out_on_any_page(ink, ground):
    drawn = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    drawn.paste((*ink, 255), (50, 25, 150, 75))
    written = io.BytesIO()
    drawn.save(written, "PNG")
    kept = Image.open(io.BytesIO(branding.logo(SimpleUploadedFile("logo.png", written.getvalue()))))
    assert kept.mode == "RGB"
    corner = kept.getpixel((2, 2))
    assert max(abs(mine - its) for mine, its in zip(corner, ground, strict=True)) < 12


def test_a_new_logo_and_none_leave_no_old_file(acme, host_page, django_capture_on_commit_callbacks):
    names = []
    for color in ("navy", "red"):
        with django_capture_on_commit_callbacks(execute=True):
            host_page.post(LOGO, {"logo": picture(color)})
        acme.refresh_from_db()
        names.append(acme.logo.name)
    assert [default_storage.exists(name) for name in names] == [False, True]
    with django_capture_on_commit_callbacks(execute=True):
        host_page.post(f"{LOGO}remove/")
    assert not default_storage.exists(names[1])
    assert browser_of(acme.memberships.get().user).get(f"/brands/{acme.pk}/logo/").status_code == 404


def test_what_is_no_picture_is_refused(acme, host_page):
    page = host_page.post(LOGO, {"logo": SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>")})
    assert "Use a picture in JPEG" in page.text
    acme.refresh_from_db()
    assert not acme.logo


def test_members_change_no_logo(acme, bob, bobs_page):
    joins(acme, bob)
    assert bobs_page.post(LOGO, {"logo": picture("red")}).status_code == 403
