from django.urls import path

from bookings.meetings import views

urlpatterns = [path("bookings/<uuid:booking_id>/join/", views.join, name="booking-join")]
