"""One copy of one source, whoever it is for: the layer aimed at, and numbers without a break."""

from random import Random

from relay.codecs import CLOCK_RATES
from relay.publication import Layer, Publication
from relay.rewriting import Rewriter


class Following:
    """Registered with the layers it gets packets of; subclasses are receivers, see tap."""

    def __init__(self, publication: Publication, ssrc: int, random: Random) -> None:
        self.publication = publication
        self.is_video = publication.kind == "video"
        self.rewriter: Rewriter[Layer] = Rewriter(ssrc, CLOCK_RATES[publication.codec], random)
        self._on: list[Layer] = []

    def aim(self, layer: Layer | None) -> None:
        rewriter = self.rewriter
        if rewriter.layer is not None and rewriter.layer not in self.publication.layers:
            rewriter.aim(None)  # it comes from nowhere any more
        if layer is not rewriter.target:
            rewriter.aim(layer)
        self._register([one for one in (rewriter.layer, layer) if one is not None])
        if layer is not None and rewriter.waiting and self.is_video:
            self.publication.ask_for_keyframe(layer)

    def switched(self, layer: Layer) -> None:
        """The first packet of what was aimed at came."""
        self._register([layer])

    def _register(self, layers: list[Layer]) -> None:
        wanted = dict.fromkeys(layers)
        for layer in self._on:
            if layer not in wanted:
                layer.receivers.remove(self)  # type: ignore[arg-type]
        for layer in wanted:
            if layer not in self._on:
                layer.receivers.append(self)  # type: ignore[arg-type]
        self._on = list(wanted)
