from django.urls import path

from signaling import views

urlpatterns = [
    path("join/<str:code>/", views.join, name="join"),
    path("join/<str:code>/door/", views.door, name="door"),
    path("join/<str:code>/seat/", views.seat, name="seat"),
]
