from django.urls import path

from bookings.calendars import views

urlpatterns = [path("bookings/<uuid:booking_id>/calendar.ics", views.download, name="booking-calendar")]
