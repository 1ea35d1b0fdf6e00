"""Append-only: who did what to which, when, from where."""

import uuid
from typing import Any, NoReturn

from django.conf import settings
from django.db import models


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("Audit entries are not changed.")

    def delete(self) -> NoReturn:
        raise TypeError("Audit entries are not deleted.")

    def unsealed(self) -> "AuditEntryQuerySet":
        return self.filter(number__isnull=True)

    def seal(self, entry: "AuditEntry", *, number: int, digest: str) -> None:
        """Gives an entry its place in the chain, once."""
        models.QuerySet.update(self.unsealed().filter(pk=entry.pk), number=number, hash=digest)

    def prune(self, *, up_to: int) -> int:
        """Drops the beginning of the chain, and says how many entries that were."""
        return self.filter(number__lte=up_to)._raw_delete(self.db)


class AuditEntry(models.Model):
    """One change or refusal. Names its entity by type and id, so that it outlives what it speaks of."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    organization = models.UUIDField(null=True, blank=True, db_index=True)  # outlives the row it names
    action = models.CharField(max_length=60, db_index=True)
    entity = models.CharField(max_length=60)
    entity_id = models.CharField(max_length=64, db_index=True)
    changes = models.JSONField(default=dict, blank=True)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    number = models.PositiveBigIntegerField(null=True, blank=True, unique=True, editable=False)
    hash = models.CharField(max_length=64, blank=True, editable=False)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.action} {self.entity} {self.entity_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("Audit entries are not changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Audit entries are not deleted.")


class Chain(models.Model):
    """The one chain of this site: where it begins, after pruning, and where it ends."""

    start_number = models.PositiveBigIntegerField(default=0)
    start_hash = models.CharField(max_length=64, default="0" * 64)
    end_number = models.PositiveBigIntegerField(default=0)
    end_hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="chain_there_is_one")]

    def __str__(self) -> str:
        return f"{self.start_number + 1}–{self.end_number}"
