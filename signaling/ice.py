"""ICE servers for an admitted seat: none by default, STUN and coturn by settings."""

import base64
import hashlib
import hmac
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

TURN_LIFETIME = timedelta(hours=4)


def ice_servers(seat: UUID) -> list[dict[str, Any]]:
    """RTCIceServer dictionaries (W3C WebRTC §4.2.4); TURN credentials by coturn's use-auth-secret, one seat's."""
    servers: list[dict[str, Any]] = []
    if settings.STUN_URLS:
        servers.append({"urls": settings.STUN_URLS})
    if settings.TURN_URLS:
        username = f"{int(time.time() + TURN_LIFETIME.total_seconds())}:{seat}"
        digest = hmac.new(settings.TURN_SECRET.encode(), username.encode(), hashlib.sha1).digest()
        servers.append(
            {
                "urls": settings.TURN_URLS,
                "username": username,
                "credential": base64.b64encode(digest).decode(),
            }
        )
    return servers
