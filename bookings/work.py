from bookings.notices import reminders
from bookings.services import retention, upkeep
from jobs.decorators import every


@every(10)
def release_absent() -> None:
    upkeep.release_absent()


@every(20)
def complete_over() -> None:
    upkeep.complete_over()


@every(600)
def prune() -> None:
    retention.prune()


@every(20)
def remind() -> None:
    reminders.write_due()
