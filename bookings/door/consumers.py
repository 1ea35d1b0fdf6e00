"""The socket of a door: it hears that something changed, and says nothing but that it is still there."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from bookings.door import commands
from bookings.door.access import space_at_door
from realtime import topics
from realtime.commands import command
from realtime.consumers import RENEWAL, CommandConsumer
from realtime.database import in_database
from realtime.refusals import Close, Refused


class DoorConsumer(CommandConsumer):
    @command("door.listen", before_join=True)
    async def listen(self, payload: commands.Empty) -> dict[str, Any]:
        if self.joined:
            raise Refused("door.already-listening", _("This socket listens already."))
        await self.joined_topics(topics.space(await in_database(self._find)))
        return {"renewal": RENEWAL}

    @command("connection.renew")
    async def renew(self, payload: commands.Empty) -> None:
        """A link that was changed meanwhile hears no more."""
        await in_database(self._find)

    async def refused(self, command: str, refusal: Refused) -> None:
        if refusal.code == "door.not-found":
            self.outbox.close(Close.DOOR_CHANGED)

    def _find(self) -> UUID:
        address = (self.scope.get("client") or [""])[0]
        try:
            return space_at_door(self.scope["url_route"]["kwargs"]["key"], address).pk
        except Http404 as none:
            raise Refused("door.not-found", _("No door has this link.")) from none
