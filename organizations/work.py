from uuid import UUID

from jobs.decorators import every, job
from organizations.takeout import making

LONGEST = 1800  # seconds that an export may take


@job(attempts=3, lease=LONGEST)
def make_export(export_id: str) -> None:
    """Made anew where a worker died of it; where it failed, whoever asked sees that, and asks again."""
    try:
        making.make(export_id=UUID(export_id))
    except Exception:
        making.give_up(export_id=UUID(export_id))
        raise


@every(600)
def tidy_exports() -> None:
    making.tidy()
