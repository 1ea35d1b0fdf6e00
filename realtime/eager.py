"""Run a coroutine up to its first real wait without a task; most sends never wait."""

import types
from collections.abc import Awaitable, Coroutine, Generator
from functools import partial
from typing import Any


def start(coroutine: Coroutine[Any, Any, None]) -> Awaitable[None] | None:
    """None when the coroutine finished at once, else the rest of it, to be awaited by a task.

    What asyncio.eager_task_factory does from Python 3.12 on. The coroutine must not ask for its own task before
    it first waits.
    """
    try:
        waits_for = coroutine.send(None)
    except StopIteration:
        return None
    return _resume(coroutine, waits_for)  # type: ignore[return-value]


@types.coroutine
def _resume(coroutine: Coroutine[Any, Any, None], waits_for: Any) -> Generator[Any, Any, None]:
    while True:
        try:
            value = yield waits_for
        except BaseException as error:  # noqa: BLE001 - belongs to the coroutine, cancellation included
            step = partial(coroutine.throw, error)
        else:
            step = partial(coroutine.send, value)
        try:
            waits_for = step()
        except StopIteration:
            return
