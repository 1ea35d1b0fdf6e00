"""What people are told by mail about organizations."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from mail.services import Letter
from organizations.models import Invitation


def letter_of(invitation: Invitation, token: str) -> Letter:
    """In the language of the one who is invited, where they have an account, else of who invites."""
    reader = User.objects.filter(email__iexact=invitation.email).first() or invitation.invited_by
    with translation.override(reader.language if reader else None):
        return Letter(to=invitation.email, subject=_subject(invitation), text=_text(invitation, token))


def _subject(invitation: Invitation) -> str:
    return _("Invitation to %(organization)s") % {"organization": invitation.organization.name}


def _text(invitation: Invitation, token: str) -> str:
    who = invitation.invited_by.display_name if invitation.invited_by else _("Somebody")
    link = f"{settings.PUBLIC_URL}{reverse('invitation', args=[token])}"
    words = {"name": who, "organization": invitation.organization.name, "role": invitation.get_role_display()}
    parts = [
        _("%(name)s invites you to %(organization)s as: %(role)s.") % words,
        _("Accept here: %(link)s") % {"link": link},
        _("The link works once, until %(day)s, for %(address)s.")
        % {"day": date_format(invitation.expires_at, "j F Y"), "address": invitation.email},
        _("If you do not know them, do nothing: nobody becomes a member without accepting."),
    ]
    return "\n\n".join(parts) + "\n"
