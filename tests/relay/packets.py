"""Packets as browsers make them, for the relay to read."""

from collections.abc import Mapping
from struct import pack

from relay import rtp
from relay.codecs import Codec
from relay.extensions import ABS_SEND_TIME, AUDIO_LEVEL, TRANSPORT_CC, VIDEO_ORIENTATION, Ids
from relay.rtp import Normalised

# What a link agreed on: other numbers than the relay's own.
IDS = Ids({AUDIO_LEVEL: 14, ABS_SEND_TIME: 5, TRANSPORT_CC: 7, VIDEO_ORIENTATION: 9})


def one_byte_form(elements: Mapping[int, bytes]) -> bytes:
    body = b"".join(bytes((number << 4 | len(value) - 1,)) + value for number, value in elements.items())
    body += bytes(-len(body) % 4)
    return pack("!HH", 0xBEDE, len(body) // 4) + body


def two_byte_form(elements: Mapping[int, bytes]) -> bytes:
    body = b"".join(bytes((number, len(value))) + value for number, value in elements.items())
    body += bytes(-len(body) % 4)
    return pack("!HH", 0x1000, len(body) // 4) + body


def wire(
    payload: bytes = b"payload",
    *,
    sequence: int = 1000,
    timestamp: int = 90000,
    ssrc: int = 0xCAFE,
    payload_type: int = 100,
    marker: bool = False,
    extension: bytes = b"",
    sources: tuple[int, ...] = (),
    padding: int = 0,
) -> bytes:
    first = 0x80 | (0x20 if padding else 0) | (0x10 if extension else 0) | len(sources)
    head = pack("!BBHII", first, marker << 7 | payload_type, sequence, timestamp, ssrc)
    tail = bytes(padding - 1) + bytes((padding,)) if padding else b""
    return head + b"".join(pack("!I", one) for one in sources) + extension + payload + tail


def vp8(picture: int = 5, tl0: int = 6, *, key: bool = False, starts: bool = True, body: bytes = b"frame") -> bytes:
    """Payload with a picture id of 15 bits, TL0PICIDX and a temporal layer, as browsers send it."""
    return (
        bytes((0x90 if starts else 0x80, 0xE0, 0x80 | picture >> 8, picture & 0xFF, tl0, 0x40))
        + bytes((0x10 if key else 0x11,))
        + body
    )


def packed(made: Normalised) -> bytes:
    """As nobody's copy: the numbers are zero."""
    return made.form.pack(made.first, made.second, 0, 0, 0, made.body)


def normalised(
    payload: bytes, index: int, *, timestamp: int = 0, at: float = 0.0, codec: Codec = "vp8", level: int | None = None
) -> Normalised:
    extension = b"" if level is None else one_byte_form({14: bytes((level,))})
    packet = rtp.parse(wire(payload, sequence=index & 0xFFFF, timestamp=timestamp, extension=extension))
    return rtp.normalise(packet, codec, IDS, index, at)
