from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.models import Worker
from tests.jobs import deeds


@pytest.fixture(autouse=True)
def done() -> list[str]:
    deeds.done.clear()
    deeds.failing.clear()
    deeds.began.clear()
    deeds.may_end.clear()
    return deeds.done


@pytest.fixture
def workers(db) -> list[str]:
    """Two that are alive."""
    for name in ("one", "two"):
        Worker.objects.create(pk=name, seen_at=timezone.now())
    return ["one", "two"]


@pytest.fixture
def dies():
    def die(name: str) -> None:
        """As far as others can tell: it is not seen any more."""
        Worker.objects.filter(pk=name).update(seen_at=timezone.now() - timedelta(minutes=1))

    return die
