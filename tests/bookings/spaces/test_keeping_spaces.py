import io
import re

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from audit.models import AuditEntry
from bookings.models import Booking
from bookings.spaces.models import Amenity, Space
from bookings.states import BookingState
from tests.bookings.places import equip, join, new_space, open_at, organization_of
from tests.bookings.spaces.places import at, booked
from tests.conftest import browser_of

WHOLE = {
    "name": "Blue",
    "building": "North",
    "floor": "2",
    "time_zone": "Europe/Paris",
    "capacity": "6",
    "booked_by": "MEMBERS",
    "longest": "240",
    "horizon_days": "60",
    "buffer_before": "0",
    "buffer_after": "15",
}
PAGES = ("space-edit", "space-door", "space-change-door", "space-delete")
DEEDS = ("space-edit", "space-change-door", "space-deactivate", "space-activate", "space-delete")


@pytest.fixture(autouse=True)
def own_uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def url(name, *args):
    return reverse(name, args=("acme", *args))


def picture(kind="PNG", size=(1200, 1200)):
    written = io.BytesIO()
    Image.new("RGB", size, "teal").save(written, kind)
    return SimpleUploadedFile("secret-name.png", written.getvalue(), "image/png")


def as_shown(page, path):
    """What a browser sends back of the form on this page, hidden fields included."""
    found = {"time_zone": "UTC", "booked_by": "MEMBERS"}
    for tag in re.findall(r"<input[^>]*>", page.get(path).content.decode().split("</form>", 2)[1]):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if given.get("type") not in ("checkbox", "file") or "checked" in tag:
            found.setdefault(given.get("name"), []).append(given.get("value", ""))
    return {name: values for name, values in found.items() if name and name != "csrfmiddlewaretoken"}


def test_an_administrator_makes_a_space(acme, alice, host_page):
    equip(new_space(acme, "Green"), "Screen")
    typed = {"new_amenities": "Whiteboard, screen ,", "opens_0": "08:00", "closes_0": "00:00", "needs_approval": "on"}

    answer = host_page.post(url("space-new"), WHOLE | typed)

    blue = Space.objects.get(name="Blue")
    assert answer.url == url("space", blue.pk)
    assert (blue.organization, blue.capacity, blue.longest, blue.buffer_after) == (acme, 6, 240, 15)
    assert (blue.needs_approval, blue.is_active, blue.time_zone) == (True, True, "Europe/Paris")
    assert sorted(one.name for one in blue.amenities.all()) == ["Screen", "Whiteboard"]
    assert [(one.weekday, one.opens, one.closes) for one in blue.opening_hours.all()] == [(0, 480, 1440)]
    entry = AuditEntry.objects.get(action="space.created")
    assert (entry.organization, entry.actor_id, entry.changes) == (acme.pk, alice.pk, {"name": "Blue"})


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Give the space a name."),
        ("name", "green", "There is already a space with this name."),
        ("name", "Blue\u202eroom", "Use letters, digits"),
        ("capacity", "0", "Choose a whole number from 1 to 10000."),
        ("longest", "1441", "Choose a whole number from 5 to 1440."),
        ("horizon_days", "731", "Choose a whole number from 1 to 730."),
        ("buffer_before", "241", "Choose a whole number from 0 to 240."),
        ("time_zone", "Mars/Olympus", "Select a valid choice"),
        ("booked_by", "EVERYBODY", "Select a valid choice"),
        ("opens_3", "09:00", "Give both times, or none"),
        ("new_amenities", "x" * 51, "Use 50 characters or fewer for each."),
        ("photo", SimpleUploadedFile("a.svg", b"<svg/>"), "Use a picture in JPEG, PNG, WebP or GIF format."),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_is_made(acme, host_page, field, value, said):
    new_space(acme, "Green")
    page = host_page.post(url("space-new"), WHOLE | {field: value})
    assert page.status_code == 200
    assert said in page.content.decode()
    assert Space.objects.count() == 1
    assert Amenity.objects.count() == 0


def test_a_day_that_ends_before_it_begins_is_refused(acme, host_page):
    page = host_page.post(url("space-new"), WHOLE | {"opens_0": "10:00", "closes_0": "09:00"})
    assert "Choose an end after the start" in page.content.decode()
    assert not Space.objects.exists()


def test_two_organizations_may_use_the_same_name(acme, alice, host_page):
    new_space(organization_of(alice, slug="other"), "Blue")
    assert host_page.post(url("space-new"), WHOLE).status_code == 302


