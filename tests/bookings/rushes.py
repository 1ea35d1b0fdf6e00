"""Many who do something at the same moment, each on a database connection of their own."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections

from realtime.refusals import Refused


def all_at_once(verbs: Sequence[Callable[[], object]]) -> Counter[str]:
    """How often each was refused with which code, or `done`."""
    together = Barrier(len(verbs))

    def rush(verb: Callable[[], object]) -> str:
        together.wait(timeout=30)
        try:
            verb()
        except Refused as refused:
            return refused.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(verbs)) as crowd:
        return Counter(crowd.map(rush, verbs))
