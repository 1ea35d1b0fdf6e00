"""Reads well to everybody, fits the window, keeps its own security policy; pictures for people are in ./shots/."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.people import until
from tests.browser.places import PLACES

SHOTS = Path(__file__).resolve().parents[2] / "shots"
SIZES = {360: 740, 1440: 900}
OUTSIDE = """() => [...document.querySelectorAll("h1, h2, p, a, button, input, select, textarea, video, [role]")]
  .filter((one) => one.checkVisibility() && !one.closest("[role=region][tabindex], .reactions"))
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => one.outerHTML.slice(0, 120))"""
NO_MOTION = "document.getAnimations().forEach((one) => one.effect?.getTiming().iterations === 1 && one.finish())"


@pytest.fixture(scope="module")
def axe():
    return Axe()


@pytest.mark.parametrize("place", PLACES)
def test_it_is_accessible_and_fits(place, cast, alice, room, axe):
    person = PLACES[place](cast, alice, room)
    SHOTS.mkdir(exist_ok=True)

    for width, height in SIZES.items():
        person.page.set_viewport_size({"width": width, "height": height})
        until(lambda: person.page.evaluate(OUTSIDE) == [], f"outside at {width}: {person.page.evaluate(OUTSIDE)}")
        for scheme in ("dark", "light"):
            person.page.emulate_media(color_scheme=scheme)
            person.page.evaluate(NO_MOTION)
            found = axe.run(person.page)
            assert found.violations_count == 0, f"{width} {scheme}: {found.generate_report()}"
        person.page.screenshot(path=SHOTS / f"{place.replace(' ', '-')}-{width}.png")


def test_a_script_that_somebody_slipped_in_does_not_run(cast):
    cast.expects_complaints(r"violates the following Content Security Policy directive")
    gina = cast.guest().visit("/")

    gina.page.evaluate("document.body.append(Object.assign(document.createElement('script'), { text: 'slipped = 1' }))")

    assert gina.page.evaluate("typeof slipped") == "undefined"
    expect(gina.page.get_by_role("heading", level=1)).to_be_visible()
