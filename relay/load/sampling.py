"""Sockets on which the kernel counts the media that arrives and hands on only a sample of it.

A socket filter (classic BPF) drops an RTP packet unless its sequence number divides by SAMPLE: servers rewrite numbers
by a constant, so each stream is sampled evenly, whatever the size of its bursts. What the filter drops is counted on
the socket (SO_MEMINFO), together with what a full buffer drops: `overflows` tells whether there was any of that.
"""

import socket
from pathlib import Path
from struct import Struct
from typing import Final

from relay.batches import ffi

SAMPLE: Final = 61
"""A prime, so that no size of bursts divides it."""
ARRIVAL: Final = 35
"""SO_TIMESTAMPNS: the option, and the type of its control message."""

_ATTACH_FILTER, _MEMINFO, _DROPS = 26, 55, 8
_FIGURES: Final = Struct("=9I")
_STEP: Final = Struct("=HBBI")
_PROGRAM: Final = Struct("@HP")

_BYTE, _SHORT, _AT_LEAST, _MORE, _EQUAL, _MODULO, _RETURN = 0x30, 0x28, 0x35, 0x25, 0x15, 0x94, 0x06
# Offsets count from the UDP header of 8 bytes; jumps are relative to the next step: if true, if false.
_STEPS: Final = (
    (_BYTE, 0, 0, 8),
    (_AT_LEAST, 0, 6, 128),  # STUN and DTLS pass
    (_BYTE, 0, 0, 9),
    (_AT_LEAST, 0, 1, 192),
    (_MORE, 0, 3, 223),  # RTCP passes
    (_SHORT, 0, 0, 10),
    (_MODULO, 0, 0, SAMPLE),
    (_EQUAL, 0, 1, 0),
    (_RETURN, 0, 0, 0xFFFF),
    (_RETURN, 0, 0, 0),
)


def sample_only(sock: socket.socket) -> None:
    """From now on, and with the kernel's time of arrival as a control message of what passes."""
    steps = ffi.new("char[]", b"".join(_STEP.pack(*step) for step in _STEPS))
    program = _PROGRAM.pack(len(_STEPS), int(ffi.cast("uintptr_t", steps)))
    sock.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, program)
    sock.setsockopt(socket.SOL_SOCKET, ARRIVAL, 1)


def dropped(sock: socket.socket) -> int:
    """Datagrams since the socket was opened, modulo 2**32."""
    figures = sock.getsockopt(socket.SOL_SOCKET, _MEMINFO, _FIGURES.size)
    return int(_FIGURES.unpack(figures)[_DROPS])


def overflows() -> int:
    """Datagrams of all sockets of this machine that were lost to full buffers or wrong checksums."""
    names, figures = (line.split() for line in Path("/proc/net/snmp").read_text().splitlines() if line[:4] == "Udp:")
    counted = dict(zip(names, figures, strict=True))
    return sum(int(counted.get(name, 0)) for name in ("RcvbufErrors", "InCsumErrors", "MemErrors"))
