"""Whom one hears, and who is the active speaker, from the audio levels of RFC 6464. Nothing is decoded."""

from typing import Final, Generic, TypeVar

P = TypeVar("P")

VOICES: Final = 3
# Levels here are loudness, 127 minus what the packet says: 0 silence, 127 the loudest; all in dB.
AUDIBLE: Final = 67.0
LOUDER: Final = 6.0
# Seconds: a voice keeps its place so long after it fell quiet, and talks so long before it outdoes another that
# talks; a speaker stays the speaker so long at least, and so long after falling quiet if nobody outdoes them.
KEPT: Final = 1.0
HELD: Final = 1.5
# Rising levels are believed sooner than falling ones; per 20 ms packet.
RISING: Final = 0.6
FALLING: Final = 0.05
# No packets for so long (seconds, DTX) are silence.
SILENT: Final = 0.3


class Voice:
    """One participant's loudness, smoothed."""

    __slots__ = ("audible", "began", "entered", "heard", "level")

    def __init__(self, now: float) -> None:
        self.level = 0.0
        self.heard = now
        self.began = self.entered = self.audible = -1e9

    def hear(self, level: int, now: float) -> None:
        loudness, before = 127 - level, self.level
        self.level += (loudness - self.level) * (RISING if loudness > self.level else FALLING)
        self.heard = now
        if self.level >= AUDIBLE:
            self.audible = now
            if before < AUDIBLE:
                self.began = now

    def outdoes(self, other: "Voice", now: float) -> bool:
        return now - self.began >= KEPT and self.loudness(now) >= max(other.loudness(now) + LOUDER, AUDIBLE)

    def last_needed(self) -> float:
        return max(self.audible, self.entered)

    def loudness(self, now: float) -> float:
        return self.level if now - self.heard < SILENT else 0.0


class Speakers(Generic[P]):
    """One meeting's voices; `P` names a participant. Bounded by who is there: say `left` of who goes."""

    __slots__ = ("_heard", "_since", "_voices", "speaker")

    def __init__(self) -> None:
        self._heard: dict[P, Voice] = {}
        self._voices: dict[P, Voice] = {}
        self._since = -1e9
        self.speaker: P | None = None
        """The active speaker: stays in silence, until another speaks."""

    @property
    def voices(self) -> frozenset[P]:
        return frozenset(self._voices)

    def hear(self, participant: P, level: int, now: float) -> bool:
        """One packet of a microphone, `level` as in `Normalised.level`; whether to forward it."""
        voice = self._heard.get(participant)
        if voice is None:
            voice = self._heard[participant] = Voice(now)
        voice.hear(level, now)
        return participant in self._voices or self._enters(participant, voice, now)

    def elect(self, now: float) -> bool:
        """Every 100 to 300 ms; whether `speaker` is now another."""
        loudest = max(self._voices, key=lambda one: self._voices[one].loudness(now), default=None)
        if loudest is None or loudest == self.speaker or now - self._since < HELD:
            return False
        if self._voices[loudest].loudness(now) < AUDIBLE or not self._yields(self._voices[loudest], now):
            return False
        self.speaker, self._since = loudest, now
        return True

    def left(self, participant: P) -> bool:
        """Gone, or muted for good; whether `speaker` is now another (None)."""
        self._heard.pop(participant, None)
        self._voices.pop(participant, None)
        if self.speaker != participant:
            return False
        self.speaker, self._since = None, -1e9
        return True

    def _yields(self, other: Voice, now: float) -> bool:
        """Whether the present speaker gives way to another who talks."""
        present = self._heard.get(self.speaker) if self.speaker is not None else None
        return present is None or now - present.audible >= HELD or other.outdoes(present, now)

    def _enters(self, participant: P, voice: Voice, now: float) -> bool:
        if len(self._voices) >= VOICES:
            outdone = self._outdone_by(voice, now) if voice.level >= AUDIBLE else None
            if outdone is None:
                return False
            del self._voices[outdone]
        voice.entered = now
        self._voices[participant] = voice
        return True

    def _outdone_by(self, voice: Voice, now: float) -> P | None:
        """Who gives up a place: one long quiet; else a talker, to who is clearly louder."""
        voices = self._voices
        longest_quiet = min(voices, key=lambda one: voices[one].last_needed())
        if now - voices[longest_quiet].last_needed() >= KEPT:
            return longest_quiet
        quietest = min(voices, key=lambda one: voices[one].loudness(now))
        talked = now - voices[quietest].entered
        return quietest if talked >= KEPT and voice.outdoes(voices[quietest], now) else None
