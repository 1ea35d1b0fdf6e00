"""What an operator sees at a glance, and who else sees it: nobody."""

import logging

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from meet.logs import Failures
from meet.overview import size_of
from realtime import metrics
from rooms.services.rooms import create_room
from tests.conftest import browser_of, person
from tests.rooms.people import come_in, go, guest, member

PAGE = "/admin/overview/"


@pytest.fixture
def operator(oscar):
    return browser_of(oscar)


@pytest.mark.django_db
def test_strangers_are_sent_to_sign_in():
    assert Client().get(PAGE).status_code == 302


def test_people_without_the_right_see_nothing(alice, room):
    answer = browser_of(alice).get(PAGE, follow=True)
    assert room.name not in answer.text
    assert "This process since it started" not in answer.text


def test_the_index_leads_there(operator):
    assert f'href="{PAGE}"' in operator.get("/admin/").text


def test_who_meets_now_with_how_many(operator, room, bob):
    assert "Nobody meets now." in operator.get(PAGE).text
    come_in(room, member(bob))
    come_in(room, guest(room))
    go(come_in(room, guest(room, "Otto")))
    page = operator.get(PAGE)
    [meeting] = page.context["live"]
    assert (meeting.name, meeting.people) == ("Weekly", 2)
    assert '<progress max="50" value="2"' in page.text
    assert room.code not in page.text


def test_what_is_new_today(operator, room, bob):
    come_in(room, member(bob))
    counted = {str(one["name"]): (one["today"], one["all"]) for one in operator.get(PAGE).context["counts"]}
    assert counted == {"People": (3, 3), "Rooms": (1, 1), "Meetings": (1, 1)}


def test_staff_without_the_right_to_see_meetings_or_audit_see_numbers_only(room, bob, charlie):
    come_in(room, member(bob))
    charlie.is_staff = True
    charlie.save()
    page = browser_of(charlie).get(PAGE)
    assert page.status_code == 200
    assert room.name not in page.text
    assert "Audit trail" not in page.text
    charlie.user_permissions.add(Permission.objects.get(codename="view_meeting"))
    assert room.name in browser_of(charlie).get(PAGE).text


@pytest.mark.django_db
def test_refusals_sockets_and_failures_of_this_process(operator):
    for code, count in (("room.locked", 1000), ("room.full", 2000)):
        metrics.refusals.labels(code).inc(count)
    before = Failures.count
    logging.getLogger("django.request").error("Broken at /join/abcd-efghj-kmnop/ <b>")
    page = operator.get(PAGE)
    assert [bar.name for bar in page.context["refusals"][:2]] == ["room.full", "room.locked"]
    assert page.context["failures"]["count"] == before + 1
    assert "Broken at /join/•••/ &lt;b&gt;" in page.text


def test_storage_is_added_up(tmp_path, operator):
    (tmp_path / "uploads").mkdir()
    (tmp_path / "uploads/one").write_bytes(b"x" * 5000)
    assert size_of(tmp_path) >= 5000
    assert operator.get(PAGE).context["storage"]["free"] > 0


def test_the_number_of_queries_does_not_grow(operator, alice, django_assert_max_num_queries):
    for number in range(6):
        come_in(create_room(host=alice, name=f"Room {number}"), member(person(f"Person{number}")))
    with django_assert_max_num_queries(10):
        assert len(operator.get(PAGE).context["live"]) == 6


def test_nothing_inline_for_the_policy_to_stop(operator, room, bob):
    come_in(room, member(bob))
    content = operator.get(PAGE).text.partition('<div id="content"')[2]
    assert "style=" not in content
    assert "<script" not in content.partition('id="footer"')[0]
