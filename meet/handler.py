"""How a request meets Django: in one thread from its first middleware to its last, and not all of them at once."""

from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.db import close_old_connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase

AT_ONCE = 4  # more only take the interpreter from each other, and connections from a pool


class Handler(ASGIHandler):
    """Views and middleware are synchronous. By itself ASGIHandler crosses between the loop and a thread for every
    middleware that could be either, and gives each request a new thread, which opens a database connection of its own.
    Here the threads stay, and so does what they opened."""

    def __init__(self) -> None:
        super().__init__()
        threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="requests")
        self._in_thread = sync_to_async(self._answer, thread_sensitive=False, executor=threads)

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await self._in_thread(request)

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        """The signals of the request that do this come in threads of the loop, where no connection of ours is."""
        close_old_connections()
        try:
            return self.get_response(request)
        finally:
            close_old_connections()
