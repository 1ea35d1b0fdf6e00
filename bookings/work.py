from bookings.notices import reminders
from jobs.decorators import every


@every(20)
def remind() -> None:
    reminders.write_due()
