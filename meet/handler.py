"""How a request meets Django: in one thread from its first middleware to its last, and not all of them at once."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Any

from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.signals import request_started
from django.db import close_old_connections
from django.urls import set_script_prefix

AT_ONCE = 4  # more only take the interpreter from each other, and connections from a pool


class Handler(ASGIHandler):
    """Views and middleware are synchronous. By itself ASGIHandler crosses between the loop and a thread for every
    middleware that could be either, and gives each request a new thread, which opens a database connection of its own
    and for most pages costs as much as the page. Here the threads stay, and so does what they opened."""

    def __init__(self) -> None:
        super().__init__()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="requests")

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        """Who leaves before it is their turn is not answered."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        leaving = asyncio.create_task(receive())
        respond = partial(copy_context().run, self._response, scope, body, leaving.done)
        try:
            response = await asyncio.get_running_loop().run_in_executor(self._threads, respond)
            if response is not None and response.streaming:
                await self._stream_unless(leaving, response, send)
            elif response is not None:
                await self.send_response(response, send)
        finally:
            leaving.cancel()

    async def _stream_unless(self, leaving: asyncio.Task[Any], response: Any, send: Any) -> None:
        sending = asyncio.create_task(self.send_response(response, send))
        leaving.add_done_callback(lambda _: sending.cancel())
        try:
            await asyncio.wait([sending])
        finally:
            sending.cancel()
            response.close()
        if not sending.cancelled():
            sending.result()

    def _response(self, scope: Any, body: Any, has_left: Callable[[], bool]) -> Any:
        """Closed, unless it is still to be read."""
        with body:
            if has_left():
                return None
            set_script_prefix(get_script_prefix(scope))
            request_started.send(sender=type(self), scope=scope)
            try:
                request, refusal = self.create_request(scope, body)
                response: Any = self.get_response(request) if request else refusal
                response._handler_class = type(self)
                if not response.streaming:
                    response.close()
            finally:
                close_old_connections()  # those of this thread: a stream ends in another
        return response
