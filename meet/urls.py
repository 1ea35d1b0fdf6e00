from django.contrib import admin
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog

from meet import views

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("rooms.urls")),
    path("", include("signaling.urls")),
    path("", include("chat.urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("health/live", views.live, name="health-live"),
    path("health/ready", views.ready, name="health-ready"),
    path("i18n/catalog.js", JavaScriptCatalog.as_view(), name="javascript-catalog"),
]
