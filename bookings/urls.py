from django.urls import path

from bookings import deed_views as deeds
from bookings import views

IN_ORGANIZATION = "organizations/<slug:slug>/bookings/"
ONE = "bookings/<uuid:booking_id>/"

urlpatterns = [
    path("bookings/", views.mine, name="bookings"),
    path(IN_ORGANIZATION, views.of_organization, name="organization-bookings"),
    path(f"{IN_ORGANIZATION}new/", views.create, name="booking-new"),
    path(f"{IN_ORGANIZATION}hold/", views.keep, name="booking-hold"),
    path(ONE, deeds.booking, name="booking"),
    path(f"{ONE}edit/", deeds.edit, name="booking-edit"),
    path(f"{ONE}move/", deeds.move, name="booking-move"),
    path(f"{ONE}cancel/", deeds.cancel, name="booking-cancel"),
    path(f"{ONE}decide/", deeds.decide, name="booking-decide"),
    path(f"{ONE}check-in/", deeds.arrive, name="booking-check-in"),
    path(f"{ONE}end/", deeds.end, name="booking-end"),
    path(f"{ONE}extend/", deeds.lengthen, name="booking-extend"),
]
