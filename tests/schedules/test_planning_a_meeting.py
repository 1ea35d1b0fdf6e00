import pytest

from audit.models import AuditEntry
from rooms.schedules.models import Schedule
from rooms.services.rooms import create_room
from tests.conftest import browser_of
from tests.schedules.plans import YEAR, at, form, scheduled


def errors(answer) -> dict[str, list[str]]:
    assert answer.status_code == 200 and not Schedule.objects.exists()
    return dict(answer.context["form"].errors)


@pytest.fixture
def url(room) -> str:
    return f"/rooms/{room.code}/schedule/"


def test_a_host_plans_a_meeting_in_their_time_zone(alice, room, url):
    alice.time_zone = "Europe/Berlin"
    alice.save()
    answer = browser_of(alice).post(url, form(invitees="Bob@example.org, carol@example.org", reminder="10"))
    planned = Schedule.objects.get()
    assert answer.url == f"/schedules/{planned.pk}/"
    assert (planned.starts_at, planned.ends_at) == (at(5, 4, 7), at(5, 4, 8))
    assert (planned.organizer, planned.time_zone, planned.reminder) == (alice, "Europe/Berlin", 10)
    assert [one.email for one in planned.invitees.all()] == ["bob@example.org", "carol@example.org"]
    entry = AuditEntry.objects.get(action="schedule.created")
    assert entry.changes["invited"] == 2 and "bob@" not in str(entry.changes)


def test_the_form_is_there_with_the_next_full_hour(alice, url):
    page = browser_of(alice).get(url)
    assert page.status_code == 200 and page.context["form"]["starts"].value().minute == 0
    assert "Times are in UTC." in page.text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 101}, "title"),
        ({"title": "Review\u202e"}, "title"),
        ({"starts": "nonsense"}, "starts"),
        ({"starts": "2001-01-01T09:00"}, "starts"),
        ({"starts": "0001-01-01T00:00"}, "starts"),
        ({"ends": f"{YEAR}-05-04T09:00"}, "ends"),
        ({"ends": f"{YEAR}-05-04T08:00"}, "ends"),
        ({"ends": f"{YEAR}-05-05T09:01"}, "ends"),
        ({"repeat": "SECONDLY", "count": "2"}, "repeat"),
        ({"repeat": "DAILY"}, "until"),
        ({"repeat": "DAILY", "count": "2", "until": f"{YEAR}-06-01"}, "until"),
        ({"repeat": "DAILY", "count": "0"}, "count"),
        ({"repeat": "DAILY", "count": "53"}, "count"),
        ({"repeat": "DAILY", "until": f"{YEAR}-05-03"}, "until"),
        ({"repeat": "DAILY", "until": f"{YEAR + 1}-05-09"}, "until"),
        ({"note": "x" * 1001}, "note"),
        ({"reminder": "7"}, "reminder"),
        ({"invitees": "bob"}, "invitees"),
        ({"invitees": "bob@example.org\r\nBcc:eve@example.org"}, "invitees"),
        ({"invitees": " ".join(f"p{number}@example.org" for number in range(101))}, "invitees"),
        ({"invitees": "x" * 30_001}, "invitees"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(alice, url, wrong, field):
    answer = browser_of(alice).post(url, form(**wrong))
    assert list(errors(answer)) == [field]
    assert f'href="#id_{field}"' in answer.text


def test_an_address_that_is_listed_twice_is_invited_once(alice, room, url):
    browser_of(alice).post(url, form(invitees="bob@example.org; BOB@example.org\nbob@example.org"))
    assert [one.email for one in Schedule.objects.get().invitees.all()] == ["bob@example.org"]


def test_a_closed_room_takes_no_plans(alice, room, url):
    browser = browser_of(alice)
    browser.post(f"/rooms/{room.code}/close/")
    answer = browser.post(url, form())
    assert answer.status_code == 403 and "Reopen it" in answer.text and not Schedule.objects.exists()


def test_planning_is_limited(alice, room, url):
    browser = browser_of(alice)
    assert {browser.post(url, form()).status_code for _ in range(30)} == {302}
    assert browser.post(url, form()).status_code == 429
    assert Schedule.objects.count() == 30


def test_a_plan_is_changed_on_its_page(alice, room):
    planned = scheduled(room, invitees=("bob@example.org",))
    browser = browser_of(alice)
    page = browser.get(f"/schedules/{planned.pk}/")
    assert "Review" in page.text and "bob@example.org" in page.text
    browser.post(f"/schedules/{planned.pk}/", form(title="Retro", invitees="carol@example.org"))
    planned.refresh_from_db()
    assert planned.title == "Retro" and planned.sequence == 1
    assert [one.email for one in planned.invitees.all()] == ["carol@example.org"]
    entry = AuditEntry.objects.get(action="schedule.changed")
    assert (entry.changes["came"], entry.changes["went"]) == (1, 1)


def test_saving_what_is_the_same_changes_nothing(alice, room):
    planned = scheduled(room, at(5, 4, 7), rrule="FREQ=WEEKLY;COUNT=5", invitees=("bob@example.org",))
    browser = browser_of(alice)
    shown = browser.get(f"/schedules/{planned.pk}/").context["form"]
    values = {name: shown[name].value() for name in shown.fields}
    assert values["repeat"] == "WEEKLY" and values["count"] == 5
    sent = {name: "" if value is None else value for name, value in values.items()}
    assert browser.post(f"/schedules/{planned.pk}/", sent).status_code == 302
    assert not AuditEntry.objects.filter(action="schedule.changed").exists()


def test_a_plan_is_cancelled_after_a_question(alice, room):
    planned = scheduled(room)
    browser = browser_of(alice)
    assert "Cancel this meeting?" in browser.get(f"/schedules/{planned.pk}/cancel/").text
    assert not Schedule.objects.get().is_cancelled
    assert browser.post(f"/schedules/{planned.pk}/cancel/").url == "/rooms/"
    assert Schedule.objects.get().is_cancelled
    assert "was cancelled" in browser.get(f"/schedules/{planned.pk}/").text
    for url in (f"/schedules/{planned.pk}/", f"/schedules/{planned.pk}/cancel/"):
        assert browser.post(url, form()).status_code == 403


def test_others_find_nothing(alice, bob, room):
    planned = scheduled(room, invitees=("bob@example.org",))
    create_room(host=bob, name="Of Bob")
    urls = [f"/rooms/{room.code}/schedule/", f"/schedules/{planned.pk}/", f"/schedules/{planned.pk}/cancel/"]
    for url in urls:
        assert browser_of(bob).get(url).status_code == 404
        assert browser_of(bob).post(url, form()).status_code == 404
    assert not Schedule.objects.get().is_cancelled


def test_who_is_not_signed_in_is_asked_to(client, room):
    planned = scheduled(room)
    assert "/accounts/login/" in client.get(f"/schedules/{planned.pk}/").url