def test_only_what_was_changed_on_the_page_is_written(acme, blue, host_page):
    open_at(blue, 0, 1)
    equip(blue, "Screen")
    shown = as_shown(host_page, url("space-edit", blue.pk))
    Space.objects.filter(pk=blue.pk).update(building="South")
    blue.opening_hours.filter(weekday=1).delete()

    host_page.post(url("space-edit", blue.pk), shown | {"capacity": "12"})

    blue.refresh_from_db()
    assert (blue.capacity, blue.building) == (12, "South")
    assert blue.opening_hours.count() == 1
    assert [one.name for one in blue.amenities.all()] == ["Screen"]
    assert AuditEntry.objects.get(action="space.changed").changes == {"capacity": [8, 12]}


def test_a_new_name_that_is_taken_is_refused_and_the_old_one_stays_in_the_heading(acme, blue, green, host_page):
    shown = as_shown(host_page, url("space-edit", blue.pk))
    page = host_page.post(url("space-edit", blue.pk), shown | {"name": "GREEN"})
    assert "There is already a space with this name." in page.content.decode()
    assert "Edit Blue" in page.content.decode()
    blue.refresh_from_db()
    assert blue.name == "Blue"


def test_a_photo_is_written_anew_and_shown_to_members_alone(acme, blue, host_page, bobs_page, strangers_page, client):
    shown = as_shown(host_page, url("space-edit", blue.pk))
    assert host_page.post(url("space-edit", blue.pk), shown | {"photo": picture()}).status_code == 302
    blue.refresh_from_db()
    assert "secret" not in blue.photo.name

    answer = bobs_page.get(url("space-photo", blue.pk), {"v": blue.photo_version})
    assert Image.open(io.BytesIO(answer.content)).size == (960, 540)
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/webp", "nosniff")
    assert "immutable" in answer["Cache-Control"]
    assert strangers_page.get(url("space-photo", blue.pk)).status_code == 404
    assert client.get(url("space-photo", blue.pk)).status_code == 302


def test_a_photo_that_is_taken_away_is_gone(acme, blue, host_page, django_capture_on_commit_callbacks):
    shown = as_shown(host_page, url("space-edit", blue.pk))
    host_page.post(url("space-edit", blue.pk), shown | {"photo": picture()})
    blue.refresh_from_db()
    name = blue.photo.name

    with django_capture_on_commit_callbacks(execute=True):
        host_page.post(url("space-edit", blue.pk), shown | {"remove_photo": "on"})

    blue.refresh_from_db()
    assert not blue.photo
    assert not default_storage.exists(name)
    assert host_page.get(url("space-photo", blue.pk)).status_code == 404


def test_what_is_deactivated_is_found_by_administrators_alone(acme, blue, host_page, bobs_page):
    host_page.post(url("space-deactivate", blue.pk))
    assert "Can't be booked" in host_page.get(url("spaces")).content.decode()
    assert "Blue" not in bobs_page.get(url("spaces")).content.decode()
    assert "Blue" not in host_page.get(url("space-grid")).content.decode()

    host_page.post(url("space-activate", blue.pk))
    assert "Blue" in bobs_page.get(url("spaces")).content.decode()
    actions = AuditEntry.objects.filter(organization=acme.pk).order_by("at").values_list("action", flat=True)
    assert list(actions) == ["space.deactivated", "space.activated"]


@pytest.mark.parametrize("name", ["space-deactivate", "space-edit", "space-delete"])
def test_the_door_looks_again(blue, host_page, django_capture_on_commit_callbacks, told_topics, name):
    with django_capture_on_commit_callbacks(execute=True):
        host_page.post(url(name, blue.pk), WHOLE)
    assert told_topics == {f"space.{blue.pk}"}


def test_a_booked_space_is_not_deleted(acme, blue, bob, host_page):
    standing = booked(blue, bob, at(9), at(10))

    page = host_page.get(url("space-delete", blue.pk)).content.decode()
    assert f"/bookings/{standing.pk}/" in page
    assert "Delete space" not in page
    refused = host_page.post(url("space-delete", blue.pk))
    assert refused.status_code == 403
    assert "This space is booked." in refused.content.decode()
    assert Space.objects.filter(pk=blue.pk).exists()


