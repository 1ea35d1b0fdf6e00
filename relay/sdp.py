"""Session descriptions: offers are read within limits and distrusted; what we write is in describe.py."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from relay.extensions import (
    ABS_SEND_TIME,
    AUDIO_LEVEL,
    MID,
    REPAIRED_RID,
    RID,
    TRANSPORT_CC,
    VIDEO_ORIENTATION,
)
from relay.refusals import Refused

LONGEST = 64 * 1024
SECTIONS = 16
RIDS = 3
NAME = re.compile(r"[A-Za-z0-9_-]{1,32}\Z")
UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}\Z")
DIGEST = re.compile(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){19,63}\Z")
DIGESTS = {"sha-256": 32, "sha-384": 48, "sha-512": 64}

UNDERSTOOD = {
    "audio": {MID, AUDIO_LEVEL, TRANSPORT_CC, ABS_SEND_TIME},
    "video": {MID, RID, REPAIRED_RID, TRANSPORT_CC, ABS_SEND_TIME, VIDEO_ORIENTATION},
}
FEEDBACK = {
    "audio": ("transport-cc",),
    "video": ("transport-cc", "goog-remb", "nack", "nack pli", "ccm fir"),
}
OPUS_FORMAT = "minptime=10;useinbandfec=1"
PROFILE = "42e01f"


@dataclass(frozen=True)
class Codec:
    """One payload type of an offer."""

    payload_type: int
    name: str  # lower case, without the clock rate
    clock: str  # "90000", "48000/2"
    format: str = ""


@dataclass
class Section:
    """One m-line of an offer, and of it only what we understand."""

    kind: str
    mid: str
    sending: bool
    codecs: list[Codec] = field(default_factory=list)  # what is sent, and what belongs to it (RTX, RED)
    extensions: dict[str, int] = field(default_factory=dict)
    rids: tuple[str, ...] = ()
    sources: tuple[int, ...] = ()  # synchronisation sources named in the offer
    repairs: dict[int, int] = field(default_factory=dict)  # RTX source -> repaired source
    rejected: bool = False

    @property
    def payload_types(self) -> set[int]:
        return {codec.payload_type for codec in self.codecs}

    @property
    def codec(self) -> str:
        return next((codec.name for codec in self.codecs if codec.name not in {"rtx", "red"}), "")


@dataclass
class Offer:
    session: str
    ufrag: str
    fingerprint: tuple[str, str]
    sections: list[Section]


def parse(text: str) -> Offer:
    if len(text) > LONGEST:
        raise Refused("sdp.too_long", "The description is too long.")
    blocks = _blocks(text)
    head, parts = blocks[0], blocks[1:]
    if len(parts) > SECTIONS:
        raise Refused("sdp.too_many", "The description has too many sections.")
    try:
        sections = [_section(block) for block in parts]
        if len({section.mid for section in sections}) != len(sections):
            raise ValueError
        first = next((block for block, section in zip(parts, sections, strict=True) if not section.rejected), head)
        origin = next(line for line in head if line.startswith("o=")).split()
        return Offer(origin[1], _ufrag(first, head), _fingerprint(first, head), sections)
    except (ValueError, IndexError, StopIteration) as error:
        raise Refused("sdp.malformed", "The description can't be read.") from error


def checked_ufrag(value: str) -> str:
    if not UFRAG.match(value):
        raise Refused("sdp.malformed", "The user fragment can't be read.")
    return value


def checked_fingerprint(value: str) -> tuple[str, str]:
    """From "sha-256 AB:CD:…"."""
    algorithm, _, digest = value.strip().partition(" ")
    algorithm = algorithm.lower()
    if not DIGEST.match(digest) or (len(digest) + 1) // 3 != DIGESTS.get(algorithm):
        raise Refused("sdp.malformed", "The fingerprint can't be read.")
    return algorithm, digest.upper()


def _blocks(text: str) -> list[list[str]]:
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.startswith("m="):
            blocks.append([])
            if len(blocks) > SECTIONS + 1:
                break
        blocks[-1].append(line.strip())
    return blocks


def _values(block: Sequence[str], name: str) -> Iterator[str]:
    prefix = f"a={name}:"
    return (line[len(prefix) :] for line in block if line.startswith(prefix))


def _ufrag(block: Sequence[str], head: Sequence[str]) -> str:
    return checked_ufrag(next(_values([*block, *head], "ice-ufrag")))


def _fingerprint(block: Sequence[str], head: Sequence[str]) -> tuple[str, str]:
    return checked_fingerprint(next(_values([*block, *head], "fingerprint")))


def _section(block: list[str]) -> Section:
    kind, port, _protocol, *formats = block[0][2:].split()
    mid = next(_values(block, "mid"))
    if not NAME.match(mid) or not NAME.match(kind):
        raise ValueError("mid")
    sending = "a=sendonly" in block or "a=sendrecv" in block
    section = Section(kind, mid, sending, rejected=port == "0" or kind not in UNDERSTOOD)
    if not section.rejected:
        section.codecs = _chosen(kind, _codecs(block, formats))
        section.extensions = _extensions(kind, block)
        section.rids = _rids(block)
        section.sources, section.repairs = _sources(block)
        section.rejected = not section.codecs
    return section


def _codecs(block: list[str], formats: list[str]) -> list[Codec]:
    maps = dict(value.split(" ", 1) for value in _values(block, "rtpmap"))
    details = dict(value.split(" ", 1) for value in _values(block, "fmtp") if " " in value)
    found = []
    for number in formats:
        name, _, clock = maps.get(number, "").partition("/")
        if name and 0 <= int(number) <= 127:
            found.append(Codec(int(number), name.lower(), clock, details.get(number, "")))
    return found


def _chosen(kind: str, offered: list[Codec]) -> list[Codec]:
    """The first codec we forward and what belongs to it, in the order of the offer."""
    if kind == "audio":
        opus = next((codec for codec in offered if codec.name == "opus" and codec.clock == "48000/2"), None)
        # The blocks inside RED name the payload type of Opus, which only goes through when it is ours already.
        red = "red" if opus and opus.payload_type == 111 else ""
        chosen = [codec for codec in offered if codec is opus or (codec.name == red and "111/111" in codec.format)]
        return chosen if opus else []
    main = next((codec for codec in offered if _is_forwarded(codec)), None)
    if main is None:
        return []
    repair = f"apt={main.payload_type}"
    return [main] + [codec for codec in offered if codec.name == "rtx" and codec.format.strip() == repair][:1]


def _is_forwarded(codec: Codec) -> bool:
    if codec.name == "h264":
        return "packetization-mode=1" in codec.format and PROFILE in codec.format.lower()
    if codec.name == "vp9":
        return "profile-id" not in codec.format or "profile-id=0" in codec.format
    return codec.name in {"vp8", "av1"}


def _extensions(kind: str, block: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for value in _values(block, "extmap"):
        number, uri = value.split()[:2]
        if uri in UNDERSTOOD[kind] and 1 <= int(number.partition("/")[0]) <= 14:
            found[uri] = int(number.partition("/")[0])
    return found


def _rids(block: list[str]) -> tuple[str, ...]:
    rids = tuple(value.split()[0] for value in _values(block, "rid") if value.split()[1:2] == ["send"])
    if len(rids) > RIDS or len(set(rids)) != len(rids) or not all(NAME.match(rid) for rid in rids):
        raise ValueError("rids")
    return rids


def _sources(block: list[str]) -> tuple[tuple[int, ...], dict[int, int]]:
    named = dict.fromkeys(int(value.split()[0]) for value in _values(block, "ssrc"))
    pairs = [value.split()[1:3] for value in _values(block, "ssrc-group") if value.startswith("FID ")]
    repairs = {int(repair): int(main) for main, repair in pairs}
    mains = tuple(source for source in named if source not in repairs)
    if len(named) > 4 * RIDS or any(not 0 <= source < 2**32 for source in named):
        raise ValueError("sources")
    return mains, repairs
