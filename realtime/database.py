"""The one bridge from sockets to the database: sync services on the process's socket thread."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection

A = ParamSpec("A")
R = TypeVar("R")


async def in_database(call: Callable[A, R], *args: A.args, **kwargs: A.kwargs) -> R:
    return await sync_to_async(_run, thread_sensitive=True)(call, *args, **kwargs)


def _run(call: Callable[A, R], *args: A.args, **kwargs: A.kwargs) -> R:
    # To open SQLite's file anew for every command costs a third of a join; a pool takes its connection back.
    if connection.vendor == "sqlite" and not connection.errors_occurred:
        return call(*args, **kwargs)
    close_old_connections()
    try:
        return call(*args, **kwargs)
    finally:
        close_old_connections()
