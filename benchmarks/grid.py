"""`python -m benchmarks.grid`: the timetable of 50 spaces with 2000 bookings a week, and of ten times as many.

What a member's page takes of the process that renders it: queries, CPU time of the fastest of some, and bytes.
"""

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.servers import data_directory
from tests import services

MONDAY = datetime(2035, 3, 5, tzinfo=UTC)
SPACES, TIMES = 50, 10
HOURS, DAYS = range(9, 17), range(5)  # 40 bookings a week in each space
ROUNDS = 5
VIEWS = ("day", "week")


def prepare(slug: str, user: Any, spaces: int) -> int:
    """An organization with booked spaces; how many bookings."""
    from bookings.models import Booking, Slot
    from bookings.spaces.models import OpeningHours, Space
    from bookings.states import BookingState
    from organizations.models import Membership, Organization

    made = Organization.objects.create(name=slug, slug=slug)
    Membership.objects.create(organization=made, user=user)
    rooms = Space.objects.bulk_create(
        Space(organization=made, name=f"Space {number:03}", building=f"Building {number % 7}", capacity=number % 20 + 1)
        for number in range(spaces)
    )
    OpeningHours.objects.bulk_create(
        OpeningHours(space=room, weekday=day, opens=480, closes=1080) for room in rooms for day in DAYS
    )
    times = [MONDAY + timedelta(days=day, hours=hour) for day in DAYS for hour in HOURS]
    pairs = [
        (room, Booking(organization=made, organizer=user, title="Planning", state=BookingState.CONFIRMED,
                       starts_at=begin, ends_at=begin + timedelta(minutes=50)))
        for room in rooms
        for begin in times
    ]  # fmt: skip
    Booking.objects.bulk_create([booking for _, booking in pairs], batch_size=2000)
    slots = [
        Slot(booking=one, space=room, blocked_from=one.starts_at, blocked_until=one.ends_at) for room, one in pairs
    ]
    Slot.objects.bulk_create(slots, batch_size=2000)
    return len(pairs)


def measure(client: Any, slug: str, view: str) -> tuple[int, float, int]:
    """Queries, CPU milliseconds, bytes."""
    from django.db import connection

    asked: list[str] = []

    def count(execute: Any, sql: str, *given: Any) -> Any:
        asked.append(sql)
        return execute(sql, *given)

    path = f"/organizations/{slug}/spaces/grid/?date={MONDAY:%Y-%m-%d}&view={view}"
    client.get(path)
    with connection.execute_wrapper(count):
        answer = client.get(path)
    assert answer.status_code == 200
    spent = []
    for _ in range(ROUNDS):
        began = time.process_time()
        client.get(path)
        spent.append(1000 * (time.process_time() - began))
    return len(asked), min(spent), len(answer.content)


def run(environment: dict[str, str]) -> None:
    os.environ.update(environment | {"DJANGO_SETTINGS_MODULE": "meet.settings"})
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    from accounts.models import User

    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    user = User.objects.create_user("bob@example.org", display_name="Bob")
    counted = {
        slug: (spaces, prepare(slug, user, spaces)) for slug, spaces in (("small", SPACES), ("large", SPACES * TIMES))
    }
    client = Client()
    client.force_login(user)
    for name in VIEWS:
        small, large = measure(client, "small", name), measure(client, "large", name)
        for (spaces, bookings), (queries, spent, size) in zip(counted.values(), (small, large), strict=True):
            said = f"{queries} queries, {spent:.0f} CPU-ms, {size / 1024:.0f} KiB"
            print(f"{name}: {spaces} spaces, {bookings} bookings: {said}")
        ratios = [big / little for big, little in zip(large, small, strict=True)]
        print(f"{name}: ratio of queries {ratios[0]:.2f}, CPU {ratios[1]:.2f}, bytes {ratios[2]:.2f}")


def main() -> None:
    with data_directory() as kept:
        if sys.argv[1:] == ["postgresql"]:
            with services.postgresql() as database:
                run(kept | {"DATABASE_URL": database})
        else:
            run(kept)


if __name__ == "__main__":
    main()
