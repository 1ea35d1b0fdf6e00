"""What Prometheus reads: the counters of the process that answers, and what the database knows now."""

import os
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_save
from prometheus_client import CollectorRegistry, Metric, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from chat.models import Message, MessageType
from jobs import figures as work
from mail.models import Mail
from realtime.metrics import REGISTRY, messages
from rooms.models import Meeting, MeetingState, Participant
from signaling.relays import figures

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
        yield from self._work()

    def _work(self) -> Iterator[Metric]:
        jobs = GaugeMetricFamily("meet_jobs", "Enqueued jobs, by their state.", labels=["state"])
        for state, count in work.by_state().items():
            jobs.add_metric([state], count)
        yield jobs
        yield GaugeMetricFamily("meet_jobs_longest_wait_seconds", "Of the oldest due job.", value=work.longest_wait())
        yield GaugeMetricFamily("meet_job_workers", "Workers that are alive.", value=work.workers())
        failures = CounterMetricFamily("meet_periodic_failures", "Failures of periodic jobs.", labels=["job"])
        for name, count in work.failures_of_periodic_jobs().items():
            failures.add_metric([name], count)
        yield failures
        mails = GaugeMetricFamily("meet_mails", "Mail that waits or was given up, by its state.", labels=["state"])
        for state, count in Mail.objects.by_state().items():
            mails.add_metric([state], count)
        yield mails


class OfTheRelay(Collector):
    """What each worker counts; of one that is away only that."""

    def collect(self) -> Iterator[Metric]:
        families: dict[str, GaugeMetricFamily] = {}
        for number in range(settings.RELAY_WORKERS):
            try:
                counted = {"up": 1.0, **figures(number)}
            except OSError:
                counted = {"up": 0.0}
            for name, value in counted.items():
                family = GaugeMetricFamily(f"meet_relay_{name}", f"Of the relay: {name}.", labels=["worker"])
                families.setdefault(name, family).add_metric([str(number)], value)
        yield from families.values()


def exposition() -> bytes:
    """Prometheus' text format 0.0.4."""
    registry = CollectorRegistry(auto_describe=False)
    for collector in (OfThisProcess(), OfTheDatabase(), OfTheRelay()):
        registry.register(collector)
    return generate_latest(registry)


def count_message(instance: Message, created: bool, **kwargs: Any) -> None:
    if created and instance.type == MessageType.TEXT:
        transaction.on_commit(partial(messages.inc))


def listen() -> None:
    post_save.connect(count_message, sender=Message, dispatch_uid="meet.metrics")
