from pathlib import Path

import pytest
import yaml

from tests.client import Client, meeting
from tests.services import eventually

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[3]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
WEB = COMPOSE["services"]["web"]
OWN = {"MEET_DATA_DIR", "REDIS_URL", "PORT"}  # what the test gives in place of the containers'
PEOPLE = 8


async def test_the_web_containers_command_with_its_processes(start_server, path, crowd):
    server = start_server(
        command=WEB["command"],
        **{name: str(value) for name, value in WEB["environment"].items() if name not in OWN},
    )
    workers = server.children()
    assert len(workers) >= int(WEB["environment"]["WEB_PROCESSES"])
    people = [Client(server.url, path, browser) for browser in await crowd(PEOPLE)]
    async with meeting(*people):
        for person in people:
            await person.ask("hand.raise")
        for person in people:
            for other in people:
                await person.event("hand.raised", participant=other.you)
    assert server.stop() == 0
    eventually(lambda: not [pid for pid in workers if Path(f"/proc/{pid}").exists()], "a child lives on")


def test_only_what_is_needed_is_published():
    assert {name: service.get("ports") for name, service in COMPOSE["services"].items()} == {
        "web": ["127.0.0.1:8000:8000", "3479:3479/udp"],
        "postgres": None,
        "redis": None,
        "turn": None,
    }


@pytest.mark.parametrize("service", COMPOSE["services"].values(), ids=COMPOSE["services"])
def test_every_container_has_no_more_rights_than_it_needs(service):
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


def test_the_image_runs_the_same_command_without_root():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert f"CMD {WEB['command']}".replace("'", '"') in lines
    assert "USER meet" in lines
