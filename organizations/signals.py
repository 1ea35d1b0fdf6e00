"""What others may listen to about organizations, sent inside the transaction, while the rows still stand.

`membership_ended(membership, heir)`: somebody leaves or is removed; `heir` is the administrator who takes over what
they cared for. `organization_closing(organization, actor)`: everything of it is about to be deleted.
"""

from django.dispatch import Signal

membership_ended = Signal()
organization_closing = Signal()
