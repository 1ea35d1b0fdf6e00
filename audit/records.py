"""The shape shared by everything that Meet keeps."""

import uuid

from django.db import models


class Record(models.Model):
    """A row with a UUID key, when it was made and when it last changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
