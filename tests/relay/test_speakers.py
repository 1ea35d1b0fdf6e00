"""Whom one hears, and who is speaking."""

from relay.speakers import HELD, KEPT, VOICES, Speakers

QUIET, SOFT, LOUD, SHOUT = 90, 45, 30, 15


class Meeting:
    """People who talk and fall silent, 50 packets a second each."""

    def __init__(self) -> None:
        self.speakers = Speakers[str]()
        self.now = 100.0
        self.heard: dict[str, int] = {}
        self.spoke: list[str | None] = []

    def pass_time(self, seconds: float, **levels: int) -> None:
        for step in range(round(seconds * 50)):
            self.now += 0.02
            for name, level in levels.items():
                self.heard[name] = self.heard.get(name, 0) + self.speakers.hear(name, level, self.now)
            if step % 10 == 9 and self.speakers.elect(self.now):
                self.spoke.append(self.speakers.speaker)


def test_as_many_as_there_is_room_for_are_heard_however_quiet():
    meeting = Meeting()
    meeting.pass_time(1, alice=QUIET, bob=QUIET, gina=QUIET, oscar=QUIET)
    assert meeting.heard == {"alice": 50, "bob": 50, "gina": 50, "oscar": 0}
    assert len(meeting.speakers.voices) == VOICES


def test_a_new_voice_is_heard_at_once_in_place_of_a_silent_one():
    meeting = Meeting()
    meeting.pass_time(2, alice=LOUD, bob=LOUD, gina=QUIET, oscar=QUIET)
    meeting.pass_time(0.04, alice=LOUD, bob=LOUD, gina=QUIET, oscar=LOUD)
    assert meeting.speakers.voices == {"alice", "bob", "oscar"}
    assert meeting.heard["oscar"] >= 1


def test_a_voice_keeps_its_place_for_a_second_after_it_fell_quiet():
    meeting = Meeting()
    meeting.pass_time(3, alice=LOUD, bob=LOUD, gina=LOUD)
    meeting.pass_time(KEPT - 0.1, alice=LOUD, bob=LOUD, gina=QUIET, oscar=SOFT)
    assert "gina" in meeting.speakers.voices
    meeting.pass_time(1, alice=LOUD, bob=LOUD, gina=QUIET, oscar=SOFT)
    assert meeting.speakers.voices == {"alice", "bob", "oscar"}


def test_among_many_talkers_the_loudest_are_heard():
    meeting = Meeting()
    meeting.pass_time(3, alice=SOFT, bob=LOUD, gina=LOUD)
    meeting.pass_time(3, alice=SOFT, bob=LOUD, gina=LOUD, oscar=SHOUT, charlie=SOFT)
    assert meeting.speakers.voices == {"bob", "gina", "oscar"}


def test_equals_do_not_take_turns():
    meeting = Meeting()
    meeting.pass_time(3, alice=LOUD, bob=LOUD, gina=LOUD)
    meeting.pass_time(3, alice=LOUD, bob=LOUD, gina=LOUD, oscar=LOUD - 3)
    assert meeting.heard["oscar"] == 0


def test_who_stopped_sending_is_silent():
    meeting = Meeting()
    meeting.pass_time(2, alice=LOUD, bob=LOUD, gina=LOUD)
    meeting.pass_time(1.5, alice=LOUD, bob=LOUD)
    meeting.pass_time(0.1, alice=LOUD, bob=LOUD, oscar=SOFT)
    assert meeting.speakers.voices == {"alice", "bob", "oscar"}


def test_who_talks_is_the_speaker_and_stays_it_in_silence():
    meeting = Meeting()
    meeting.pass_time(1, alice=QUIET, bob=QUIET)
    assert meeting.spoke == []
    meeting.pass_time(1, alice=QUIET, bob=LOUD)
    meeting.pass_time(10, alice=QUIET, bob=QUIET)
    assert meeting.spoke == ["bob"]
    assert meeting.speakers.speaker == "bob"


def test_a_cough_does_not_move_the_picture():
    meeting = Meeting()
    meeting.pass_time(3, alice=LOUD, bob=QUIET)
    meeting.pass_time(KEPT - 0.1, alice=QUIET, bob=SOFT)
    meeting.pass_time(3, alice=LOUD, bob=QUIET)
    assert meeting.spoke == ["alice"]


def test_the_speaker_changes_when_another_goes_on_talking():
    meeting = Meeting()
    meeting.pass_time(3, alice=LOUD, bob=QUIET)
    meeting.pass_time(HELD + 1, alice=QUIET, bob=SOFT)
    assert meeting.spoke == ["alice", "bob"]


def test_who_stopped_sending_is_not_the_speaker_for_ever():
    meeting = Meeting()
    meeting.pass_time(3, alice=SHOUT)
    meeting.pass_time(HELD + 0.5, bob=SOFT)
    assert meeting.spoke == ["alice", "bob"]


def test_speakers_of_like_loudness_do_not_flicker():
    meeting = Meeting()
    meeting.pass_time(1, alice=LOUD, bob=QUIET)
    for _ in range(10):
        meeting.pass_time(1, alice=LOUD, bob=LOUD - 3)
    assert meeting.spoke == ["alice"]
    meeting.pass_time(2, alice=LOUD, bob=SHOUT)
    assert meeting.spoke == ["alice", "bob"]


def test_whoever_became_speaker_stays_it_for_a_while():
    meeting = Meeting()
    meeting.pass_time(0.4, alice=LOUD, bob=QUIET)
    meeting.pass_time(HELD - 0.25, alice=LOUD, bob=SHOUT)
    assert meeting.spoke == ["alice"]


def test_who_leaves_gives_up_everything():
    meeting = Meeting()
    meeting.pass_time(1, alice=LOUD, bob=QUIET)
    assert not meeting.speakers.left("bob")
    assert meeting.speakers.left("alice")
    assert not meeting.speakers.left("alice")
    assert meeting.speakers.speaker is None
    assert meeting.speakers.voices == frozenset()
    meeting.pass_time(0.5, gina=LOUD)
    assert meeting.speakers.speaker == "gina"
