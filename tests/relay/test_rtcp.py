"""RTCP, there and back, and as others write it."""

from struct import pack

import pytest

from relay import rtcp
from relay.malformed import Malformed
from relay.rtcp import Block, Bye, Fir, Nack, Names, Pli, ReceiverReport, Remb, SenderReport
from relay.twcc import Feedback

BLOCK = Block(0xCAFE, 25, -3, 0x10FFFF, 77, 0xABCD0123, 65536)
MESSAGES = [
    SenderReport(1, 0xE123456789ABCDEF, 90000, 10, 20, (BLOCK, BLOCK)),
    SenderReport(1, 0, 0, 0, 0),
    ReceiverReport(1, (BLOCK,)),
    ReceiverReport(1),
    Names({1: "alice", 2: "bob"}),
    Names({1: "", 2: "abc", 3: "ab", 4: "a"}),
    Bye((1, 2, 3)),
    Nack(1, 2, (100, 101, 116, 117, 65535, 0, 5)),
    Pli(1, 2),
    Fir(1, ((2, 7), (3, 255))),
    Remb(1, 2_500_000 >> 4 << 4, (2, 3)),
    Remb(1, 200_000),
    Feedback(1, 2, 200, 65534, (512, None, 515, 700, 690, None, None, 3000)),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_what_is_written_is_read(message):
    data = rtcp.pack([message])
    assert len(data) % 4 == 0
    assert rtcp.parse(data) == [message]


def test_a_compound_is_read_in_order():
    assert rtcp.parse(rtcp.pack(MESSAGES)) == MESSAGES


def test_what_is_unknown_is_skipped():
    unknown = [
        bytes((0x80, 204, 0, 2)) + b"ssrcname",
        bytes((0x80, 207, 0, 1)) + b"ssrc",
        bytes((0x9F, 206, 0, 2)) + bytes(8),
    ]
    other = bytes((0x8F, 206, 0, 3)) + bytes(8) + b"XEMB"
    assert rtcp.parse(b"".join(unknown) + other + rtcp.pack([Pli(1, 2)])) == [Pli(1, 2)]


def test_padding_is_no_part_of_a_message():
    nack = pack("!IIHH", 1, 2, 500, 0)
    assert rtcp.parse(bytes((0xA1, 205, 0, 4)) + nack + b"\0\0\0\4") == [Nack(1, 2, (500,))]


def test_feedback_of_transport_wide_numbers_is_no_nack():
    data = rtcp.pack([Feedback(1, 2, 0, 7, (256, 257))])
    assert data[:2] == bytes((0x8F, 205))
    assert not any(isinstance(message, Nack) for message in rtcp.parse(data))


def test_names_of_other_kinds_are_passed_over():
    chunk = pack("!I", 5) + b"\x02\x04Carl\x01\x05alice\x03\x00" + b"\0"
    chunk += bytes(-len(chunk) % 4)
    assert rtcp.parse(bytes((0x81, 202, 0, len(chunk) // 4)) + chunk) == [Names({5: "alice"})]


def test_a_nack_is_bounded():
    data = bytes((0x81, 205)) + pack("!H", 302) + bytes(8) + pack("!HH", 10, 0xFFFF) * 300
    (nack,) = rtcp.parse(data)
    assert isinstance(nack, Nack)
    assert len(nack.lost) == rtcp.MOST_LOST


def test_an_estimate_of_any_size_is_near_the_truth():
    for bitrate in (1, 300_000, 262_143, 262_144, 10**9, 10**12):
        (remb,) = rtcp.parse(rtcp.pack([Remb(1, bitrate)]))
        assert isinstance(remb, Remb)
        assert bitrate * 0.9999 <= remb.bitrate <= bitrate


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80\xc8\x00",
        bytes(8),
        bytes((0x80, 201, 0, 2)) + bytes(4),
        bytes((0x81, 201, 0, 1)) + bytes(4),
        bytes((0x80, 200, 0, 5)) + bytes(20),
        bytes((0x81, 202, 0, 1)) + bytes(4),
        bytes((0x81, 202, 0, 2)) + bytes(4) + b"\x01\x09ab",
        bytes((0x81, 202, 0, 2)) + bytes(4) + b"\x01\x01a\x01",
        bytes((0x82, 203, 0, 1)) + bytes(4),
        bytes((0x81, 205, 0, 1)) + bytes(4),
        bytes((0x81, 206, 0, 1)) + bytes(4),
        bytes((0x84, 206, 0, 1)) + bytes(4),
        bytes((0x8F, 206, 0, 3)) + bytes(8) + b"REMB",
        bytes((0x8F, 206, 0, 4)) + bytes(8) + b"REMB\x02\x00\x00\x01",
        bytes((0xA0, 203, 0, 1)) + b"\0\0\0\0",
        bytes((0xA0, 203, 0, 1)) + b"\0\0\0\3",
        bytes((0xA0, 203, 0, 1)) + b"\0\0\0\x08",
        bytes((0xA0, 203, 0, 0)),
        rtcp.pack([Pli(1, 2)]) + b"\x80",
        rtcp.pack([Pli(1, 2)] * 200),
    ],
)
def test_what_breaks_the_standard_is_refused(data):
    with pytest.raises(Malformed):
        rtcp.parse(data)
