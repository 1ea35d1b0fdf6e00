"""Work for the tests: what it did is in `done`, and it fails as long as it is told to."""

from threading import Event

from jobs.decorators import job

done: list[str] = []
failing: list[Exception] = []


@job(attempts=3)
def deed(name: str) -> None:
    if failing:
        raise failing[0]
    done.append(name)


@job(queue="mail", attempts=1)
def daring(name: str) -> None:
    deed.call(name)


began, may_end = Event(), Event()


@job(queue="mail")
def slow() -> None:
    began.set()
    may_end.wait(timeout=30)


@job(queue="mail", lease=0)
def stuck() -> None:
    slow.call()
