from django.urls import path

from rooms import views
from rooms.schedules import views as schedules

urlpatterns = [
    path("join/", views.join_by_code, name="join-by-code"),
    path("rooms/", views.rooms, name="rooms"),
    path("rooms/meet/", views.new_meeting, name="new-meeting"),
    path("rooms/new/", views.create, name="room-new"),
    path("rooms/<str:code>/settings/", views.settings, name="room-settings"),
    path("rooms/<str:code>/change-link/", views.change_link, name="room-change-link"),
    path("rooms/<str:code>/close/", views.close, name="room-close"),
    path("rooms/<str:code>/reopen/", views.reopen, name="room-reopen"),
    path("rooms/<str:code>/delete/", views.delete, name="room-delete"),
    path("rooms/<str:code>/meetings/", views.meetings, name="room-meetings"),
    path("rooms/<str:code>/schedule/", schedules.create, name="schedule-new"),
    path("organizations/<slug:slug>/rooms/", views.organization_rooms, name="organization-rooms"),
    path("schedules/<uuid:schedule_id>/", schedules.schedule, name="schedule"),
    path("schedules/<uuid:schedule_id>/cancel/", schedules.cancel, name="schedule-cancel"),
    path("meetings/<uuid:meeting_id>/", views.meeting_record, name="meeting-record"),
    path("meetings/<uuid:meeting_id>/record.csv", views.record_csv, name="meeting-record-csv"),
    path("meetings/<uuid:meeting_id>/record.json", views.record_json, name="meeting-record-json"),
]
