import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from rooms.models import WithoutHost
from tests.browser.people import until

SUSPENDED = "The host has suspended the meeting."


@pytest.fixture
def host(cast, alice, room):
    return cast.member(alice).join(room)


def suspend(host):
    host.press("Suspend everything")
    host.dialog("Suspend the meeting?").get_by_role("button", name="Suspend everything").click()


def test_everything_stops_until_a_host_resumes(cast, room, host):
    gina = cast.guest().join(room)
    host.press("People, 2")
    suspend(host)

    for person in (host, gina):
        person.is_told(SUSPENDED)
        until(lambda person=person: not person.sends("audio") and not person.sends("video"), "something is still sent")
    for name in ("Unmute microphone", "Turn on camera", "Share screen", "Reactions"):
        expect(gina.button(name)).to_be_disabled()
    gina.types("m")
    expect(gina.page.locator("#toasts").get_by_text(SUSPENDED)).to_be_visible()
    gina.types("r")
    expect(gina.page.get_by_role("menu", name="Reactions")).to_be_hidden()
    expect(gina.button("Resume the meeting")).to_have_count(0)
    expect(host.button("Unmute microphone")).to_be_enabled()

    host.press("Resume the meeting")

    for person in (host, gina):
        expect(person.page.locator("#banner")).not_to_contain_text(SUSPENDED)
    gina.press("Unmute microphone")
    until(lambda: gina.sends("audio"), "Gina is still silenced")
    expect(host.button("Suspend everything")).to_be_focused()


def test_who_comes_later_is_told_and_a_host_resumes_without_the_panel(cast, room, host):
    host.press("People, 1")
    suspend(host)
    host.is_told(SUSPENDED)
    host.press("Close people")

    gina = cast.guest().join(room)

    gina.is_told(SUSPENDED)
    expect(gina.button("Unmute microphone")).to_be_disabled()
    host.press("Resume the meeting")
    expect(gina.button("Unmute microphone")).to_be_enabled()


def test_a_meeting_without_a_host_says_when_it_ends(cast, room, host):
    room.settings.without_host = WithoutHost.END
    room.settings.save()
    gina = cast.guest().join(room)
    host.opens("Leave", "Leave meeting")

    gina.is_told(re.compile(r"No host is here. The meeting ends at .+ unless one comes back."))
    room.meetings.update(hostless_since=timezone.now() - timedelta(hours=1))

    gina.sees_heading("No host came back")
