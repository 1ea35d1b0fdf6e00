import pytest
from django.test import Client


@pytest.fixture
def nobody(db) -> Client:
    return Client()
