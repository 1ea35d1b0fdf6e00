"""Before the meeting and after it: plans, records, and what an operator sees meanwhile."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.utils import timezone
from playwright.sync_api import expect

from rooms.models import Meeting


def in_an_hour():
    starts = timezone.now().replace(microsecond=0, second=0) + timedelta(hours=1)
    return starts, starts + timedelta(minutes=30)


def plan(host, room, title, *invitees):
    starts, ends = in_an_hour()
    host.visit(f"/rooms/{room.code}/settings/")
    host.page.get_by_role("link", name="Schedule").click()
    host.page.get_by_label("Title").fill(title)
    for label, moment in (("Starts", starts), ("Ends", ends)):
        host.page.get_by_label(label).fill(moment.strftime("%Y-%m-%dT%H:%M"))
    host.page.get_by_label("Invite by mail").fill("\n".join(invitees))
    host.press("Schedule")
    host.sees_heading(title)


def upcoming(person):
    person.visit("/rooms/")
    return person.page.get_by_role("region", name="Upcoming")


def test_a_meeting_is_planned_changed_and_called_off(cast, alice, bob, room):
    EmailAddress.objects.create(user=bob, email=bob.email, verified=True, primary=True)
    host, invited = cast.member(alice), cast.member(bob)
    plan(host, room, "Budget", bob.email)
    expect(upcoming(invited).get_by_role("heading", name="Budget")).to_be_visible()

    upcoming(host).get_by_role("link", name="Edit").click()
    host.page.get_by_label("Title").fill("Budget 2027")
    host.press("Save")
    expect(upcoming(invited).get_by_role("heading", name="Budget 2027")).to_be_visible()
    upcoming(invited).get_by_role("link", name="Join").click()
    expect(invited.button("Join now")).to_be_visible()

    upcoming(host).get_by_role("link", name="Edit").click()
    host.press("Cancel meeting")
    host.press("Cancel meeting")
    expect(upcoming(invited).get_by_role("heading", name="Budget 2027")).to_have_count(0)


def read_record(person, meeting):
    person.visit("/rooms/")
    person.page.locator(f'a[href="/meetings/{meeting.pk}/"]').first.click()


def test_the_record_tells_hosts_what_happened_and_others_what_was_said(cast, alice, bob, room):
    host, member, gina = cast.member(alice).join(room), cast.member(bob).join(room), cast.guest().join(room)
    gina.press("Raise hand")
    member.press("Chat")
    member.page.get_by_role("textbox", name="Message").fill("Let us begin.")
    member.press("Send")
    member.reads("Let us begin.")
    host.press("People, 3")
    host.press("Lower Gina's hand")
    host.press("Mute Gina")
    gina.is_told("Alice muted you.")
    host.press("Leave")
    host.choose("End meeting for all")
    gina.reads("The host ended the meeting")

    for reader in (host, member):
        read_record(reader, Meeting.objects.get())
        reader.sees_heading("Hands")
        reader.reads("Let us begin.")
        expect(reader.page.get_by_role("table").get_by_text("Gina").first).to_be_visible()
    expect(member.page.get_by_role("heading", name="What hosts did")).to_have_count(0)
    host.sees_heading("What hosts did")
    expect(host.page.get_by_role("region", name="What hosts did")).to_contain_text("Alice muted Gina")


def test_an_operator_sees_a_meeting_and_ends_it(cast, oscar, alice, room):
    host, operator = cast.member(alice).join(room), cast.member(oscar)
    operator.visit("/admin/").page.get_by_role("link", name="Overview").click()
    expect(operator.page.get_by_role("row", name=room.name)).to_contain_text("1")

    operator.visit("/admin/rooms/meeting/")
    operator.page.get_by_role("checkbox", name="Select this object").check()
    operator.page.get_by_role("combobox", name="Action").select_option("End meeting")
    operator.press("Go")
    host.reads("An administrator ended the meeting")
