"""What this process counts of its sockets. Labels come from code, never from what people send."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call] # when a counter was born helps nobody here
REGISTRY = CollectorRegistry()

sockets = Gauge("meet_sockets", "Sockets that are open.", ["kind"], registry=REGISTRY)
command_seconds = Histogram(
    "meet_command_seconds",
    "From taking a command to its answer; meeting.join is how long people wait at the door.",
    ["command"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
    registry=REGISTRY,
)
refusals = Counter("meet_refusals", "Answers that said no, by their code.", ["code"], registry=REGISTRY)
event_frames = Counter("meet_event_frames", "Frames with events, put into sockets' outboxes.", registry=REGISTRY)
outboxes_broken = Counter("meet_outboxes_broken", "Sockets given up because they took nothing.", registry=REGISTRY)
messages = Counter("meet_messages", "Chat messages that people wrote.", registry=REGISTRY)
