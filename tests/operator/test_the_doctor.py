"""What `manage.py doctor` says of an installation: each check when all is well and when it is not."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from meet import doctor
from meet.doctor import cache, clock, database, events, mail, media, settings, storage
from meet.doctor.findings import State, ok, warning, wrong


def states(check):
    return [found.state for found in check()]


def said(check):
    return " ".join(f"{found.said} {found.mend}" for found in check())


def run(monkeypatch, **checks):
    monkeypatch.setattr("meet.management.commands.doctor.CHECKS", checks)
    out = io.StringIO()
    try:
        call_command("doctor", stdout=out, no_color=True)
    finally:
        run.lines = out.getvalue().splitlines()
    return run.lines


def test_one_line_for_each_finding(monkeypatch):
    lines = run(monkeypatch, mail=lambda: iter([ok("Works."), warning("Slow.", "Wait.")]))
    assert lines == ["ok      mail: Works.", "warning mail: Slow. → Wait."]


def test_something_wrong_is_an_exit_code_and_the_others_still_speak(monkeypatch):
    def broken():
        raise RuntimeError("no such thing")
        yield

    with pytest.raises(CommandError, match="2 of 3"):
        run(monkeypatch, one=broken, two=lambda: iter([wrong("Down.", "Start it.")]), three=lambda: iter([ok("Up.")]))
    assert run.lines[0].startswith("wrong   one: could not be checked: no such thing")
    assert run.lines[1:] == ["wrong   two: Down. → Start it.", "ok      three: Up."]


def test_every_check_is_asked():
    assert list(doctor.CHECKS) == [
        "settings",
        "database",
        "events",
        "cache",
        "jobs",
        "mail",
        "storage",
        "clock",
        "turn",
        "media",
        "relay",
    ]


@pytest.mark.parametrize(
    ("url", "state"),
    [
        ("https://meet.example.org", State.OK),
        ("http://localhost:8000", State.WARNING),
        ("http://meet.example.org", State.WRONG),
        ("https://elsewhere.example.org", State.WRONG),
    ],
)
def test_the_address_that_people_type(settings_of_tests, url, state):
    settings_of_tests.PUBLIC_URL, settings_of_tests.HTTPS = url, url.startswith("https")
    settings_of_tests.ALLOWED_HOSTS = ["localhost", "meet.example.org"]
    assert settings.address().state == state


@pytest.fixture
def settings_of_tests(settings):
    return settings


def test_debug_pages_and_any_host_are_wrong(settings_of_tests):
    settings_of_tests.DEBUG, settings_of_tests.ALLOWED_HOSTS = True, ["*", "localhost"]
    assert "MEET_DEBUG" in said(settings.check)
    assert "Any host" in said(settings.check)


def test_what_does_not_fit_together_is_named(settings_of_tests):
    assert State.OK in states(settings.check)
    settings_of_tests.WEB_PROCESSES = 4
    settings_of_tests.DATABASES["default"]["ENGINE"] = "django.db.backends.sqlite3"
    assert "Several web processes share one SQLite file" in said(settings.check)


@pytest.mark.django_db
def test_a_database_that_answers():
    assert states(database.check) == [State.OK, State.OK]


@pytest.mark.django_db
def test_a_database_that_does_not(monkeypatch):
    def refuse():
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    assert states(database.check) == [State.WRONG]
    assert "connection refused" in said(database.check)


def test_a_journal_without_readers_beside_writers_is_wrong():
    assert database._sqlite("wal").state == State.OK
    assert database._sqlite("delete").state == State.WRONG


@pytest.mark.django_db
def test_tables_of_an_older_version_are_wrong(monkeypatch):
    monkeypatch.setattr(database.MigrationExecutor, "migration_plan", lambda self, targets: [1, 2])
    assert database.tables().said == "2 migrations are not applied."


def test_an_event_comes_back():
    assert states(events.check) == [State.OK]


def test_a_layer_that_is_away_is_wrong(monkeypatch):
    monkeypatch.setattr("meet.readiness.get_channel_layer", lambda: None)
    assert states(events.check) == [State.WRONG]


def test_a_cache_that_remembers():
    assert states(cache.check) == [State.OK]


def test_a_cache_that_forgets_is_wrong(settings_of_tests):
    settings_of_tests.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    assert "did not come back" in said(cache.check)


def test_a_cache_for_each_of_several_processes_is_wrong(settings_of_tests):
    settings_of_tests.WEB_PROCESSES = 2
    settings_of_tests.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    assert states(cache.check) == [State.WRONG]


def test_mail_on_the_console_is_said_plainly():
    assert states(mail.check) == [State.WARNING]
    assert "sent to nobody" in said(mail.check)


@pytest.fixture
def smtp(settings_of_tests, monkeypatch):
    settings_of_tests.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings_of_tests.EMAIL_HOST, settings_of_tests.EMAIL_PORT = "127.0.0.1", 1  # where nothing listens
    settings_of_tests.DEFAULT_FROM_EMAIL = "meet@example.org"
    return settings_of_tests


def test_a_mail_server_that_is_away_is_wrong(smtp):
    assert states(mail.check) == [State.WRONG]
    assert "127.0.0.1:1 takes no mail" in said(mail.check)


def test_a_mail_server_that_opens(smtp, monkeypatch):
    opened = []
    monkeypatch.setattr(f"{smtp.EMAIL_BACKEND}.open", lambda self: opened.append(self.timeout))
    assert states(mail.check) == [State.OK]
    assert opened == [mail.PATIENCE]
    smtp.DEFAULT_FROM_EMAIL = "Meet <meet@localhost>"
    assert states(mail.check) == [State.OK, State.WARNING]


def test_there_is_a_place_for_files():
    assert states(storage.check)[:2] == [State.OK, State.OK]


def test_a_place_that_cannot_be_written_is_wrong(tmp_path, monkeypatch):
    def refuse(**kwargs):
        raise PermissionError("Permission denied")

    monkeypatch.setattr(storage.tempfile, "TemporaryFile", refuse)
    assert storage.writable(tmp_path / "uploads").state == State.WRONG


@pytest.mark.parametrize(
    ("space", "state"), [(5 * 1024**3, State.OK), (500 * 1024**2, State.WARNING), (1024**2, State.WRONG)]
)
def test_free_space(space, state):
    assert storage.free(space).state == state


@pytest.mark.django_db
def test_clocks_that_agree():
    assert states(clock.check) == [State.OK, State.OK]


@pytest.mark.parametrize(("ahead", "state"), [(0.4, State.OK), (-5, State.WARNING), (60, State.WRONG)])
def test_clocks_that_are_apart(ahead, state):
    assert clock.agreement(ahead).state == state


def test_no_time_zone_data_is_wrong():
    assert clock.zones("Nowhere/Atlantis").state == State.WRONG


def test_two_peers_hear_each_other(monkeypatch):
    monkeypatch.setattr("aioice.ice.get_host_addresses", lambda **which: ["127.0.0.1"])
    monkeypatch.setattr(media, "FRAMES", 5)
    assert states(media.check) == [State.OK]


def test_peers_without_a_way_are_wrong(monkeypatch):
    monkeypatch.setattr("aioice.ice.get_host_addresses", lambda **which: [])
    monkeypatch.setattr(media, "PATIENCE", 0.5)
    assert states(media.check) == [State.WRONG]
