"""Of transactions that wait for each other the database sends one back. Its verb comes again."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, transaction

P = ParamSpec("P")
R = TypeVar("R")
SENT_BACK = {"40P01", "40001"}  # a deadlock, a serialization failure


def sent_back(error: Exception) -> bool:
    return getattr(error.__cause__, "sqlstate", "") in SENT_BACK


def retried(verb: Callable[P, R]) -> Callable[P, R]:
    """In one transaction, and once more where the database sent it back."""

    @wraps(verb)
    def attempt(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with transaction.atomic():
                return verb(*args, **kwargs)
        except OperationalError as error:
            if not sent_back(error):
                raise
        with transaction.atomic():
            return verb(*args, **kwargs)

    return attempt
