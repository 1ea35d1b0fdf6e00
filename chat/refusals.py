"""The refusals that several verbs of the chat share, each made anew."""

from django.utils.translation import gettext_lazy as _

from realtime.refusals import Refused


def chat_is_off() -> Refused:
    return Refused("chat.not-allowed", _("The host has turned off chat."))


def files_are_off() -> Refused:
    return Refused("file.not-allowed", _("The host has turned off files."))


def private_messages_are_off() -> Refused:
    return Refused("private.not-allowed", _("The host has turned off private messages."))


def message_not_found() -> Refused:
    return Refused("message.not-found", _("This message is no longer there."))


def not_yours() -> Refused:
    return Refused("message.not-yours", _("This message is not yours to change."))


def too_often() -> Refused:
    return Refused("rate.exceeded", _("That was too often. Wait a moment and try again."))
