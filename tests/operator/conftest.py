from tests.sockets.conftest import bobs_page, guest_page, host_page  # noqa: F401
