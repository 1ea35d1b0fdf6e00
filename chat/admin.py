from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from chat.models import Attachment, Message, Reaction, Reading, Thread


class ReadOnly:
    """What people said is read here, and may be deleted; it is not rewritten."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Thread)
class ThreadAdmin(ReadOnly, admin.ModelAdmin[Thread]):
    list_display = ["id", "meeting", "seq", "created_at"]
    list_filter = ["created_at"]
    list_select_related = ["meeting"]
    search_fields = ["id", "meeting__title", "meeting__room__name"]
    date_hierarchy = "created_at"


@admin.register(Message)
class MessageAdmin(ReadOnly, admin.ModelAdmin[Message]):
    """What is private is not read here either."""

    list_display = ["created_at", "thread", "number", "type", "author_name", "content"]
    list_filter = ["type", "created_at"]
    list_select_related = ["thread"]
    search_fields = ["content", "author_name", "author__email", "thread__meeting__room__name"]
    date_hierarchy = "created_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).filter(is_private=False)


@admin.register(Reaction)
class ReactionAdmin(ReadOnly, admin.ModelAdmin[Reaction]):
    list_display = ["emoji", "participant", "message_id", "created_at"]
    list_filter = ["emoji", "created_at"]
    list_select_related = ["participant__user"]
    search_fields = ["participant__user__display_name", "participant__guest_name", "message__id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reaction]:
        return super().get_queryset(request).filter(message__is_private=False)


@admin.register(Attachment)
class AttachmentAdmin(ReadOnly, admin.ModelAdmin[Attachment]):
    list_display = ["name", "size", "content_type", "message_id", "created_at"]
    list_filter = ["content_type", "created_at"]
    search_fields = ["name", "message__author_name", "message__thread__meeting__room__name"]
    exclude = ["file"]


@admin.register(Reading)
class ReadingAdmin(ReadOnly, admin.ModelAdmin[Reading]):
    list_display = ["participant", "thread", "number", "updated_at"]
    list_filter = ["updated_at"]
    list_select_related = ["participant__user", "thread"]
    search_fields = ["participant__user__display_name", "participant__guest_name", "thread__id"]
