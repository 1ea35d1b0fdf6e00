from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.chain import verify
from audit.models import Chain


class Command(BaseCommand):
    help = "Recomputes the hashes of the audit trail and names every entry that was changed or is missing."

    def handle(self, **options: Any) -> None:
        faults = list(verify())
        for fault in faults:
            self.stdout.write(str(fault))
        if faults:
            raise CommandError("The audit trail is not what was written.")
        chain = Chain.objects.filter(pk=1).first() or Chain()
        count = chain.end_number - chain.start_number
        self.stdout.write(f"The audit trail is whole: {count} entries, last hash {chain.end_hash}")
