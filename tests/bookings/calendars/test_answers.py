"""Who is invited answers by the link in the mail, with an account or without."""

import re
from urllib.parse import urlsplit

import pytest
from django.core import signing
from django.test import Client

from audit.models import AuditEntry
from bookings.models import Attendee
from bookings.services.bookings import cancel, change
from bookings.services.wishes import Wish
from tests.bookings.places import booked, tomorrow
from tests.schedules.mails import deliver

GINA, CAROL = "gina@example.org", "carol@example.org"


@pytest.fixture
def booking(bob, blue):
    return booked(bob, blue, starts=tomorrow(9), attendees=(GINA, CAROL))


@pytest.fixture
def link(booking):
    """In Gina's mail, for yes."""
    [mail] = [one for one in deliver() if one.to == [GINA]]
    found = urlsplit(re.search(r"Yes: (\S+)", mail.body)[1])
    return f"{found.path}?{found.query}"


def answers() -> dict[str, str]:
    return dict(Attendee.objects.values_list("email", "answer"))


def send(link: str, answer: str = "ACCEPTED", *, seen: str = "", follow: bool = True):
    page = Client().get(link)
    values = {"answer": answer, "seen": seen or page.context["form"]["seen"].value()}
    return Client().post(link.split("?")[0], values, follow=follow)


def test_following_the_link_answers_nothing(link, booking):
    page = Client().get(link)
    assert "Will you come?" in page.text and "You answer for gina@example.org." in page.text
    assert 'value="ACCEPTED" required id="id_answer_0" checked' in page.text
    assert "Review" in page.text and "09:00–10:00 (UTC, UTC+00:00)" in page.text
    assert Client().head(link).status_code == 200 and set(answers().values()) == {"NEEDS-ACTION"}
    assert page.headers["Cache-Control"].startswith("max-age=0")


@pytest.mark.parametrize("answer", ["ACCEPTED", "TENTATIVE", "DECLINED"])
def test_sending_the_form_answers_for_one_address(link, answer):
    page = send(link, answer)
    assert "your answer is noted" in page.text
    assert answers() == {GINA: answer, CAROL: "NEEDS-ACTION"}
    assert Attendee.objects.get(email=GINA).answered_at is not None
    entry = AuditEntry.objects.get(action="booking.answered")
    assert entry.changes == {"answer": answer} and entry.organization is not None
    send(link, answer)
    assert AuditEntry.objects.filter(action="booking.answered").count() == 1


@pytest.mark.parametrize("values", [{}, {"answer": "NEEDS-ACTION"}, {"answer": "x"}, {"seen": ""}])
def test_what_is_no_answer_changes_nothing(link, values):
    seen = Client().get(link).context["form"]["seen"].value()
    sent = {"seen": seen} | values
    assert Client().post(link.split("?")[0], sent).status_code == 200
    assert set(answers().values()) == {"NEEDS-ACTION"}


def test_an_answer_to_what_was_shown_before_is_asked_again(link, booking, bob):
    seen = Client().get(link).context["form"]["seen"].value()
    wish = Wish.of(booking, starts_at=tomorrow(14), ends_at=tomorrow(15))
    change(booking=booking, actor=bob, version=booking.version, wish=wish)
    page = send(link, seen=seen)
    assert "changed while you looked" in page.text and "14:00" in page.text
    assert set(answers().values()) == {"NEEDS-ACTION"}


def test_who_is_invited_no_longer_finds_nothing(link, booking, bob):
    change(booking=booking, actor=bob, version=booking.version, wish=Wish.of(booking, attendees=(CAROL,)))
    assert Client().get(link).status_code == Client().post(link).status_code == 404


def test_what_is_off_takes_no_answers(link, booking, bob):
    cancel(booking=booking, actor=bob)
    page = Client().post(link.split("?")[0], {"answer": "ACCEPTED", "seen": "2.0"})
    assert page.status_code == 403 and "was cancelled" in page.text
    assert set(answers().values()) == {"NEEDS-ACTION"}


def test_a_link_that_we_have_not_signed_finds_nothing(link, booking):
    token = link.split("?")[0].split("/")[-2]
    for forged in (
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        signing.dumps(["booking", str(booking.pk), GINA], salt="another", compress=True),
        signing.dumps(["booking", "x", GINA], salt="bookings.answers"),
        signing.dumps("x", salt="bookings.answers"),
        "x",
    ):
        assert Client().get(f"/bookings/answer/{forged}/").status_code == 404


def test_guessing_links_is_slow(link):
    codes = {Client().get("/bookings/answer/x/").status_code for _ in range(30)}
    assert codes == {404, 429} and Client().get(link).status_code == 429


def test_answering_is_limited(link, monkeypatch):
    monkeypatch.setattr("bookings.answers.views.ANSWERS_PER_HOUR", 2)
    codes = [send(link, answer).status_code for answer in ("ACCEPTED", "DECLINED", "ACCEPTED")]
    assert codes == [200, 200, 429] and answers()[GINA] == "DECLINED"
