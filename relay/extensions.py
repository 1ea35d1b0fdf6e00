"""RTP header extensions (RFC 8285): both forms on the way in, one canonical layout on the way out."""

from collections.abc import Mapping
from typing import Final

from relay.malformed import Malformed

AUDIO_LEVEL: Final = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
ABS_SEND_TIME: Final = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
VIDEO_ORIENTATION: Final = "urn:3gpp:video-orientation"
TRANSPORT_CC: Final = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
MID: Final = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID: Final = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID: Final = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"

# What the relay itself sends, on every downlink alike.
CANONICAL: Final = {AUDIO_LEVEL: 1, ABS_SEND_TIME: 2, VIDEO_ORIENTATION: 3}

ONE_BYTE: Final = 0xBEDE
TWO_BYTES: Final = 0x1000
MOST_EXTENSIONS: Final = 32


class Ids:
    """The ids one link agreed on, 0 for what it did not."""

    __slots__ = ("abs_send_time", "audio_level", "mid", "repaired_rid", "rid", "transport_cc", "video_orientation")

    def __init__(self, ids: Mapping[str, int]) -> None:
        """`ids`: URI to id, from 1 to 255; unknown URIs are ignored."""
        self.audio_level = ids.get(AUDIO_LEVEL, 0)
        self.abs_send_time = ids.get(ABS_SEND_TIME, 0)
        self.video_orientation = ids.get(VIDEO_ORIENTATION, 0)
        self.transport_cc = ids.get(TRANSPORT_CC, 0)
        self.mid = ids.get(MID, 0)
        self.rid = ids.get(RID, 0)
        self.repaired_rid = ids.get(REPAIRED_RID, 0)


def parse(data: bytes, at: int) -> tuple[dict[int, bytes], int]:
    """The extensions by id, and where the payload begins; `at` is the extension header's place (RFC 3550, 5.3.1).

    Of an id that comes twice the last counts. Profiles other than those of RFC 8285 are skipped.
    """
    start = at + 4
    if start > len(data):
        raise Malformed("a truncated extension header")
    profile, end = data[at] << 8 | data[at + 1], start + (data[at + 2] << 8 | data[at + 3]) * 4
    if end > len(data):
        raise Malformed("header extensions longer than their packet")
    if profile == ONE_BYTE:
        return _one_byte(data, start, end), end
    if profile & 0xFFF0 == TWO_BYTES:
        return _two_bytes(data, start, end), end
    return {}, end


def _one_byte(data: bytes, at: int, end: int) -> dict[int, bytes]:
    """At most fourteen: there are no more ids."""
    found: dict[int, bytes] = {}
    while at < end:
        head = data[at]
        if 0x10 <= head < 0xF0:
            after = at + (head & 0x0F) + 2
            if after > end:
                raise Malformed("a header extension too long")
            found[head >> 4] = data[at + 1 : after]
            at = after
        elif head:
            break
        else:
            at += 1
    return found


def _two_bytes(data: bytes, at: int, end: int) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while at < end:
        if data[at] == 0:
            at += 1
            continue
        if at + 1 == end:
            raise Malformed("a truncated header extension")
        after = at + data[at + 1] + 2
        if after > end or len(found) == MOST_EXTENSIONS:
            raise Malformed("header extensions too long, or too many")
        found[data[at]] = data[at + 2 : after]
        at = after
    return found
