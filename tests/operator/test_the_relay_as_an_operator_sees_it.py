"""The doctor and the numbers know the relay's workers, and that one is away."""

import pytest

from meet.doctor import relay
from meet.doctor.findings import State
from tests.operator.test_metrics import TOKEN, scrape
from tests.relay.process import Process


@pytest.fixture
def worker(tmp_path, monkeypatch):
    process = Process(tmp_path)
    process.connect().close()
    monkeypatch.setattr("signaling.relays.control_path", lambda number: process.path)
    yield process
    process.stop()


@pytest.fixture
def nobody_there(settings, tmp_path):
    settings.RELAY_DIR = tmp_path


def states():
    return [found.state for found in relay.check()]


def test_a_worker_that_answers_is_well(worker):
    assert states() == [State.OK]


def test_it_is_said_who_handles_packets(monkeypatch):
    for native, said in ((1.0, "packets handled by C."), (0.0, "packets handled by Python alone")):
        monkeypatch.setattr(relay, "figures", lambda number, native=native: {"participants": 3.0, "native": native})
        [found] = relay.check()
        assert said in found.said


def test_a_worker_that_is_away_is_wrong(nobody_there):
    [found] = relay.check()
    assert found.state == State.WRONG and "Is the server running?" in found.mend


def test_no_relay_is_no_fault(nobody_there, settings):
    settings.RELAY_WORKERS = 0
    assert states() == [State.OK]


def test_a_public_server_is_asked_where_browsers_find_it(worker, settings):
    settings.PUBLIC_URL = "https://meet.example.org"
    assert states() == [State.OK, State.WARNING]
    settings.RELAY_ADDRESSES = ["203.0.113.7"]
    assert states() == [State.OK]


@pytest.mark.django_db
def test_its_numbers_are_read_with_the_others(worker, settings):
    settings.METRICS_TOKEN = TOKEN
    numbers = scrape()
    assert numbers['meet_relay_up{worker="0"}'] == 1
    assert numbers['meet_relay_participants{worker="0"}'] == 0
    assert numbers['meet_relay_packets_out{worker="0"}'] == 0


@pytest.mark.django_db
def test_one_that_is_away_stops_no_reading(nobody_there, settings):
    settings.METRICS_TOKEN = TOKEN
    numbers = scrape()
    assert numbers['meet_relay_up{worker="0"}'] == 0
    assert "meet_meetings" in numbers
