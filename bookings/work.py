from uuid import UUID

from bookings.notices import links, reminders
from bookings.services import retention, upkeep
from jobs.decorators import every, job


@every(10)
def release_absent() -> None:
    upkeep.release_absent()


@every(20)
def complete_over() -> None:
    upkeep.complete_over()


@every(600)
def prune() -> None:
    retention.prune()


@job()
def tell_new_link(room_id: str) -> None:
    links.tell_new_link(UUID(room_id))


@every(20)
def remind() -> None:
    reminders.write_due()
