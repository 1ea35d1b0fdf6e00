"""RTP packets (RFC 3550, 5.1): parsed as they come, and normalised once for everybody who gets them.

A normalised packet has the header all downlinks agree on, so that per receiver only numbers at constant
places change: see `rewriting`.
"""

from struct import Struct
from typing import Final

from relay import codecs, extensions
from relay.codecs import Codec
from relay.extensions import Ids
from relay.malformed import Malformed

LARGEST: Final = 1500
# Where the three bytes of abs-send-time lie in every normalised packet of video.
ABS_SEND_TIME_AT: Final = 17

_HEADER: Final = Struct("!BBHII")
HEADER: Final = 12
_AUDIO: Final = b"\xbe\xde\x00\x01\x10"
_VIDEO: Final = b"\xbe\xde\x00\x01\x22"
_TURNED: Final = b"\xbe\xde\x00\x02\x22"
# The fixed header and what is behind it, by the length of a packet.
_FORMS: Final = tuple(Struct(f"!BBHII{max(size - HEADER, 0)}s") for size in range(LARGEST + 1))


class Packet:
    """One decrypted packet: `extensions` by the link's ids, `payload` without padding.

    Without a payload it is a probe of the path (or keeps it open): counted for TWCC, not forwarded.
    """

    __slots__ = ("extensions", "marker", "payload", "payload_type", "sequence", "ssrc", "timestamp")

    def __init__(
        self,
        marker: bool,
        payload_type: int,
        sequence: int,
        timestamp: int,
        ssrc: int,
        extensions: dict[int, bytes],
        payload: bytes,
    ) -> None:
        self.marker = marker
        self.payload_type = payload_type
        self.sequence = sequence
        self.timestamp = timestamp
        self.ssrc = ssrc
        self.extensions = extensions
        self.payload = payload


class Normalised:
    """One packet as every receiver gets it, but for the numbers `rewriting` sets.

    `first` and `second` begin the header (marker and canonical payload type in the latter), `body` is all behind its
    twelve bytes, with abs-send-time as if it left when it `arrived` (seconds), `form` packs both into `size` bytes.
    `index` is the unwrapped sequence number and `timestamp` the RTP time, both of the source. `level` is the audio
    level in -dBov (0 the loudest, 127 silence, also where the source tells none). `payload_at`, `picture_at`,
    `tl0_at`: where in the packet the payload is, and VP8's picture id (15 bit) and TL0PICIDX, 0 if absent.
    """

    __slots__ = (
        "arrived",
        "body",
        "first",
        "form",
        "index",
        "keyframe",
        "level",
        "payload_at",
        "picture",
        "picture_at",
        "second",
        "size",
        "timestamp",
        "tl0",
        "tl0_at",
        "video",
    )

    def __init__(
        self,
        first: int,
        second: int,
        index: int,
        timestamp: int,
        arrived: float,
        body: bytes,
        payload_at: int,
        video: bool,
    ) -> None:
        self.body = body
        self.size = HEADER + len(body)
        if self.size > LARGEST:
            raise Malformed("a packet too large to forward")
        self.form = _FORMS[self.size]
        self.first = first
        self.second = second
        self.payload_at = payload_at
        self.timestamp = timestamp
        self.index = index
        self.arrived = arrived
        self.video = video
        self.keyframe = True
        self.level = 127
        self.picture_at = self.picture = self.tl0_at = self.tl0 = 0

    @property
    def payload(self) -> bytes:
        return self.body[self.payload_at - HEADER :]


def parse(data: bytes) -> Packet:
    """Malformed: not version 2, longer than LARGEST, or any of its lengths beyond the packet."""
    size = len(data)
    if not HEADER <= size <= LARGEST:
        raise Malformed("an RTP packet of no possible size")
    first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(data)
    if first & 0xC0 != 0x80:
        raise Malformed("not RTP version 2")
    at, found = HEADER + (first & 0x0F) * 4, None
    if first & 0x10:
        found, at = extensions.parse(data, at)
    end = size
    if first & 0x20:
        padding = data[-1]
        end -= padding
        if padding == 0:
            raise Malformed("padding that does not count itself")
    if at > end:
        raise Malformed("an RTP header longer than its packet")
    return Packet(second >= 0x80, second & 0x7F, sequence, timestamp, ssrc, found or {}, data[at:end])


def normalise(packet: Packet, codec: Codec, ids: Ids, index: int, arrived: float) -> Normalised:
    """Made once per packet. `index` is its unwrapped sequence number (`sequence.Sequencer`), `arrived` in seconds.

    Malformed: without a payload, with one shorter than its codec allows, or larger than LARGEST.
    """
    if not packet.payload:
        raise Malformed("a packet without a payload")
    if codec in codecs.AUDIO:
        return _audio(packet, codec, ids, index, arrived)
    turned = packet.extensions.get(ids.video_orientation)
    extension = (_TURNED if turned else _VIDEO) + send_time(arrived)
    if turned:
        extension += b"\x30" + turned[:1] + b"\x00\x00"
    made = _made(packet, codec, index, arrived, extension)
    if codec != "vp8":
        made.keyframe = codecs.is_keyframe(codec, packet.payload)
        return made
    made.keyframe, picture_at, made.picture, wide, tl0_at, made.tl0 = codecs.vp8(packet.payload)
    if wide:
        made.picture_at = picture_at + made.payload_at
        made.tl0_at = tl0_at + made.payload_at if tl0_at else 0
    return made


def _audio(packet: Packet, codec: Codec, ids: Ids, index: int, arrived: float) -> Normalised:
    level = packet.extensions.get(ids.audio_level)
    made = _made(packet, codec, index, arrived, _AUDIO + level[:1] + b"\x00\x00" if level else b"")
    if level:
        made.level = level[0] & 0x7F
    return made


def _made(packet: Packet, codec: Codec, index: int, arrived: float, extension: bytes) -> Normalised:
    return Normalised(
        0x90 if extension else 0x80,
        codecs.PAYLOAD_TYPES[codec] | packet.marker << 7,
        index,
        packet.timestamp,
        arrived,
        extension + packet.payload,
        HEADER + len(extension),
        codec not in codecs.AUDIO,
    )


def unwrap_rtx(packet: Packet, ssrc: int, payload_type: int) -> Packet | None:
    """The original inside a retransmission (RFC 4588, 4), as of `ssrc` and `payload_type`; None: a probe."""
    payload = packet.payload
    if len(payload) <= 2:
        return None
    sequence = payload[0] << 8 | payload[1]
    return Packet(packet.marker, payload_type, sequence, packet.timestamp, ssrc, packet.extensions, payload[2:])


def send_time(seconds: float) -> bytes:
    """The three bytes of abs-send-time: seconds as 6.18 bits of fixed point."""
    return (int(seconds * 262144) & 0xFFFFFF).to_bytes(3, "big")
