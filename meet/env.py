"""What the environment says, checked once and typed. docs/settings.md lists every name; a test keeps it complete."""

import contextlib
import os
import socket
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
LOOPBACK = {"127.0.0.1", "localhost", "::1"}

env = environ.FileAwareEnv()


def data_dir() -> Path:
    path = Path(env.str("MEET_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def secret_key(directory: Path) -> str:
    """SECRET_KEY, or the one made on first start and kept with mode 0600; a weak one stops the process."""
    key = env.str("SECRET_KEY", default="") or _kept_secret(directory / "secret-key")
    if len(key) < 50 or len(set(key)) < 12:
        raise ImproperlyConfigured("SECRET_KEY is weak: use at least 50 random characters.")
    return key


def _kept_secret(path: Path) -> str:
    if not path.exists():
        # Whole or not at all, and the first of two processes wins.
        with tempfile.NamedTemporaryFile("w", dir=path.parent) as file:  # mode 0600
            file.write(get_random_secret_key() + get_random_secret_key())
            file.flush()
            with contextlib.suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_text().strip()


def public_url(host: str, port: int, *, tls: bool) -> str:
    """The address people use: MEET_PUBLIC_URL, else what HOST, PORT and MEET_TLS make."""
    given = str(env.str("MEET_PUBLIC_URL", default="")).rstrip("/")
    if given:
        parts = urlsplit(given)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
            raise ImproperlyConfigured("MEET_PUBLIC_URL must look like https://meet.example.org")
        return given
    name = "localhost" if host in LOOPBACK else lan_address() if host in {"0.0.0.0", "::"} else host  # noqa: S104
    return f"{'https' if tls else 'http'}://{f'[{name}]' if ':' in name else name}:{port}"


def lan_address() -> str:
    """The address of the interface that the default route uses; connecting a UDP socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def allowed_hosts(host: str, address: str) -> list[str]:
    names = {*LOOPBACK, "[::1]", urlsplit(address).hostname or "localhost"}
    if host in {"0.0.0.0", "::"}:  # noqa: S104
        names |= {lan_address(), socket.gethostname()}
    elif host not in LOOPBACK:
        names.add(host)
    return sorted(names)


def sign_in_providers() -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Who else may vouch for people, from GOOGLE_* and OIDC_*, and the origins that their sign in forms lead to."""
    found: dict[str, dict[str, Any]] = {}
    origins = []
    if google := env.str("GOOGLE_CLIENT_ID", default=""):
        app = {"client_id": google, "secret": env.str("GOOGLE_CLIENT_SECRET", default="")}
        found["google"] = {"APPS": [app], "SCOPE": ["profile", "email"], **VOUCHED}
        origins.append("https://accounts.google.com")
    if server := env.str("OIDC_SERVER_URL", default=""):
        found["openid_connect"] = {"APPS": [_oidc_app(server)], **VOUCHED}
        origins.append("{0.scheme}://{0.netloc}".format(urlsplit(server)))
    return found, origins


# The operator chose the provider, so an address that it calls verified is the person's own.
VOUCHED = {"OAUTH_PKCE_ENABLED": True, "EMAIL_AUTHENTICATION": True}


def _oidc_app(server: str) -> dict[str, Any]:
    return {
        "provider_id": "oidc",
        "name": env.str("OIDC_NAME", default="single sign-on"),
        "client_id": env.str("OIDC_CLIENT_ID"),
        "secret": env.str("OIDC_CLIENT_SECRET", default=""),
        "settings": {"server_url": server},
    }
