"""Whoever gets a source is a receiver: a browser's downlink, a file. More kinds need no change elsewhere."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from relay.rtcp import SenderReport
from relay.rtp import Normalised

if TYPE_CHECKING:
    from relay.publication import Layer


class Receiver(Protocol):
    def take(self, layer: "Layer", packets: Sequence[Normalised]) -> None:
        """New packets of a layer this receiver is registered with, which came together, perhaps out of order."""

    def reported(self, layer: "Layer", report: SenderReport) -> None:
        """What the sender says of its clock."""

    def revise(self) -> None:
        """The layers, or whether the source is to be heard, changed."""

    def wished_height(self) -> int:
        """In pixels, 0: not watched."""

    def ended(self) -> None:
        """There will be no more packets."""
