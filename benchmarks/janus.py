"""Janus (Debian's package) with its VideoRoom, on loopback, to compare our relay with. Installed when it is absent."""

import asyncio
import json
import re
import secrets
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any

from relay.load.description import Ourselves, Remote, head, media, values
from relay.load.publisher import Publisher
from relay.load.receiver import Receiver

LIBRARIES = Path("/usr/lib/x86_64-linux-gnu/janus")
GENERAL = """general: {{
    configs_folder = "{0}"
    plugins_folder = "{0}/plugins"
    transports_folder = "{0}/transports"
    events_folder = "{0}/events"
    loggers_folder = "{0}/loggers"
    debug_level = 2
    debug_colors = false
    session_timeout = 0
    {1}
}}
media: {{ ipv6 = false }}
nat: {{
    ice_lite = true
    ice_enforce_list = "meet0"
}}
"""
SOCKET = """general: {{
    enabled = true
    json = "compact"
    path = "{0}/api.sock"
    type = "SOCK_SEQPACKET"
}}
"""
ROOM = 1234
TAKEN = re.compile(r"a=(rtpmap|fmtp|rtcp-fb|extmap):(?!.*(transport-cc|transport-wide-cc))")


def install() -> None:
    if not shutil.which("janus"):
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "janus"], check=True)


def _configure(directory: Path, event_loops: int) -> None:
    for folder, name in (("plugins", "libjanus_videoroom.so"), ("transports", "libjanus_pfunix.so")):
        (directory / folder).mkdir(parents=True)
        (directory / folder / name).symlink_to(LIBRARIES / folder / name)
    for folder in ("events", "loggers"):
        (directory / folder).mkdir()
    loops = f"event_loops = {event_loops}" if event_loops else ""
    (directory / "janus.jcfg").write_text(GENERAL.format(directory, loops))
    (directory / "janus.plugin.videoroom.jcfg").write_text("general: {}\n")
    (directory / "janus.transport.pfunix.jcfg").write_text(SOCKET.format(directory))


async def _started(directory: Path, core: str) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """The socket's thread may look whether it shall run before it is told to; then Janus ends, and we try again."""
    command = ["taskset", "-c", core, "janus", "-C", str(directory / "janus.jcfg"), "-F", str(directory)]
    for _ in range(20):
        with (directory / "janus.log").open("w") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        while process.poll() is None:
            sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            try:
                sock.settimeout(2)
                sock.connect(f"{directory}/api.sock")
                sock.send(b'{"janus": "ping", "transaction": "ping"}')
                if sock.recv(4096):
                    sock.setblocking(False)
                    return process, sock
            except OSError:
                pass
            sock.close()
            await asyncio.sleep(0.02)
    raise AssertionError((directory / "janus.log").read_text())


class Janus:
    """One server, and the VideoRoom's signalling: one session for everybody."""

    def __init__(self, process: subprocess.Popen[bytes], sock: socket.socket) -> None:
        self.process = process
        self._sock = sock
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._feeds: dict[str, int] = {}
        self._up: dict[int, asyncio.Event] = {}
        self._session = 0
        self._reading = asyncio.get_running_loop().create_task(self._read())

    @classmethod
    async def start(cls, directory: Path, core: str, event_loops: int) -> "Janus":
        """With a room that lets everybody in. `event_loops` 0: as it comes, a thread for each peer connection."""
        _configure(directory, event_loops)
        janus = cls(*await _started(directory, core))
        janus._session = (await janus._ask("create"))["data"]["id"]
        room = {"room": ROOM, "publishers": 30, "bitrate": 100_000_000, "videocodec": "vp8", "fir_freq": 0}
        await janus._tell(await janus._attach(), {"request": "create", **room})
        return janus

    async def publish(self, name: str, publisher: Publisher) -> None:
        handle = await self._attach()
        joined = await self._tell(handle, {"request": "join", "ptype": "publisher", "room": ROOM, "display": name})
        self._feeds[name] = joined["plugindata"]["data"]["id"]
        jsep = {"type": "offer", "sdp": publisher.description()}
        answer = await self._tell(handle, {"request": "publish", "audio": False, "video": True}, jsep)
        up = self._up[handle] = asyncio.Event()
        await publisher.connect(Remote.parse(answer["jsep"]["sdp"]))
        await asyncio.wait_for(up.wait(), 15)  # nobody may subscribe before

    async def receive(self, name: str, receiver: Receiver, publishers: list[str]) -> None:
        """All these cameras over one connection."""
        handle = await self._attach()
        streams = [{"feed": self._feeds[name]} for name in publishers]
        offer = await self._tell(handle, {"request": "join", "ptype": "subscriber", "room": ROOM, "streams": streams})
        jsep = {"type": "answer", "sdp": taking(receiver.ourselves, offer["jsep"]["sdp"])}
        await self._tell(handle, {"request": "start", "room": ROOM}, jsep)
        await receiver.connect(Remote.parse(offer["jsep"]["sdp"]))

    async def _attach(self) -> int:
        answer = await self._ask("attach", plugin="janus.plugin.videoroom")
        handle: int = answer["data"]["id"]
        return handle

    async def _tell(self, handle: int, body: dict[str, Any], jsep: dict[str, str] | None = None) -> dict[str, Any]:
        answer = await self._ask("message", handle_id=handle, body=body, **({"jsep": jsep} if jsep else {}))
        data = answer["plugindata"]["data"]
        assert "error" not in data, data
        return answer

    async def _ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        transaction = secrets.token_hex(8)
        answer = self._waiting[transaction] = asyncio.get_running_loop().create_future()
        session = {"session_id": self._session} if self._session else {}
        request = {"janus": kind, "transaction": transaction, **session, **fields}
        await asyncio.get_running_loop().sock_sendall(self._sock, json.dumps(request).encode())
        return await asyncio.wait_for(answer, 15)

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        while data := await loop.sock_recv(self._sock, 1 << 18):
            message = json.loads(data)
            waiting = self._waiting.get(message.get("transaction", ""))
            if message["janus"] == "error":
                raise ValueError(message)
            if message["janus"] == "hangup":
                print("Janus hung up:", message)
            if message["janus"] == "webrtcup" and message["sender"] in self._up:
                self._up[message["sender"]].set()
            if waiting and not waiting.done() and message["janus"] in {"success", "event"}:
                waiting.set_result(message)

    def close(self) -> None:
        self._reading.cancel()
        self._sock.close()
        self.process.terminate()
        self.process.wait(10)


def taking(ourselves: Ourselves, offer: str) -> str:
    """The answer that takes every video of an offer as it is offered, but for feedback a load does not give."""
    sections = offer.split("\r\nm=")[1:]
    lines = head(ourselves, [values(section, "mid")[0] for section in sections])
    for section in sections:
        lines += [f"m={section.splitlines()[0]}", *media(ourselves, values(section, "mid")[0], "recvonly")]
        lines += [line for line in section.splitlines() if TAKEN.match(line)]
    return "\r\n".join(lines) + "\r\n"
