from bookings.services import upkeep
from jobs.decorators import every


@every(10)
def release_absent() -> None:
    upkeep.release_absent()


@every(10)
def complete_over() -> None:
    upkeep.complete_over()
