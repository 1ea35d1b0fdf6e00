import ssl
import stat
import urllib.error
import urllib.request
from datetime import timedelta

import pytest

from meet.tls import certificate
from tests.services import eventually

pytestmark = pytest.mark.django_db(transaction=True)


def test_https_is_served_and_the_phones_address_is_printed(start_server, tmp_path):
    data = tmp_path / "data"
    database = f"sqlite:///{data / 'meet.sqlite3'}"
    server = start_server(
        wait=False,
        MEET_TLS="self-signed",
        HOST="0.0.0.0",  # noqa: S104
        MEET_DATA_DIR=str(data),
        DATABASE_URL=database,
    )
    eventually(lambda: "Stop with Ctrl-C" in server.written(), "it does not start")
    trusted = ssl.create_default_context(cafile=str(data / "self-signed.crt"))

    def answers() -> bool:
        try:
            with urllib.request.urlopen(f"https://localhost:{server.port}/health/live", context=trusted) as answer:
                return answer.read() == b"ok"
        except ConnectionError:
            return False
        except urllib.error.URLError as error:
            if isinstance(error.reason, ssl.SSLError):
                raise
            return False

    eventually(answers, "no answer by https")
    assert "On a phone in the same network: https://" in server.written()
    assert stat.S_IMODE((data / "self-signed.key").stat().st_mode) == 0o600


def test_it_is_kept_while_it_fits(tmp_path):
    first = certificate(tmp_path)[0].read_bytes()
    assert certificate(tmp_path)[0].read_bytes() == first


def test_another_is_made_when_the_names_change(tmp_path, monkeypatch):
    first = certificate(tmp_path)[0].read_bytes()
    monkeypatch.setattr("meet.tls.lan_address", lambda: "192.0.2.7")
    assert certificate(tmp_path)[0].read_bytes() != first


def test_another_is_made_when_it_is_about_to_end(tmp_path, monkeypatch):
    monkeypatch.setattr("meet.tls.VALID_FOR", timedelta(days=10))
    first = certificate(tmp_path)[0].read_bytes()
    monkeypatch.undo()
    assert certificate(tmp_path)[0].read_bytes() != first


def test_what_is_broken_is_made_anew(tmp_path):
    certificate(tmp_path)[0].write_text("nonsense")
    assert b"BEGIN CERTIFICATE" in certificate(tmp_path)[0].read_bytes()
