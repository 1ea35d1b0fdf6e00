"""What Prometheus reads: the counters of the process that answers, and what the database knows now."""

import os
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from prometheus_client import CollectorRegistry, Metric, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from chat.models import Message, MessageType
from realtime.metrics import REGISTRY, messages
from rooms.models import Meeting, MeetingState, Participant

ProcessCollector(registry=REGISTRY)


class OfThisProcess(Collector):
    """Of several processes another one may answer each time, so each says which it is."""

    def collect(self) -> Iterator[Metric]:
        for family in REGISTRY.collect():
            process = {"process": str(os.getpid())}
            family.samples = [one._replace(labels={**one.labels, **process}) for one in family.samples]
            yield family


class OfTheDatabase(Collector):
    """The same whichever process answers."""

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("meet_meetings", "Meetings that go on.", value=Meeting.objects.active().count())
        inside = Participant.objects.admitted().filter(meeting__state=MeetingState.ACTIVE)
        guests = inside.filter(user=None).count()
        people = GaugeMetricFamily("meet_people", "People in meetings, by who they are.", labels=["kind"])
        people.add_metric(["guest"], guests)
        people.add_metric(["account"], inside.count() - guests)
        yield people


def exposition() -> bytes:
    """Prometheus' text format 0.0.4."""
    registry = CollectorRegistry(auto_describe=False)
    for collector in (OfThisProcess(), OfTheDatabase()):
        registry.register(collector)
    return generate_latest(registry)


def count_message(instance: Message, created: bool, **kwargs: Any) -> None:
    if created and instance.type == MessageType.TEXT:
        transaction.on_commit(partial(messages.inc))


def listen() -> None:
    post_save.connect(count_message, sender=Message, dispatch_uid="meet.metrics")
