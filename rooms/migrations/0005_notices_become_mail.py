from django.db import migrations

SAME = ('id', 'recipient', 'kind', 'subject', 'text', 'calendar', 'reply_to', 'attempts', 'next_try_at')


def carry_over(apps, schema_editor):
    """What still waits is mail from now on; its Message-ID is made of the same id."""
    Notice, Mail = apps.get_model('rooms', 'Notice'), apps.get_model('mail', 'Mail')
    waiting = Notice.objects.filter(state='PENDING').order_by('created_at')
    Mail.objects.bulk_create((_mail(Mail, notice) for notice in waiting.iterator()), batch_size=100)


def _mail(Mail, notice):
    method = 'CANCEL' if notice.kind == 'CANCELLATION' else 'REQUEST'
    reminder = notice.kind == 'REMINDER' and notice.schedule_id and notice.occurrence
    return Mail(
        **{name: getattr(notice, name) for name in SAME},
        entity='rooms.schedule' if notice.schedule_id else '',
        entity_id=str(notice.schedule_id or ''),
        method=method if notice.calendar else '',
        key=f'reminder {notice.schedule_id} {notice.occurrence.timestamp():.0f} {notice.recipient}' if reminder else None,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('mail', '0001_initial'),
        ('rooms', '0004_organizations_and_scheduled_meetings'),
    ]

    operations = [
        migrations.RunPython(carry_over, elidable=True),
        migrations.DeleteModel(
            name='Notice',
        ),
    ]
