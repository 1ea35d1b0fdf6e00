"""Session descriptions as a load needs them: what a server said of itself, and what we say to it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from relay.extensions import ABS_SEND_TIME, MID, TRANSPORT_CC

VP8, RTX = 96, 97
EXTENSIONS = {ABS_SEND_TIME: 2, TRANSPORT_CC: 3, MID: 4}
FEEDBACK = ("transport-cc", "goog-remb", "nack", "nack pli", "ccm fir")


@dataclass(frozen=True)
class Ourselves:
    """What every description of ours says of its transport."""

    ufrag: str
    password: str
    fingerprint: str
    address: tuple[str, int]


@dataclass(frozen=True)
class Remote:
    """What a server's description says; everything of it goes over one transport."""

    ufrag: str
    password: str
    fingerprint: tuple[str, str]
    address: tuple[str, int]
    payload_types: frozenset[int]
    """Of VP8."""
    extensions: dict[str, int]

    @classmethod
    def parse(cls, sdp: str) -> "Remote":
        algorithm, digest = values(sdp, "fingerprint")[0].split()
        host, port = next(value.split()[4:6] for value in values(sdp, "candidate") if " udp " in value.lower())
        maps = (value.split() for value in values(sdp, "extmap"))
        return cls(
            values(sdp, "ice-ufrag")[0],
            values(sdp, "ice-pwd")[0],
            (algorithm.lower(), digest),
            (host, int(port)),
            frozenset(int(value.split()[0]) for value in values(sdp, "rtpmap") if "vp8/" in value.lower()),
            {uri: int(number.partition("/")[0]) for number, uri, *_ in maps},
        )


def camera(ourselves: Ourselves, ssrc: int) -> str:
    """An offer of one camera, `ssrc + 1` for what is sent again."""
    codecs = (f"a=rtpmap:{VP8} VP8/90000", f"a=rtpmap:{RTX} rtx/90000", f"a=fmtp:{RTX} apt={VP8}")
    lines = [*head(ourselves, ["0"]), f"m=video 9 UDP/TLS/RTP/SAVPF {VP8} {RTX}", *media(ourselves, "0", "sendonly")]
    lines += [*codecs, *(f"a=rtcp-fb:{VP8} {what}" for what in FEEDBACK)]
    lines += [f"a=extmap:{number} {uri}" for uri, number in EXTENSIONS.items()]
    lines += ["a=msid:load camera", f"a=ssrc-group:FID {ssrc} {ssrc + 1}"]
    lines += [f"a=ssrc:{one} cname:load" for one in (ssrc, ssrc + 1)]
    return "\r\n".join(lines) + "\r\n"


def head(ourselves: Ourselves, mids: list[str]) -> list[str]:
    return [
        *("v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", f"a=group:BUNDLE {' '.join(mids)}"),
        *(f"a=ice-ufrag:{ourselves.ufrag}", f"a=ice-pwd:{ourselves.password}"),
        *(f"a=fingerprint:sha-256 {ourselves.fingerprint}", "a=setup:active"),
    ]


def media(ourselves: Ourselves, mid: str, direction: str) -> Iterator[str]:
    host, port = ourselves.address
    yield from (f"c=IN IP4 {host}", f"a=mid:{mid}", f"a={direction}", "a=rtcp-mux", "a=rtcp-rsize")
    yield from (f"a=candidate:1 1 udp 2130706431 {host} {port} typ host", "a=end-of-candidates")


def values(sdp: str, name: str) -> list[str]:
    return [value.strip() for value in re.findall(rf"^a={name}:(.*)$", sdp, re.MULTILINE)]
