from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from relay import native
from relay.native import Library
from tests import services
from tests.relay.peers import Gathering, gathering


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if services.found("cc") is None:
        pytest.skip("no C compiler is installed")
    built = tmp_path_factory.mktemp("native") / native.BUILT.name
    native.build(built)
    return built


@pytest.fixture
def library(compiled: Path) -> Library:
    loaded = native.load(compiled)
    assert loaded
    return loaded


@pytest.fixture(params=["Python", "C"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads packets and copies them, it is the same relay."""
    library = native.load(request.getfixturevalue("compiled")) if request.param == "C" else None
    monkeypatch.setattr(native, "library", library)


@pytest.fixture
async def relay(language: None) -> AsyncIterator[Gathering]:
    async with gathering() as gathered:
        yield gathered
