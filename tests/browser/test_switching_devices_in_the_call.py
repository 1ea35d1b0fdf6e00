import pytest

from tests.browser.people import until

USED = """(kind) => window.keptForTests.tracks
  .filter((track) => track.kind === kind && track.readyState === "live").map(({ label }) => label)"""


@pytest.fixture
def pair(cast, alice, room):
    host, gina = cast.member(alice).join(room), cast.guest().join(room)
    host.sees("Gina")
    return host, gina


def switch(person, label, kind):
    """To the device at the end of the list; what was used before and what is used now."""
    before = person.page.evaluate(USED, kind)
    person.opens("More options", "Devices")
    dialog = person.dialog("Devices")
    options = dialog.get_by_label(label, exact=True).get_by_role("option").all_inner_texts()
    dialog.get_by_label(label, exact=True).select_option(options[-1])
    until(lambda: person.page.evaluate(USED, kind) == [options[-1]], f"not switched to {options[-1]}")
    dialog.get_by_role("button", name="Done").click()
    return before, [options[-1]]


def test_another_camera_goes_on_where_the_first_stopped(pair):
    host, gina = pair

    before, now = switch(gina, "Camera", "video")

    assert before != now
    host.sees("Gina")


def test_another_microphone_is_heard(pair):
    host, gina = pair

    before, now = switch(gina, "Microphone", "audio")

    assert before != now
    host.hears_somebody()


def test_another_microphone_is_as_silent_as_the_one_before(pair):
    host, gina = pair
    gina.press("Mute microphone")
    until(lambda: not gina.sends("audio"), "still sent")

    switch(gina, "Microphone", "audio")

    assert not gina.sends("audio")
    assert gina.button("Unmute microphone").is_visible()


def test_a_larger_picture_arrives_larger(pair):
    host, gina = pair
    host.press("Turn off camera")  # the one fake camera of both keeps the size of whoever opened it first
    host.sees("Gina")
    gina.opens("More options", "Devices")

    gina.dialog("Devices").get_by_label("Camera quality").select_option("Standard (360p)")

    width = "(video) => video.videoWidth"
    until(lambda: host.tile("Gina").locator("video").evaluate(width) == 640, "the picture has not changed")