def test_what_was_booked_there_alone_goes_with_a_space(acme, blue, green, bob, host_page):
    over = {"state": BookingState.CANCELLED}
    alone, both = booked(blue, bob, at(9), at(10), **over), booked(blue, bob, at(10), at(11), **over)
    both.slots.create(space=green, blocked_from=at(10), blocked_until=at(11), is_held=False)

    assert host_page.post(url("space-delete", blue.pk)).url == url("spaces")

    assert list(Space.objects.all()) == [green]
    assert list(Booking.objects.all()) == [both]
    assert alone != both
    assert AuditEntry.objects.get(action="space.deleted").changes == {"name": "Blue"}


def test_the_door_has_a_link_a_code_to_print_and_can_have_a_new_one(acme, blue, host_page):
    page = host_page.get(url("space-door", blue.pk)).content.decode()
    assert f"http://testserver/door/{blue.door_key}/" in page
    assert 'class="qrline"' in page

    before = blue.door_key
    host_page.post(url("space-change-door", blue.pk))
    blue.refresh_from_db()
    assert blue.door_key != before
    entry = AuditEntry.objects.get(action="space.door-changed")
    assert (entry.organization, entry.changes) == (acme.pk, {})


def test_amenities_are_renamed_and_deleted(acme, blue, host_page):
    screen, board = equip(blue, "Screen", "Board")
    host_page.post(url("amenity-rename", screen.pk), {f"{screen.pk}-name": "Large screen"})
    screen.refresh_from_db()
    assert screen.name == "Large screen"

    page = host_page.post(url("amenity-rename", screen.pk), {f"{screen.pk}-name": "BOARD"})
    assert "There is already an amenity with this name." in page.content.decode()

    assert "In 1 space" in host_page.get(url("amenities")).content.decode()
    host_page.post(url("amenity-delete", board.pk))
    assert [one.name for one in blue.amenities.all()] == ["Large screen"]
    changes = AuditEntry.objects.filter(organization=acme.pk).order_by("at").values_list("action", "changes")
    assert list(changes) == [
        ("amenity.changed", {"name": ["Screen", "Large screen"]}),
        ("amenity.deleted", {"name": "Board"}),
    ]


@pytest.mark.parametrize("name", sorted({*PAGES, *DEEDS}))
def test_members_are_refused_and_strangers_find_nothing(acme, blue, bob, bobs_page, charlie, strangers_page, name):
    join(organization_of(charlie, slug="other"), bob)
    for method in ["get"] * (name in PAGES) + ["post"] * (name in DEEDS):
        refused = getattr(bobs_page, method)(url(name, blue.pk))
        assert refused.status_code == 403
        assert "Only an administrator" in refused.content.decode()
        assert getattr(strangers_page, method)(url(name, blue.pk)).status_code == 404
        elsewhere = reverse(name, args=("other", blue.pk))
        assert getattr(strangers_page, method)(elsewhere).status_code == 404
    blue.refresh_from_db()
    assert blue.is_active


def test_amenities_belong_to_their_organization(acme, blue, bobs_page, charlie, strangers_page):
    organization_of(charlie, slug="other")
    [screen] = equip(blue, "Screen")
    for name in ("amenity-rename", "amenity-delete"):
        assert bobs_page.post(url(name, screen.pk)).status_code == 403
        assert strangers_page.post(url(name, screen.pk)).status_code == 404
        assert strangers_page.post(reverse(name, args=("other", screen.pk))).status_code == 404
    strangers_page.post(reverse("space-new", args=("other",)), WHOLE | {"amenities": [str(screen.pk)]})
    assert not Space.objects.filter(organization__slug="other").exists()


@pytest.mark.parametrize("name", ["spaces", "space-new", "space-grid", "space-grid-part", "amenities"])
def test_strangers_find_no_list(acme, strangers_page, bobs_page, name):
    assert strangers_page.get(url(name)).status_code == 404
    assert bobs_page.get(url(name)).status_code == (403 if name in ("space-new", "amenities") else 200)


def test_operators_see_spaces_without_their_door(acme, blue, oscar):
    page = browser_of(oscar).get(f"/admin/bookings/space/{blue.pk}/change/").content.decode()
    assert "Blue" in page
    assert blue.door_key not in page

    act = {"action": "deactivate", "_selected_action": [str(blue.pk)]}
    browser_of(oscar).post("/admin/bookings/space/", act)
    blue.refresh_from_db()
    assert not blue.is_active
