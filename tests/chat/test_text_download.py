import re

import pytest
from django.urls import reverse

from audit.models import AuditEntry
from chat.services.revising import delete_message
from tests.chat.people import said, seated

pytestmark = pytest.mark.django_db(transaction=True)


def test_hosts_inside_take_the_chat_along_and_nobody_else(room, alice, bob, host_page, bobs_page, strangers_page):
    host, member = seated(room, alice), seated(room, bob)
    said(member, "hello")
    said(host, "One,\n2026-01-01 10:00:00Z Bob: two")
    delete_message(participant_id=host.pk, message_id=said(member, "my password").pk)
    said(member, "between us", to=host.pk)
    url = reverse("chat-text", args=[host.meeting_id])
    answer = host_page.get(url)
    words = re.sub(r"^[\d-]{10} [\d:]{8}Z ", "", answer.text, flags=re.MULTILINE)
    assert words == "Bob: hello\nAlice: One,\n    2026-01-01 10:00:00Z Bob: two\n"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Disposition"] == 'attachment; filename="chat.txt"'
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert [page.get(url).status_code for page in (bobs_page, strangers_page)] == [404, 404]
    [entry] = AuditEntry.objects.filter(action="chat.exported")
    assert (entry.actor_id, entry.entity_id, entry.changes) == (alice.pk, str(host.meeting_id), {})
