"""No two held slots of a space overlap, whoever writes them: what everything else about bookings rests on."""

from django.db import migrations

EXCLUSION = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE bookings_slot ADD CONSTRAINT slot_no_overlap
    EXCLUDE USING gist (space_id WITH =, tstzrange(blocked_from, blocked_until) WITH &&) WHERE (is_held);
"""

# Times are text in UTC, which sorts as time does. An IntegrityError with the constraint's name, as on PostgreSQL.
TRIGGER = """
CREATE TRIGGER slot_no_overlap_{event} BEFORE {event} ON bookings_slot WHEN NEW.is_held
BEGIN
    SELECT RAISE(ABORT, 'slot_no_overlap') FROM bookings_slot
    WHERE space_id = NEW.space_id AND is_held AND id <> NEW.id
        AND blocked_from < NEW.blocked_until AND blocked_until > NEW.blocked_from;
END
"""


def lay(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(EXCLUSION)
    else:
        for event in ("INSERT", "UPDATE"):
            schema_editor.execute(TRIGGER.format(event=event))


def lift(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE bookings_slot DROP CONSTRAINT slot_no_overlap")
    else:
        for event in ("INSERT", "UPDATE"):
            schema_editor.execute(f"DROP TRIGGER slot_no_overlap_{event}")


class Migration(migrations.Migration):
    dependencies = [("bookings", "0001_initial")]
    operations = [migrations.RunPython(lay, lift)]
