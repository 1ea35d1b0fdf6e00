"""What the log says and what it never says."""

import io
import json
import logging

import pytest
from asgiref.sync import sync_to_async
from channels.testing import HttpCommunicator
from django.test import Client

from meet.asgi import behind, router
from meet.logs import JsonLines, Lines, RoutesForPaths, request_id, without_secrets
from meet.request_ids import RequestIds
from tests.conftest import guest_browser
from tests.sockets.people import in_call, in_chat


class Written:
    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    @property
    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, logger: str) -> list[dict]:
        return [line for line in self.lines if line["logger"] == logger]


@pytest.fixture(params=[JsonLines, Lines])
def formatter(request):
    return request.param()


@pytest.fixture
def log(formatter):
    """What the console's handler would write."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    handler.addFilter(RoutesForPaths())
    root = logging.getLogger()
    root.addHandler(handler)
    level = root.level
    root.setLevel(logging.INFO)
    yield Written(stream)
    root.setLevel(level)
    root.removeHandler(handler)


json_only = pytest.mark.parametrize("formatter", [JsonLines()], ids=["json"])


async def get(path: str, *headers: tuple[bytes, bytes], trusted=(), client=("192.0.2.9", 4000)):
    app = RequestIds(router, trusted)
    asked = HttpCommunicator(app, "GET", path, headers=[(b"host", b"localhost"), *headers])
    asked.scope["client"] = client
    answer = await asked.get_response(timeout=5)
    await asked.wait(timeout=5)
    return answer["status"], dict(answer["headers"]).get(b"x-request-id", b"").decode()


@pytest.mark.django_db(transaction=True)
async def test_a_whole_call_leaves_no_secret_and_no_word_of_it(log, room, host_page):
    gina = await sync_to_async(guest_browser)(room, "Gina Lollobrigida")
    async with in_call(room, host_page) as alice, in_call(room, gina) as guest, in_chat(alice, host_page) as chat:
        await chat.ask("message.send", content="Xylophone", client_id="00000000-0000-4000-8000-000000000001")
        secrets = [alice.connection, guest.connection]
    await get(room.join_path)
    secrets += [room.code, "Xylophone", "Gina", "Alice", gina.cookies["sessionid"].value]
    assert "A call socket ended" in log.text
    assert "join 200" in log.text
    assert not [secret for secret in secrets if secret in log.text]


@pytest.mark.django_db
@pytest.mark.parametrize("spelled", [str, str.upper, lambda code: code.replace("-", "")])
def test_a_form_without_its_token_is_logged_by_route(log, room, spelled):
    answer = Client(enforce_csrf_checks=True).post(f"/join/{spelled(room.code)}/seat/", {"name": "Gina"})
    assert answer.status_code == 403
    assert "Forbidden" in log.text
    assert spelled(room.code) not in log.text
    assert "): seat" in log.text


@pytest.mark.django_db
def test_a_mistake_of_ours_is_logged_by_route_and_without_the_code(log, room, monkeypatch):
    def broken(code, visitor):
        raise RuntimeError(f"cannot open {code} at /join/{code}/?x=1")

    monkeypatch.setattr("signaling.views.room_for_visitor", broken)
    answer = Client(raise_request_exception=False).get(room.join_path)
    assert answer.status_code == 500
    assert "Internal Server Error: join" in log.text
    assert "RuntimeError: cannot open •••" in log.text or "RuntimeError: cannot open \\u2022" in log.text
    assert room.code not in log.text


@json_only
@pytest.mark.django_db(transaction=True)
async def test_a_command_that_fails_is_logged_with_the_id_of_its_socket(log, room, host_page, bobs_page, monkeypatch):
    def broken(**kwargs):
        raise RuntimeError("broken")

    monkeypatch.setattr("signaling.services.states.raise_hand", broken)
    async with in_call(room, host_page) as alice, in_call(room, bobs_page):
        assert await alice.verdict("hand.raise") == "server.failed"
    [failed] = [line for line in log.lines if line["message"] == "The command hand.raise failed."]
    ended = {line["request_id"] for line in log.lines if "socket ended" in line["message"]}
    assert "RuntimeError: broken" in failed["exception"]
    assert len(ended) == 2
    assert failed["request_id"] in ended


@pytest.mark.parametrize(
    "said",
    [
        "ws /ws/rooms/ABCDEFGHJKMNOP/ failed",
        "https://meet.example.org/join/abcdefghjkmnop?from=mail",
        "/rooms/abcdefghjkmnop/settings/ failed",
        "room abcd-efghj-kmnop",
        "room ABCD-EFGHJ-KMNOP",
        "IntegrityError: duplicate key\nDETAIL: Key (code)=(abcdefghjkmnop) already exists.",
    ],
)
def test_what_looks_like_a_secret_is_taken_out(said):
    kept = without_secrets(said)
    assert "•••" in kept
    assert not [part for part in ("efghj", "kmnop") if part in kept.lower()]


def test_files_of_a_traceback_stay_readable():
    frame = 'File "/opt/meet/rooms/services/admission.py", line 50, in join'
    assert without_secrets(frame) == frame


@json_only
@pytest.mark.django_db(transaction=True)
async def test_a_request_is_one_line_with_the_id_that_its_answer_names(log, room):
    status, name = await get(room.join_path)
    [line] = log.of("meet.access")
    assert line["request_id"] == name != ""
    assert (line["method"], line["route"], line["status"], status) == ("GET", "join", 200, 200)
    assert isinstance(line["ms"], int)
    assert request_id.get() == "-"


@json_only
@pytest.mark.django_db(transaction=True)
async def test_what_is_not_found_has_no_route_and_leaves_no_path(log):
    assert (await get("/somewhere/secret/"))[0] == 404
    [line] = log.of("meet.access")
    assert (line["route"], line["status"]) == ("-", 404)
    assert "secret" not in log.text


@json_only
@pytest.mark.django_db(transaction=True)
async def test_who_asks_all_the_time_is_not_written_down(log):
    await get("/health/live")
    assert log.of("meet.access") == []


@pytest.mark.parametrize(
    ("given", "trusted", "taken"),
    [
        (b"from-the-proxy_1", ["192.0.2.9"], True),
        (b"from-the-proxy_1", ["192.0.2.1"], False),
        (b"short", ["192.0.2.9"], False),
        (b"x" * 65, ["192.0.2.9"], False),
        (b'quoted"and spaced', ["192.0.2.9"], False),
    ],
)
@pytest.mark.django_db(transaction=True)
async def test_an_id_is_taken_from_trusted_proxies_if_it_looks_like_one(given, trusted, taken):
    _status, name = await get("/health/live", (b"x-request-id", given), trusted=trusted)
    assert (name == given.decode()) is taken
    assert len(name) == 16


@json_only
def test_nothing_that_is_said_breaks_the_line(log):
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logging.getLogger("meet").exception("one\ntwo %s", {"three"})
    [line] = log.lines
    assert line["message"] == "one\ntwo {'three'}"
    assert "ValueError: two\nlines" in line["exception"]


@pytest.mark.parametrize(
    ("trusted", "seen"), [("", "192.0.2.9"), ("192.0.2.0/24", "203.0.113.5"), ("198.51.100.0/24", "192.0.2.9")]
)
async def test_only_trusted_proxies_say_who_asks(trusted, seen):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"seen", scope["client"][0].encode())]})
        await send({"type": "http.response.body", "body": b""})

    headers = [(b"x-forwarded-for", b"203.0.113.5"), (b"x-request-id", b"of-the-proxy")]
    asked = HttpCommunicator(behind(trusted, app), "GET", "/", headers=headers)
    asked.scope["client"] = ("192.0.2.9", 4000)
    answer = dict((await asked.get_response(timeout=5))["headers"])
    assert answer[b"seen"].decode() == seen
    assert (answer[b"x-request-id"] == b"of-the-proxy") is (seen == "203.0.113.5")
