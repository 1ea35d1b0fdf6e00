import json
import urllib.request

import pytest

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_says_that_it_lives_and_is_ready(server):
    for path in ("live", "ready"):
        with urllib.request.urlopen(f"{server.url}/health/{path}", timeout=10) as answer:
            assert answer.status == 200
    assert json.loads(answer.read() or b"{}") is not None
