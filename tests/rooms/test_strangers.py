"""Unknown, closed and not yours are one answer, word for word, so that nobody learns which codes exist."""

import re

import pytest
from django.test import Client

from rooms.codes import new_code
from rooms.models import Meeting, Room
from rooms.services.rooms import close_room, create_room
from tests.conftest import browser_of
from tests.rooms.people import come_in, guest
from tests.rooms.posts import form_of

PAGES = ["settings", "meetings", "change-link", "delete"]
VERBS = ["settings", "change-link", "close", "reopen", "delete"]


@pytest.fixture
def codes(alice) -> dict[str, str]:
    closed = create_room(host=alice)
    close_room(room=closed, actor=alice)
    return {
        "unknown": new_code(),
        "not yours": create_room(host=alice).code,
        "closed": closed.code,
        "nonsense": "nonsense",
    }


def shown(answer) -> tuple[int, str]:
    return answer.status_code, re.sub(r'(nonce="|csrfmiddlewaretoken" value=")[^"]*', "", answer.text)


@pytest.mark.parametrize("page", PAGES)
def test_pages_look_the_same(codes, charlie, page):
    browser = browser_of(charlie)
    answers = {shown(browser.get(f"/rooms/{code}/{page}/")) for code in codes.values()}
    assert len(answers) == 1 and answers.pop()[0] == 404


@pytest.mark.parametrize("verb", VERBS)
def test_attempts_look_the_same_and_change_nothing(codes, charlie, verb):
    browser = browser_of(charlie)
    before = [(codes["not yours"], "Meeting room", True), (codes["closed"], "Meeting room", False)]
    answers = {shown(browser.post(f"/rooms/{code}/{verb}/", form_of(name="Mine"))) for code in codes.values()}
    assert len(answers) == 1 and answers.pop()[0] == 404
    assert list(Room.objects.order_by("-is_active").values_list("code", "name", "is_active")) == before


@pytest.mark.parametrize("file", ["", "record.csv", "record.json"])
def test_records_look_the_same(room, charlie, file):
    meeting: Meeting = come_in(room, guest(room)).meeting
    browser = browser_of(charlie)
    answers = {
        shown(browser.get(f"/meetings/{pk}/{file}")) for pk in (meeting.pk, "11111111-1111-4111-8111-111111111111")
    }
    assert len(answers) == 1 and answers.pop()[0] == 404


@pytest.mark.parametrize("page", PAGES)
def test_who_is_not_signed_in_is_sent_to_sign_in_for_any_code(codes, page):
    for code in codes.values():
        answer = Client().get(f"/rooms/{code}/{page}/")
        assert answer.url == f"/accounts/login/?next=/rooms/{code}/{page}/"
