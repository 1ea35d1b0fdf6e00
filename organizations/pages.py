from typing import Any

from organizations.models import Membership


def in_organization(membership: Membership, **more: Any) -> dict[str, Any]:
    """What templates/organizations/base.html needs, and `more`."""
    return {"membership": membership, "organization": membership.organization, **more}
