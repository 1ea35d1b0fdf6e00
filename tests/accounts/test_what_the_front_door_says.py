import pytest
from django.core.cache import cache
from django.db import connection
from django.test import override_settings

from tests.conftest import browser_of

pytestmark = pytest.mark.django_db


def test_a_visitor_may_type_a_code_sign_in_or_sign_up(client):
    page = client.get("/").content.decode()
    for words in ("Meeting code or link", "Join", "Sign in", "Create account"):
        assert words in page
    assert 'action="/join/"' in page


def test_a_member_goes_to_their_rooms(alice):
    assert browser_of(alice).get("/").url == "/rooms/"


def test_no_page_carries_styles_or_scripts_of_its_own(client, alice):
    for browser, url in [(client, "/"), (client, "/accounts/signup/"), (browser_of(alice), "/accounts/profile/")]:
        page = browser.get(url).content.decode()
        assert "<style" not in page
        assert "style=" not in page
        assert "<script>" not in page
        assert "onclick" not in page


@override_settings(DEBUG=False)
def test_an_unknown_page_says_what_may_have_happened_and_where_to_go(client):
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert "Ask the host" in response.content.decode()
    assert "Back to home" in response.content.decode()


def test_it_is_alive(client):
    assert client.get("/health/live").content == b"ok"


def test_it_is_ready(client):
    response = client.get("/health/ready")
    assert (response.status_code, response.json()) == (200, {"ready": True, "failed": []})


def test_it_names_what_does_not_work(client, monkeypatch):
    def broken(*args, **kwargs):
        raise ConnectionError("secret details")

    monkeypatch.setattr(cache, "set", broken)
    monkeypatch.setattr(connection, "cursor", broken)
    monkeypatch.setattr("meet.readiness.get_channel_layer", broken)
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json() == {"ready": False, "failed": ["database", "cache", "channel_layer"]}


def test_the_page_for_a_broken_server_needs_nothing_that_may_be_broken(django_assert_num_queries):
    from django.test import RequestFactory
    from django.views.defaults import server_error

    with django_assert_num_queries(0):
        response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "not your fault" in response.content.decode()
