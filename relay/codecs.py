"""What a forwarder must see of a payload: where key frames begin, and VP8's numbers (RFC 7741).

Nothing here decodes; an end-to-end encrypted payload needs its descriptor and first byte in the clear.
"""

from typing import Final, Literal

from relay.malformed import Malformed

Codec = Literal["opus", "red", "vp8", "h264", "vp9", "av1"]

AUDIO: Final[frozenset[Codec]] = frozenset({"opus", "red"})
# What the relay itself sends, on every downlink alike; RTX (RFC 4588) of a video type is the type after it.
PAYLOAD_TYPES: Final[dict[Codec, int]] = {"opus": 111, "red": 63, "vp8": 96, "h264": 102, "vp9": 98, "av1": 45}
CLOCK_RATES: Final[dict[Codec, int]] = {
    "opus": 48000,
    "red": 48000,
    "vp8": 90000,
    "h264": 90000,
    "vp9": 90000,
    "av1": 90000,
}

_IDR, _SPS, _STAP_A, _FU_A = 5, 7, 24, 28


def is_keyframe(codec: Codec, payload: bytes) -> bool:
    """Whether a decoder may begin with this packet: a key frame begins in it. Audio: with any. Malformed: too short."""
    try:
        if codec == "vp8":
            return vp8(payload)[0]
        if codec == "h264":
            return _h264_keyframe(payload)
        if codec == "vp9":
            return _vp9_keyframe(payload)
        if codec == "av1":
            # A new coded video sequence (N), and not the rest of an earlier OBU (Z). AV1 RTP, 4.4.
            return payload[0] & 0x88 == 0x08
        return True
    except IndexError as error:
        raise Malformed(f"a truncated {codec} payload") from error


def vp8(payload: bytes) -> tuple[bool, int, int, bool, int, int]:
    """A VP8 payload descriptor (RFC 7741, 4.2): whether a key frame begins here; where the picture id is, the id,
    whether it has 15 bits; where TL0PICIDX is, and that. Places are offsets into the payload, 0 for what is absent.

    Malformed: shorter than its own descriptor, or without a byte of its frame.
    """
    picture_at = picture = tl0_at = tl0 = 0
    wide = False
    try:
        first, at = payload[0], 1
        if first & 0x80:
            flags, at = payload[1], 2
            if flags & 0x80:
                picture_at, picture, at = at, payload[at], at + 1
                wide = picture >= 0x80
                if wide:
                    picture, at = (picture & 0x7F) << 8 | payload[at], at + 1
            if flags & 0x40:
                tl0_at, tl0, at = at, payload[at], at + 1
            if flags & 0x30:
                at += 1
        # The first partition's first packet; there the frame tag begins: its lowest bit is 0 in a key frame
        # (RFC 6386, 9.1).
        key = payload[at] & 0x01 == 0 and first & 0x17 == 0x10
    except IndexError as error:
        raise Malformed("a truncated vp8 payload") from error
    return key, picture_at, picture, wide, tl0_at, tl0


def _h264_keyframe(payload: bytes) -> bool:
    """RFC 6184: an IDR slice, or the parameters that come before one."""
    kind = payload[0] & 0x1F
    if kind == _STAP_A:
        return _stap_keyframe(payload)
    if kind == _FU_A:
        return payload[1] & 0x80 != 0 and payload[1] & 0x1F in (_IDR, _SPS)
    return kind in (_IDR, _SPS)


def _stap_keyframe(payload: bytes) -> bool:
    at = 1
    while at + 2 < len(payload):
        if payload[at + 2] & 0x1F in (_IDR, _SPS):
            return True
        at += 2 + (payload[at] << 8 | payload[at + 1])
    return False


def _vp9_keyframe(payload: bytes) -> bool:
    """RFC 9628, 4.2: the beginning (B) of a frame not predicted from others (P), in the lowest spatial layer."""
    first, at = payload[0], 1
    if first & 0x48 != 0x08:
        return False
    if first & 0x80:
        at += 2 if payload[at] & 0x80 else 1
    return not first & 0x20 or payload[at] & 0x0E == 0
