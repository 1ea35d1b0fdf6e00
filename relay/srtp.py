"""SRTP in place, on memory of ours, through the binding pylibsrtp is built on (pinned: it is not its public face)."""

from socket import htonl
from typing import Any

from pylibsrtp import Session
from pylibsrtp._binding import ffi, lib

INDEX = 4
STREAMS = 128  # synchronisation sources one peer may ever use

protect_rtp, unprotect_rtp, unpack = lib.srtp_protect, lib.srtp_unprotect, ffi.unpack
PROTECT, UNPROTECT = (
    int(ffi.cast("uintptr_t", ffi.addressof(lib, name))) for name in ("srtp_protect", "srtp_unprotect")
)


class Keys:
    """What both directions of one link are encrypted with."""

    def __init__(self, receive: Session, send: Session, tag: int) -> None:
        """`tag`: how many bytes a packet of RTP grows by; one of RTCP grows by INDEX more."""
        self.tag = tag
        self._sessions = receive, send  # they own what the pointers below point to
        self._receive: Any = receive._srtp[0]
        self._send: Any = send._srtp[0]
        self.receiving, self.sending = (int(ffi.cast("uintptr_t", one)) for one in (self._receive, self._send))  # for C
        self._length: Any = ffi.new("int *")
        self._heard: set[bytes] = set()

    def unprotect(self, packet: Any, length: int) -> int:
        """The length of what was inside, 0 when it is not genuine, was there before, or is one source too many."""
        source = unpack(packet + 8, 4)
        if source not in self._heard and len(self._heard) >= STREAMS:
            return 0
        inside = self._length
        inside[0] = length
        if unprotect_rtp(self._receive, packet, inside):
            return 0
        self._heard.add(source)
        return int(inside[0])

    def unprotect_rtcp(self, packet: Any, length: int) -> int:
        source = unpack(packet + 4, 4)
        if source not in self._heard and len(self._heard) >= STREAMS:
            return 0
        self._length[0] = length
        if lib.srtp_unprotect_rtcp(self._receive, packet, self._length):
            return 0
        self._heard.add(source)
        return int(self._length[0])

    def protect(self, packet: Any, length: int) -> bool:
        """Whether it can be sent, with its tag; the memory must have 144 bytes to spare."""
        self._length[0] = length
        return not protect_rtp(self._send, packet, self._length)

    def protect_rtcp(self, packet: Any, length: int) -> bool:
        self._length[0] = length
        return not lib.srtp_protect_rtcp(self._send, packet, self._length)

    def forget(self, source: int) -> None:
        """Nothing more is sent of it. libsrtp keeps all sources of a session and searches them at each packet."""
        lib.srtp_remove_stream(self._send, htonl(source))
