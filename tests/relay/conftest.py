from collections.abc import AsyncIterator

import pytest

from tests.relay.peers import Gathering, gathering


@pytest.fixture
async def relay() -> AsyncIterator[Gathering]:
    async with gathering() as gathered:
        yield gathered
