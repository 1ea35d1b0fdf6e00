"""The descriptions we write: answers to uplinks, offers of downlinks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from relay import sdp
from relay.codecs import PAYLOAD_TYPES, Codec
from relay.extensions import ABS_SEND_TIME, AUDIO_LEVEL, CANONICAL, VIDEO_ORIENTATION
from relay.sdp import Section

EXTENSIONS = {"audio": (AUDIO_LEVEL,), "video": (ABS_SEND_TIME, VIDEO_ORIENTATION)}
FORMATS = {
    "h264": f"level-asymmetry-allowed=1;packetization-mode=1;profile-level-id={sdp.PROFILE}",
    "vp9": "profile-id=0",
}
NAMES = {"vp8": "VP8", "h264": "H264", "vp9": "VP9", "av1": "AV1"}
DOWN_FEEDBACK = ("goog-remb", "nack", "nack pli", "ccm fir")


@dataclass(frozen=True)
class Transport:
    """What every description says of the link it belongs to."""

    ufrag: str
    password: str
    fingerprint: str
    setup: str
    addresses: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Outgoing:
    """One m-line of a downlink; without a name nobody uses it at the moment."""

    mid: str
    kind: str
    name: str = ""
    stream: str = ""
    codec: Codec | None = None
    source: int = 0
    repair: int = 0


def answer(session: int, version: int, transport: Transport, sections: list[Section], sources: dict[str, str]) -> str:
    used = [section.mid for section in sections if not section.rejected]
    lines = _head(session, version, used, transport)
    for section in sections:
        lines += _answered(section, transport, sources.get(section.mid, ""))
    return _text(lines)


def offer(session: int, version: int, transport: Transport, sections: list[Outgoing]) -> str:
    lines = _head(session, version, [section.mid for section in sections], transport)
    for section in sections:
        lines += _offered(section, transport)
    return _text(lines)


def _text(lines: Iterable[str]) -> str:
    return "\r\n".join(lines) + "\r\n"


def _head(session: int, version: int, mids: list[str], transport: Transport) -> list[str]:
    return [
        "v=0",
        f"o=- {session} {version} IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {' '.join(mids)}".rstrip(),
        "a=ice-lite",
        "a=msid-semantic: WMS *",
        f"a=ice-ufrag:{transport.ufrag}",
        f"a=ice-pwd:{transport.password}",
        f"a=fingerprint:sha-256 {transport.fingerprint}",
        f"a=setup:{transport.setup}",
    ]


def _media(kind: str, payload_types: Iterable[int], mid: str, transport: Transport) -> Iterator[str]:
    host, port = transport.addresses[0]
    yield f"m={kind} {port} UDP/TLS/RTP/SAVPF {' '.join(map(str, payload_types))}"
    yield f"c=IN {'IP6' if ':' in host else 'IP4'} {host}"
    yield from ("a=rtcp-mux", "a=rtcp-rsize", f"a=mid:{mid}")
    for number, (address, own_port) in enumerate(transport.addresses, 1):
        yield f"a=candidate:{number} 1 udp {2130706431 - number} {address} {own_port} typ host"
    yield "a=end-of-candidates"


def _answered(section: Section, transport: Transport, source: str) -> Iterator[str]:
    if section.rejected:
        how = "UDP/DTLS/SCTP webrtc-datachannel" if section.kind == "application" else "UDP/TLS/RTP/SAVPF 0"
        yield f"m={section.kind} 0 {how}"
        yield from ("c=IN IP4 0.0.0.0", f"a=mid:{section.mid}", "a=inactive")
        return
    receiving = section.sending and bool(source)
    yield from _media(section.kind, (codec.payload_type for codec in section.codecs), section.mid, transport)
    yield "a=recvonly" if receiving else "a=inactive"
    for codec in section.codecs:
        yield f"a=rtpmap:{codec.payload_type} {NAMES.get(codec.name, codec.name)}/{codec.clock}"
        if details := _wished_format(codec, source):
            yield f"a=fmtp:{codec.payload_type} {details}"
        if codec.name not in {"rtx", "red"}:
            yield from (f"a=rtcp-fb:{codec.payload_type} {what}" for what in sdp.FEEDBACK[section.kind])
    yield from (f"a=extmap:{number} {uri}" for uri, number in section.extensions.items())
    if section.rids and receiving:
        yield from (f"a=rid:{rid} recv" for rid in section.rids)
        yield f"a=simulcast:recv {';'.join(section.rids)}"


def _wished_format(codec: sdp.Codec, source: str) -> str:
    if codec.name != "opus":
        return codec.format
    return f"{sdp.OPUS_FORMAT};stereo=1" if source == "screen-audio" else f"{sdp.OPUS_FORMAT};usedtx=1"


def _offered(section: Outgoing, transport: Transport) -> Iterator[str]:
    codec: Codec = section.codec or ("opus" if section.kind == "audio" else "vp8")
    yield from _media(section.kind, _payload_types(codec), section.mid, transport)
    yield "a=sendonly" if section.name else "a=inactive"
    yield from _offered_codec(codec)
    yield from (f"a=extmap:{CANONICAL[uri]} {uri}" for uri in EXTENSIONS[section.kind])
    if section.name:
        yield from _offered_source(section)


def _payload_types(codec: Codec) -> tuple[int, int]:
    """Its own, and that of what repairs it."""
    main = PAYLOAD_TYPES[codec]
    return main, PAYLOAD_TYPES["red"] if codec == "opus" else main + 1


def _offered_codec(name: Codec) -> Iterator[str]:
    main, extra = _payload_types(name)
    if name == "opus":
        yield from (f"a=rtpmap:{main} opus/48000/2", f"a=fmtp:{main} {sdp.OPUS_FORMAT};stereo=1")
        yield from (f"a=rtpmap:{extra} red/48000/2", f"a=fmtp:{extra} {main}/{main}")
        return
    yield f"a=rtpmap:{main} {NAMES[name]}/90000"
    if name in FORMATS:
        yield f"a=fmtp:{main} {FORMATS[name]}"
    yield from (f"a=rtcp-fb:{main} {what}" for what in DOWN_FEEDBACK)
    yield from (f"a=rtpmap:{extra} rtx/90000", f"a=fmtp:{extra} apt={main}")


def _offered_source(section: Outgoing) -> Iterator[str]:
    yield f"a=msid:{section.stream} {section.name}"
    if section.repair:
        yield f"a=ssrc-group:FID {section.source} {section.repair}"
    for source in filter(None, (section.source, section.repair)):
        yield f"a=ssrc:{source} cname:{section.stream}"
