"""Where a decoder may begin."""

import pytest

from relay.codecs import is_keyframe, vp8
from relay.malformed import Malformed
from tests.relay.packets import vp8 as vp8_payload

KEY = [
    ("vp8", vp8_payload(key=True)),
    ("vp8", b"\x10\x10"),
    ("h264", b"\x65idr"),
    ("h264", b"\x67sps"),
    ("h264", b"\x78\x00\x02\x09\xf0\x00\x03\x68ab\x00\x02\x65a"),
    ("h264", b"\x7c\x85idr"),
    ("vp9", b"\x08frame"),
    ("vp9", b"\x88\x05frame"),
    ("vp9", b"\xa8\x85\x05\x00\x00frame"),
    ("av1", b"\x08obu"),
    ("av1", b"\x18obu"),
    ("opus", b"sound"),
    ("red", b"sound"),
]
OTHER = [
    ("vp8", vp8_payload(key=False)),
    ("vp8", vp8_payload(key=True, starts=False)),
    ("vp8", b"\x11\x10"),
    ("h264", b"\x61slice"),
    ("h264", b"\x78\x00\x02\x61a\x00\x02\x61b"),
    ("h264", b"\x7c\x05middle"),
    ("h264", b"\x7c\x81slice"),
    ("h264", b"\x78\xff\xff"),
    ("vp9", b"\x48frame"),
    ("vp9", b"\x00frame"),
    ("vp9", b"\xa8\x85\x05\x02\x00frame"),
    ("av1", b"\x00obu"),
    ("av1", b"\x88obu"),
]
SHORT = [("vp8", b""), ("vp8", b"\x90"), ("vp8", b"\x90\xe0\x80\x01"), ("h264", b""), ("h264", b"\x7c"), ("vp9", b"")]
SHORT += [("vp9", b"\x88"), ("vp9", b"\x28"), ("av1", b"")]


@pytest.mark.parametrize(("codec", "payload"), KEY)
def test_key_frames_are_seen(codec, payload):
    assert is_keyframe(codec, payload)


@pytest.mark.parametrize(("codec", "payload"), OTHER)
def test_other_packets_are_not_taken_for_them(codec, payload):
    assert not is_keyframe(codec, payload)


@pytest.mark.parametrize(("codec", "payload"), SHORT)
def test_payloads_too_short_are_refused(codec, payload):
    with pytest.raises(Malformed):
        is_keyframe(codec, payload)


@pytest.mark.parametrize(
    ("payload", "numbers"),
    [
        (b"\x10\x01", (0, 0, False, 0, 0)),
        (b"\x90\x80\x7f\x01", (2, 0x7F, False, 0, 0)),
        (b"\x90\x80\x92\x34\x01", (2, 0x1234, True, 0, 0)),
        (b"\x90\xf0\x92\x34\x56\x80\x01", (2, 0x1234, True, 4, 0x56)),
        (b"\x90\x60\x56\xc0\x01", (0, 0, False, 2, 0x56)),
        (b"\x90\x10\xc0\x01", (0, 0, False, 0, 0)),
    ],
)
def test_the_vp8_descriptor_is_read_with_any_of_its_parts(payload, numbers):
    assert vp8(payload)[1:] == numbers
