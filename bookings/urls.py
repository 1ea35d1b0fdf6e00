from django.urls import path

from bookings import endpoints

urlpatterns = [
    path("organizations/<slug:slug>/bookings/", endpoints.create, name="organization-bookings"),
]
