import pytest
from playwright.sync_api import expect

from tests.browser.people import until

RING = "(tile) => getComputedStyle(tile, '::after').boxShadow"


@pytest.fixture
def host(cast, alice, room):
    return cast.member(alice).join(room)


@pytest.fixture
def gina(cast, room, host):
    return cast.guest().join(room)


def test_hands_are_listed_in_the_order_in_which_they_went_up(host, gina):
    gina.press("Raise hand")
    host.is_told("Gina raised a hand")
    expect(host.tile("Gina")).to_have_accessible_name("Gina, hand raised")
    host.press("Raise hand")
    expect(gina.tile("Alice")).to_have_accessible_name("Alice, host, hand raised")

    for person in (host, gina):
        person.press("People, 2")
        rows = person.panel("People").get_by_role("listitem")
        expect(rows.filter(has_text="Gina")).to_contain_text("hand raised, number 1")
        expect(rows.filter(has_text="Alice")).to_contain_text("hand raised, number 2")

    gina.press("Lower hand")

    expect(host.panel("People").get_by_role("listitem").filter(has_text="Alice")).to_contain_text("number 1")
    expect(host.tile("Gina")).to_have_accessible_name("Gina")


def test_a_reaction_rises_on_every_screen_and_goes(host, gina):
    gina.opens("Reactions", "👏")

    for person in (host, gina):
        expect(person.page.get_by_text("👏").filter(visible=True)).to_be_visible()
    expect(host.page.get_by_text("👏").filter(visible=True)).to_have_count(0)
    expect(host.tile("Gina")).to_be_visible()


def test_who_speaks_has_a_ring(host, gina):
    host.press("Mute microphone")
    expect(gina.tile("Alice")).to_have_accessible_name("Alice, muted, host")

    for person in (host, gina):
        until(lambda person=person: " 4px" in person.tile("Gina").evaluate(RING), f"{person.name} sees no ring")
        assert " 4px" not in person.tile("Alice").evaluate(RING)
