"""Whom one hears, and who is the active speaker, from the audio levels of RFC 6464. Nothing is decoded."""

from typing import Final, Generic, TypeVar

P = TypeVar("P")

VOICES: Final = 3
# Levels here are loudness, 127 minus what the packet says: 0 silence, 127 the loudest; all in dB.
AUDIBLE: Final = 67.0
LOUDER: Final = 6.0
# Seconds: a voice keeps its place so long after it fell quiet; a speaker stays the speaker so long at least.
KEPT: Final = 1.0
HELD: Final = 1.5
# Rising levels are believed sooner than falling ones; per 20 ms packet.
RISING: Final = 0.35
FALLING: Final = 0.05
# No packets for so long (seconds, DTX) are silence.
SILENT: Final = 0.3


class Voice:
    """One participant's loudness, smoothed."""

    __slots__ = ("audible", "entered", "heard", "level")

    def __init__(self, now: float) -> None:
        self.level = 0.0
        self.heard = now
        self.entered = self.audible = -1e9

    def hear(self, level: int, now: float) -> None:
        loudness = 127 - level
        self.level += (loudness - self.level) * (RISING if loudness > self.level else FALLING)
        self.heard = now
        if self.level >= AUDIBLE:
            self.audible = now

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
        best, loudest = self.speaker, 0.0
        for participant, voice in self._voices.items():
            loudness = voice.loudness(now)
            if loudness >= AUDIBLE and loudness > loudest:
                best, loudest = participant, loudness
        if best == self.speaker or now - self._since < HELD or not self._yields(loudest, now):
            return False
        self.speaker, self._since = best, now
        return True

    def left(self, participant: P) -> bool:
        """Gone, or muted for good; whether `speaker` is now another (None)."""
        self._heard.pop(participant, None)
        self._voices.pop(participant, None)
        if self.speaker != participant:
            return False
        self.speaker, self._since = None, -1e9
        return True

    def _yields(self, loudest: float, now: float) -> bool:
        """Whether the present speaker gives way to one so loud."""
        present = self._heard.get(self.speaker) if self.speaker is not None else None
        if present is None or now - present.audible >= HELD:
            return True
        return loudest >= present.loudness(now) + LOUDER

    def _enters(self, participant: P, voice: Voice, now: float) -> bool:
        if len(self._voices) >= VOICES:
            if voice.level < AUDIBLE:
                return False
            quietest = min(self._voices, key=lambda one: self._voices[one].loudness(now))
            present = self._voices[quietest]
            if now - max(present.audible, present.entered) < KEPT and not self._outshouts(voice, present, now):
                return False
            del self._voices[quietest]
        voice.entered = now
        self._voices[participant] = voice
        return True

    def _outshouts(self, voice: Voice, present: Voice, now: float) -> bool:
        """Three talk already: a fourth must be clearly louder than one who had its time and still talks."""
        talking = present.loudness(now) >= AUDIBLE and now - present.entered >= KEPT
        return talking and voice.level >= present.loudness(now) + LOUDER
