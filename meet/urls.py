from django.contrib import admin
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog

from meet import views

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("organizations.urls")),
    path("", include("rooms.urls")),
    path("", include("signaling.urls")),
    path("", include("chat.urls")),
    path("", include("bookings.urls")),
    path("", include("bookings.spaces.urls")),
    path("", include("bookings.meetings.urls")),
    path("", include("bookings.answers.urls")),
    path("", include("bookings.tickets.urls")),
    path("", include("bookings.door.urls")),
    path("", include("bookings.calendars.urls")),
    path("", include("bookings.feeds.urls")),
    path("", include("bookings.usage.urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/overview/", admin.site.admin_view(views.admin_overview), name="admin-overview"),
    path("admin/", admin.site.urls),
    path("health/live", views.live, name="health-live"),
    path("health/ready", views.ready, name="health-ready"),
    path("metrics", views.metrics, name="metrics"),
    path("i18n/catalog.js", JavaScriptCatalog.as_view(), name="javascript-catalog"),
]
