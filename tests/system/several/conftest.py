import pytest

from tests.server import StartServer


@pytest.fixture
def two_servers(start_server: StartServer):
    """Two web processes of one installation, as on two machines."""
    return start_server(), start_server()
