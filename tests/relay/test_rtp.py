"""RTP as it comes, and the one form in which it goes to everybody."""

from struct import pack

import pytest

from relay import rtp
from relay.codecs import PAYLOAD_TYPES
from relay.extensions import CANONICAL, VIDEO_ORIENTATION, Ids, parse
from relay.malformed import Malformed
from tests.relay.packets import IDS, normalised, one_byte_form, packed, two_byte_form, vp8, wire


def test_a_packet_is_read():
    packet = rtp.parse(wire(b"abc", sequence=7, timestamp=8, ssrc=9, payload_type=96, marker=True))
    assert (packet.sequence, packet.timestamp, packet.ssrc, packet.payload_type) == (7, 8, 9, 96)
    assert packet.marker
    assert packet.payload == b"abc"
    assert packet.extensions == {}


@pytest.mark.parametrize("form", [one_byte_form, two_byte_form])
def test_contributors_extensions_and_padding_are_taken_off(form):
    elements = {2: b"abc", 9: b"\x01", 4: b"sixteen bytes..."}
    packet = rtp.parse(wire(b"abc", sources=(1, 2), extension=form(elements), padding=5))
    assert packet.extensions == elements
    assert packet.payload == b"abc"


def test_extensions_end_at_id_fifteen_and_at_a_zero_that_is_no_padding():
    for last in (b"\xf0\x00", b"\x01\x00\x00"):
        body = b"\x00\x10A" + last + b"\x20B"
        body += bytes(-len(body) % 4)
        assert parse(pack("!HH", 0xBEDE, len(body) // 4) + body, 0)[0] == {1: b"A"}


def test_extensions_of_an_unknown_profile_are_skipped():
    packet = rtp.parse(wire(b"abc", extension=pack("!HH", 0xABCD, 1) + b"\x10AAA"))
    assert (packet.extensions, packet.payload) == ({}, b"abc")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(12),
        wire()[:11],
        b"\x40" + wire()[1:],
        wire(bytes(rtp.LARGEST)),
        wire(b"", sources=(1, 2))[:-1],
        wire(b"", extension=pack("!HH", 0xBEDE, 3)),
        wire(b"", extension=b"\xbe\xde"),
        wire(b"", extension=pack("!HH", 0xBEDE, 1) + b"\x23ab\x00"),
        wire(b"", extension=pack("!HH", 0x1000, 1) + b"\x02\x03ab"),
        wire(b"", extension=pack("!HH", 0x1000, 1) + b"\x02\x01a\x05"),
        wire(b"", extension=two_byte_form(dict.fromkeys(range(1, 40), b""))),
        b"\xa0" + wire(b"\x00")[1:],
        b"\xa0" + wire(b"ab\x09")[1:],
    ],
)
def test_what_breaks_the_standard_is_refused(data):
    with pytest.raises(Malformed):
        rtp.parse(data)


def test_audio_has_one_form_whatever_the_sender_put_in():
    extension = two_byte_form({14: b"\xa5", 5: b"abc", 7: b"\x00\x01"})
    packet = rtp.parse(wire(b"sound", marker=True, payload_type=120, extension=extension, sources=(1,), padding=8))
    made = rtp.normalise(packet, "opus", IDS, 70000, 1.5)
    assert packed(made) == b"\x90\xef" + bytes(10) + b"\xbe\xde\x00\x01\x10\xa5\x00\x00sound"
    assert made.second == 0x80 | PAYLOAD_TYPES["opus"]
    assert (made.level, made.keyframe, made.video) == (0x25, True, False)
    assert (made.index, made.arrived, made.timestamp) == (70000, 1.5, 90000)
    assert packed(made)[made.payload_at :] == made.payload == b"sound"


def test_audio_without_a_level_has_none_and_counts_as_silence():
    made = normalised(b"sound", 1, codec="opus")
    assert packed(made) == b"\x80\x6f" + bytes(10) + b"sound"
    assert made.level == 127


def test_video_has_room_for_its_send_time_always_in_one_place():
    plain = normalised(vp8(), 1, at=1.25)
    turned = rtp.normalise(rtp.parse(wire(vp8(), extension=one_byte_form({9: b"\x03"}))), "vp8", IDS, 1, 1.25)
    for made in (plain, turned):
        assert rtp.parse(packed(made)).extensions[2] == rtp.send_time(1.25)
        shown = bytearray(packed(made))
        shown[rtp.ABS_SEND_TIME_AT : rtp.ABS_SEND_TIME_AT + 3] = b"now"
        again = rtp.parse(bytes(shown))
        assert again.extensions[2] == b"now"
        assert again.payload == vp8()
    assert rtp.parse(packed(turned)).extensions[CANONICAL[VIDEO_ORIENTATION]] == b"\x03"


def test_extensions_a_link_did_not_agree_on_go_no_further():
    packet = rtp.parse(wire(vp8(), extension=one_byte_form({9: b"\x03", 14: b"\x05"})))
    assert rtp.normalise(packet, "vp8", Ids({}), 1, 0.0).body == normalised(vp8(), 1).body


def test_vp8_numbers_are_found():
    made = normalised(vp8(0x1234, 0x56, key=True), 1)
    assert made.keyframe
    assert (made.picture, made.tl0) == (0x1234, 0x56)
    assert packed(made)[made.picture_at : made.picture_at + 2] == b"\x92\x34"
    assert packed(made)[made.tl0_at] == 0x56


def test_a_short_picture_id_is_left_alone():
    assert normalised(b"\x90\xc0\x05\x06\x11frame", 1).picture_at == 0


@pytest.mark.parametrize("codec", PAYLOAD_TYPES)
def test_probes_have_no_payload_and_are_not_forwarded(codec):
    probe = rtp.parse(wire(b"", padding=200))
    assert probe.payload == b""
    with pytest.raises(Malformed):
        rtp.normalise(probe, codec, IDS, 1, 0.0)


def test_nothing_grows_beyond_what_is_forwarded():
    packet = rtp.parse(wire(vp8(body=bytes(rtp.LARGEST - 12 - 7))))
    with pytest.raises(Malformed):
        rtp.normalise(packet, "vp8", IDS, 1, 0.0)


def test_a_retransmission_is_the_original_again():
    packet = rtp.parse(wire(pack("!H", 4711) + b"abc", ssrc=2, payload_type=97, sequence=1, marker=True))
    original = rtp.unwrap_rtx(packet, 0xCAFE, 96)
    assert original is not None
    assert (original.sequence, original.ssrc, original.payload_type) == (4711, 0xCAFE, 96)
    assert (original.payload, original.timestamp, original.marker) == (b"abc", packet.timestamp, True)


@pytest.mark.parametrize("payload", [b"", b"\x00", b"\x00\x01"])
def test_a_retransmission_of_nothing_is_a_probe(payload):
    assert rtp.unwrap_rtx(rtp.parse(wire(payload)), 1, 96) is None


def test_send_time_is_six_bits_of_seconds():
    assert rtp.send_time(1.0) == b"\x04\x00\x00"
    assert rtp.send_time(64.5) == rtp.send_time(0.5) == b"\x02\x00\x00"
