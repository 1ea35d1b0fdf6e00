import accounts.models
import bookings.feeds.models
import datetime
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import rooms.codes
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organizations', '0001_initial'),
        ('rooms', '0004_organizations_and_scheduled_meetings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Amenity',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('name', models.CharField(max_length=50, verbose_name='name')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='amenities', to='organizations.organization')),
            ],
            options={
                'verbose_name_plural': 'amenities',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Booking',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('original_starts_at', models.DateTimeField(blank=True, null=True)),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('sequence', models.PositiveIntegerField(default=0)),
                ('version', models.PositiveIntegerField(default=1)),
                ('state', models.CharField(choices=[('HELD', 'Held'), ('PENDING', 'Waiting for approval'), ('CONFIRMED', 'Confirmed'), ('CHECKED_IN', 'Checked in'), ('COMPLETED', 'Over'), ('CANCELLED', 'Cancelled'), ('DECLINED', 'Declined'), ('RELEASED', 'Released')], max_length=12)),
                ('title', models.CharField(max_length=100, verbose_name='title')),
                ('description', models.TextField(blank=True, max_length=2000, verbose_name='description')),
                ('is_private', models.BooleanField(default=False, verbose_name='private')),
                ('people', models.PositiveSmallIntegerField(default=1, verbose_name='people')),
                ('starts_at', models.DateTimeField(verbose_name='starts')),
                ('ends_at', models.DateTimeField(verbose_name='ends')),
                ('reminder', models.PositiveSmallIntegerField(choices=[(0, 'None'), (10, '10 minutes before'), (60, '1 hour before'), (1440, '1 day before')], default=0)),
                ('held_until', models.DateTimeField(blank=True, null=True)),
                ('checked_in_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('idempotency_key', models.CharField(blank=True, editable=False, max_length=64, null=True)),
                ('meeting', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='booking', to='rooms.meeting')),
                ('needs', models.ManyToManyField(blank=True, related_name='+', to='bookings.amenity')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bookings', to='organizations.organization')),
                ('organizer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='bookings', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['starts_at'],
            },
        ),
        migrations.CreateModel(
            name='Attendee',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('email', models.EmailField(max_length=254)),
                ('answer', models.CharField(choices=[('NEEDS-ACTION', 'No answer yet'), ('ACCEPTED', 'Yes'), ('TENTATIVE', 'Maybe'), ('DECLINED', 'No')], default='NEEDS-ACTION', max_length=12)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attendees', to='bookings.booking')),
            ],
            options={
                'ordering': ['email'],
            },
        ),
        migrations.CreateModel(
            name='Series',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('sequence', models.PositiveIntegerField(default=0)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('time_zone', models.CharField(max_length=60)),
                ('rrule', models.CharField(max_length=200)),
                ('excluded', models.JSONField(blank=True, default=list)),
                ('idempotency_key', models.CharField(blank=True, editable=False, max_length=64, null=True)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='series', to='organizations.organization')),
                ('organizer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='series', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'series',
            },
        ),
        migrations.AddField(
            model_name='booking',
            name='series',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='bookings', to='bookings.series'),
        ),
        migrations.CreateModel(
            name='Space',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('building', models.CharField(blank=True, max_length=100, verbose_name='building')),
                ('floor', models.CharField(blank=True, max_length=50, verbose_name='floor')),
                ('description', models.TextField(blank=True, max_length=1000, verbose_name='description')),
                ('capacity', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(10000)], verbose_name='people')),
                ('photo', models.ImageField(blank=True, upload_to='spaces/', verbose_name='photo')),
                ('time_zone', models.CharField(default='UTC', max_length=60, validators=[accounts.models.known_time_zone], verbose_name='time zone')),
                ('buffer_before', models.PositiveSmallIntegerField(default=0, verbose_name='minutes before')),
                ('buffer_after', models.PositiveSmallIntegerField(default=0, verbose_name='minutes after')),
                ('longest', models.PositiveSmallIntegerField(default=480, verbose_name='longest booking')),
                ('horizon_days', models.PositiveSmallIntegerField(default=365, verbose_name='days ahead')),
                ('booked_by', models.CharField(choices=[('ADMINS', 'Administrators'), ('MEMBERS', 'Administrators and members')], default='MEMBERS', max_length=10, verbose_name='who may book')),
                ('needs_approval', models.BooleanField(default=False, verbose_name='needs approval')),
                ('is_active', models.BooleanField(default=True, verbose_name='can be booked')),
                ('door_key', models.CharField(default=rooms.codes.new_code, editable=False, max_length=20, unique=True)),
                ('amenities', models.ManyToManyField(blank=True, related_name='spaces', to='bookings.amenity', verbose_name='amenities')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='spaces', to='organizations.organization')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Slot',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('blocked_from', models.DateTimeField()),
                ('blocked_until', models.DateTimeField()),
                ('is_held', models.BooleanField(default=True)),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slots', to='bookings.booking')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slots', to='bookings.space')),
            ],
        ),
        migrations.CreateModel(
            name='OpeningHours',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('weekday', models.PositiveSmallIntegerField()),
                ('opens', models.PositiveSmallIntegerField()),
                ('closes', models.PositiveSmallIntegerField()),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opening_hours', to='bookings.space')),
            ],
            options={
                'verbose_name_plural': 'opening hours',
                'ordering': ['weekday'],
            },
        ),
        migrations.CreateModel(
            name='Feed',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('kind', models.CharField(choices=[('MINE', 'My bookings'), ('SPACE', 'A space'), ('ORGANIZATION', 'An organization')], max_length=12)),
                ('key', models.CharField(default=bookings.feeds.models.new_key, editable=False, max_length=40, unique=True)),
                ('last_read_at', models.DateTimeField(blank=True, null=True)),
                ('organization', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='feeds', to='organizations.organization')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='feeds', to=settings.AUTH_USER_MODEL)),
                ('space', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='feeds', to='bookings.space')),
            ],
            options={
                'ordering': ['created_at'],
            },
        ),
        migrations.AddField(
            model_name='booking',
            name='spaces',
            field=models.ManyToManyField(related_name='bookings', through='bookings.Slot', to='bookings.space'),
        ),
        migrations.CreateModel(
            name='Ticket',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('number', models.PositiveIntegerField()),
                ('title', models.CharField(max_length=150, verbose_name='title')),
                ('description', models.TextField(blank=True, max_length=4000, verbose_name='description')),
                ('photo', models.ImageField(blank=True, upload_to='tickets/', verbose_name='photo')),
                ('reporter_name', models.CharField(blank=True, max_length=50)),
                ('state', models.CharField(choices=[('OPEN', 'Open'), ('IN_PROGRESS', 'In progress'), ('RESOLVED', 'Resolved'), ('CLOSED', 'Closed')], default='OPEN', max_length=12)),
                ('is_blocking', models.BooleanField(default=False, verbose_name='blocks the space')),
                ('facts', models.JSONField(blank=True, default=dict)),
                ('version', models.PositiveIntegerField(default=1)),
                ('assignee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tickets', to='organizations.organization')),
                ('reporter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='tickets', to=settings.AUTH_USER_MODEL)),
                ('space', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='tickets', to='bookings.space')),
            ],
            options={
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='TicketEntry',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('author_name', models.CharField(blank=True, max_length=50)),
                ('comment', models.TextField(blank=True, max_length=4000)),
                ('changes', models.JSONField(blank=True, default=dict)),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='bookings.ticket')),
            ],
            options={
                'verbose_name_plural': 'ticket entries',
                'ordering': ['created_at'],
            },
        ),
        migrations.AddConstraint(
            model_name='amenity',
            constraint=models.UniqueConstraint(models.F('organization'), django.db.models.functions.text.Lower('name'), name='amenity_once_per_organization'),
        ),
        migrations.AddConstraint(
            model_name='amenity',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='amenity_has_a_name'),
        ),
        migrations.AddIndex(
            model_name='attendee',
            index=models.Index(fields=['email'], name='bookings_at_email_0d6938_idx'),
        ),
        migrations.AddConstraint(
            model_name='attendee',
            constraint=models.UniqueConstraint(models.F('booking'), models.F('email'), name='attendee_once_per_booking'),
        ),
        migrations.AddConstraint(
            model_name='attendee',
            constraint=models.CheckConstraint(condition=models.Q(('answer__in', ['NEEDS-ACTION', 'ACCEPTED', 'TENTATIVE', 'DECLINED'])), name='attendee_answer_known'),
        ),
        migrations.AddConstraint(
            model_name='series',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='series_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='series',
            constraint=models.CheckConstraint(condition=models.Q(('rrule', ''), _negated=True), name='series_has_a_rule'),
        ),
        migrations.AddConstraint(
            model_name='series',
            constraint=models.UniqueConstraint(models.F('organizer'), models.F('idempotency_key'), name='series_once_per_key'),
        ),
        migrations.AddConstraint(
            model_name='space',
            constraint=models.UniqueConstraint(models.F('organization'), django.db.models.functions.text.Lower('name'), name='space_name_once_per_organization'),
        ),
        migrations.AddConstraint(
            model_name='space',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='space_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='space',
            constraint=models.CheckConstraint(condition=models.Q(('capacity__gte', 1)), name='space_holds_somebody'),
        ),
        migrations.AddConstraint(
            model_name='space',
            constraint=models.CheckConstraint(condition=models.Q(('buffer_after__lte', 240), ('buffer_before__lte', 240)), name='space_buffers_in_range'),
        ),
        migrations.AddConstraint(
            model_name='space',
            constraint=models.CheckConstraint(condition=models.Q(('longest__gte', 5), ('longest__lte', 1440)), name='space_longest_in_range'),
        ),
        migrations.AddConstraint(
            model_name='space',
            constraint=models.CheckConstraint(condition=models.Q(('horizon_days__gte', 1), ('horizon_days__lte', 730)), name='space_horizon_in_range'),
        ),
        migrations.AddConstraint(
            model_name='space',
            constraint=models.CheckConstraint(condition=models.Q(('booked_by__in', ['ADMINS', 'MEMBERS'])), name='space_booked_by_known'),
        ),
        migrations.AddIndex(
            model_name='slot',
            index=models.Index(condition=models.Q(('is_held', True)), fields=['space', 'blocked_from'], name='slot_held'),
        ),
        migrations.AddConstraint(
            model_name='slot',
            constraint=models.UniqueConstraint(models.F('booking'), models.F('space'), name='slot_once_per_booking'),
        ),
        migrations.AddConstraint(
            model_name='slot',
            constraint=models.CheckConstraint(condition=models.Q(('blocked_until__gt', models.F('blocked_from'))), name='slot_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='openinghours',
            constraint=models.UniqueConstraint(models.F('space'), models.F('weekday'), name='opening_hours_once_per_weekday'),
        ),
        migrations.AddConstraint(
            model_name='openinghours',
            constraint=models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='opening_hours_weekday_known'),
        ),
        migrations.AddConstraint(
            model_name='openinghours',
            constraint=models.CheckConstraint(condition=models.Q(('closes__gt', models.F('opens')), ('closes__lte', 1440)), name='opening_hours_in_one_day'),
        ),
        migrations.AddConstraint(
            model_name='feed',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'MINE'), ('organization__isnull', True), ('space__isnull', True)), models.Q(('kind', 'SPACE'), ('organization__isnull', True), ('space__isnull', False)), models.Q(('kind', 'ORGANIZATION'), ('organization__isnull', False), ('space__isnull', True)), _connector='OR'), name='feed_of_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='feed',
            constraint=models.UniqueConstraint(models.F('user'), condition=models.Q(('kind', 'MINE')), name='feed_one_of_ones_own'),
        ),
        migrations.AddConstraint(
            model_name='feed',
            constraint=models.UniqueConstraint(models.F('user'), models.F('space'), name='feed_one_per_space'),
        ),
        migrations.AddConstraint(
            model_name='feed',
            constraint=models.UniqueConstraint(models.F('user'), models.F('organization'), name='feed_one_per_organization'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(fields=['organization', 'starts_at'], name='bookings_bo_organiz_98e9ba_idx'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(fields=['state', 'starts_at'], name='bookings_bo_state_00517a_idx'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(fields=['organizer', 'ends_at'], name='bookings_bo_organiz_d086bb_idx'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='booking_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__lte', django.db.models.expressions.CombinedExpression(models.F('starts_at'), '+', models.Value(datetime.timedelta(days=1))))), name='booking_within_a_day'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['HELD', 'PENDING', 'CONFIRMED', 'CHECKED_IN', 'COMPLETED', 'CANCELLED', 'DECLINED', 'RELEASED'])), name='booking_state_known'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('people__gte', 1)), name='booking_expects_somebody'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('reminder__in', [0, 10, 60, 1440])), name='booking_reminder_known'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'HELD'), _negated=True), ('held_until__isnull', False), _connector='OR'), name='booking_held_for_a_while'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'HELD'), models.Q(('title', ''), _negated=True), _connector='OR'), name='booking_has_a_title'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'CHECKED_IN'), _negated=True), ('checked_in_at__isnull', False), _connector='OR'), name='booking_checked_in_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.UniqueConstraint(models.F('organizer'), models.F('idempotency_key'), name='booking_once_per_key'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.UniqueConstraint(models.F('series'), models.F('original_starts_at'), name='booking_once_per_occurrence'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['organization', 'state'], name='bookings_ti_organiz_e56ff8_idx'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.UniqueConstraint(models.F('organization'), models.F('number'), name='ticket_number_once_per_organization'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='ticket_has_a_title'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['OPEN', 'IN_PROGRESS', 'RESOLVED', 'CLOSED'])), name='ticket_state_known'),
        ),
    ]
