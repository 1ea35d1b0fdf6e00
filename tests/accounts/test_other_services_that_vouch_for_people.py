import pytest

from meet.env import sign_in_providers

NAMES = ("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET", "OIDC_SERVER_URL", "OIDC_NAME", "OIDC_CLIENT_ID")


@pytest.fixture(autouse=True)
def nothing_configured(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_out_of_the_box_there_are_none():
    assert sign_in_providers() == ({}, [])


def test_google_needs_its_two_names_and_may_be_sent_forms(monkeypatch):
    monkeypatch.setenv("GOOGLE_CLIENT_ID", "id")
    monkeypatch.setenv("GOOGLE_CLIENT_SECRET", "secret")
    providers, origins = sign_in_providers()
    assert providers["google"]["APPS"] == [{"client_id": "id", "secret": "secret"}]
    assert origins == ["https://accounts.google.com"]


def test_single_sign_on_may_be_sent_forms_at_its_own_origin(monkeypatch):
    monkeypatch.setenv("OIDC_SERVER_URL", "https://login.example.org:8443/realms/all")
    monkeypatch.setenv("OIDC_NAME", "Example Co")
    monkeypatch.setenv("OIDC_CLIENT_ID", "meet")
    providers, origins = sign_in_providers()
    app = providers["openid_connect"]["APPS"][0]
    assert (app["name"], app["client_id"]) == ("Example Co", "meet")
    assert app["settings"] == {"server_url": "https://login.example.org:8443/realms/all"}
    assert origins == ["https://login.example.org:8443"]
