import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from audit.actions import Action
from audit.chain import prune, seal, verify
from audit.models import AuditEntry, Chain
from audit.services import record

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries(alice):
    """Six sealed entries; what making Alice recorded is among them."""
    while AuditEntry.objects.count() < 6:
        record(action=Action.ROOM_CHANGED, entity=alice, actor=alice, name=["Weekly", "Wöchentlich"])
    seal()
    return list(AuditEntry.objects.order_by("number"))


def tamper(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def faults():
    return [(fault.kind, fault.number) for fault in verify()]


def test_what_was_written_is_whole(entries, capsys):
    assert faults() == []
    call_command("verify_audit")
    assert "whole: 6 entries" in capsys.readouterr().out


def test_sealing_again_changes_nothing(entries):
    before = Chain.objects.get().end_hash
    assert seal() == 0
    assert Chain.objects.get().end_hash == before


@pytest.mark.parametrize(("column", "value"), [("action", "room.created"), ("user_agent", "x"), ("entity_id", "y")])
def test_a_changed_entry_is_found_and_named(entries, column, value, capsys):
    tamper(f"UPDATE audit_auditentry SET {column} = %s WHERE number = 3", value)  # noqa: S608
    assert faults() == [("changed", 3)]
    with pytest.raises(CommandError):
        call_command("verify_audit")
    assert "Entry 3" in capsys.readouterr().out


def test_a_changed_hash_is_found(entries):
    tamper("UPDATE audit_auditentry SET hash = %s WHERE number = 3", "f" * 64)
    assert ("changed", 3) in faults()


@pytest.mark.parametrize("number", [1, 4, 6])
def test_a_missing_entry_is_found_wherever_it_stood(entries, number):
    tamper("DELETE FROM audit_auditentry WHERE number = %s", number)
    assert ("missing", number) in faults()


def test_an_entry_put_beyond_the_end_is_found(entries):
    tamper("UPDATE audit_auditentry SET number = 60 WHERE number = 6")
    assert faults() == [("missing", 6), ("unexpected", 60)]


def test_old_entries_are_pruned_and_the_rest_is_still_whole(entries):
    assert prune(before=entries[3].at) == 3
    assert AuditEntry.objects.count() == 3
    assert faults() == []


def test_everything_may_be_old(entries):
    assert prune(before=timezone.now()) == 6
    record(action=Action.ROOM_CHANGED, entity=entries[0])
    assert faults() == []


def test_what_is_missing_after_pruning_is_found(entries):
    prune(before=entries[3].at)
    tamper("DELETE FROM audit_auditentry WHERE number = 4")
    assert faults() == [("missing", 4)]


def test_entries_cannot_be_changed_or_deleted_by_the_product(entries):
    with pytest.raises(TypeError):
        entries[0].save()
    with pytest.raises(TypeError):
        entries[0].delete()
    with pytest.raises(TypeError):
        AuditEntry.objects.update(action="x")
    with pytest.raises(TypeError):
        AuditEntry.objects.all().delete()
