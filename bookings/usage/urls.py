from django.urls import path

from bookings.usage import views

urlpatterns = [
    path("organizations/<slug:slug>/usage/", views.organization, name="organization-usage"),
    path("organizations/<slug:slug>/spaces/<uuid:space_id>/usage/", views.space, name="space-usage"),
]
