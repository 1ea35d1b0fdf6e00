"""Headers and cookies of every answer. Settings are made of the environment, so HTTPS is asked of another process."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.urls import reverse

ROOT = Path(__file__).resolve().parents[2]
STRICT = {
    "default-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "connect-src": "'self'",
    "form-action": "'self'",
}


@pytest.fixture
def pages(room):
    return {
        "home": "/",
        "call": room.join_path,
        "door": f"{room.join_path}door/",
        "sign in": reverse("account_login"),
        "sign up": reverse("account_signup"),
        "not found": "/join/aaaa-aaaaa-aaaaa/",
        "admin": "/admin/login/",
        "health": "/health/live",
        "catalog": reverse("javascript-catalog"),
    }


def policy_of(response):
    directives = (part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in directives}


def test_every_page_says_what_a_browser_may_do_with_it(client, pages):
    for name, path in pages.items():
        answer = client.get(path)
        policy = policy_of(answer)
        assert {key: policy.get(key) for key in STRICT} == STRICT, name
        assert answer["X-Content-Type-Options"] == "nosniff", name
        assert answer["X-Frame-Options"] == "DENY", name
        assert answer["Referrer-Policy"] == "same-origin", name
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert "camera=(self)" in answer["Permissions-Policy"], name
        assert "geolocation=()" in answer["Permissions-Policy"], name


def test_no_script_runs_but_ours(client, pages):
    for name, path in pages.items():
        answer = client.get(path)
        allowed = policy_of(answer).get("script-src", "")
        assert "unsafe" not in allowed, name
        assert "*" not in answer["Content-Security-Policy"], name
        assert "http" not in answer["Content-Security-Policy"], name
        for script in re.findall(rb"<script(?![^>]*\bsrc=)([^>]*)>", answer.content):
            assert b"nonce=" in script or b'type="application/json"' in script, (name, script)


def test_pages_with_secrets_are_not_kept_by_caches(client, room):
    for path in (room.join_path, f"{room.join_path}door/"):
        assert "no-store" in client.get(path)["Cache-Control"]


def test_cookies_are_not_for_scripts_and_not_for_other_sites(client, room, alice):
    client.get(room.join_path)
    client.post(f"{room.join_path}seat/", {"name": "Gina"})
    session, csrf = client.cookies["sessionid"], client.cookies["csrftoken"]
    assert session["httponly"]
    assert session["samesite"] == csrf["samesite"] == "Lax"
    assert not session["domain"]
    assert not csrf["domain"]


SHOW = """
import json
from meet import settings as s
names = ["SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
         "SECURE_HSTS_SECONDS", "CSRF_TRUSTED_ORIGINS", "ALLOWED_HOSTS", "DEBUG"]
print(json.dumps({name: getattr(s, name) for name in names}))
"""
ANSWER = """
import json, django
django.setup()
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
client = Client(headers={"host": "meet.example.org"})
answer = client.get("/accounts/login/", secure=True)
print(json.dumps({"hsts": answer.headers.get("Strict-Transport-Security"),
                  "cookies": {name: dict(one) for name, one in answer.cookies.items()}}))
"""


def in_another_process(code, directory, **environment):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    env = {**kept, "MEET_DATA_DIR": str(directory), "DJANGO_SETTINGS_MODULE": "meet.settings", **environment}
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


def test_under_https_cookies_are_bound_to_the_host_and_the_browser_remembers(tmp_path):
    told = in_another_process(ANSWER, tmp_path, MEET_PUBLIC_URL="https://meet.example.org")
    assert told["hsts"] == "max-age=31536000; includeSubDomains; preload"
    cookie = told["cookies"]["__Host-csrftoken"]
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (
        True,
        "/",
        "",
    )  # what __Host- asks for (RFC 6265bis)
    shown = in_another_process(SHOW, tmp_path, MEET_PUBLIC_URL="https://meet.example.org")
    assert (shown["SESSION_COOKIE_NAME"], shown["SESSION_COOKIE_SECURE"]) == ("__Host-sessionid", True)
    assert shown["CSRF_TRUSTED_ORIGINS"] == ["https://meet.example.org"]
    assert "*" not in shown["ALLOWED_HOSTS"]


def test_out_of_the_box_it_is_plain_http_without_debugging(tmp_path):
    shown = in_another_process(SHOW, tmp_path)
    assert shown["SESSION_COOKIE_NAME"] == "sessionid"
    assert shown["SESSION_COOKIE_SECURE"] is False
    assert shown["SECURE_HSTS_SECONDS"] == 0
    assert shown["DEBUG"] is False


def test_a_self_signed_server_does_not_bind_browsers_to_its_certificate(tmp_path):
    shown = in_another_process(SHOW, tmp_path, MEET_TLS="self-signed")
    assert shown["SECURE_HSTS_SECONDS"] == 0
    assert shown["SESSION_COOKIE_SECURE"] is True


@pytest.mark.parametrize(
    "environment",
    [{"SECRET_KEY": "short"}, {"SECRET_KEY": "a" * 60}, {"TURN_URLS": "turn:t.example.org"}, {"WEB_PROCESSES": "2"}],
    ids=["a short key", "a weak key", "TURN without its secret", "processes that cannot hear each other"],
)
def test_settings_that_would_be_unsafe_stop_the_process(tmp_path, environment):
    with pytest.raises(AssertionError, match="ImproperlyConfigured"):
        in_another_process(SHOW, tmp_path, **environment)


def test_a_foreign_host_name_is_refused(client, room):
    assert client.get(room.join_path, headers={"host": "evil.example"}).status_code == 400
