from django.urls import path

from bookings.door import views

HERE = "door/<str:key>/"

urlpatterns = [
    path(HERE, views.door, name="door-page"),
    path(f"{HERE}book/", views.book, name="door-book"),
    path(f"{HERE}check-in/", views.check_in, name="door-check-in"),
    path(f"{HERE}join/", views.join, name="door-join"),
    path(f"{HERE}end/", views.end, name="door-end"),
    path(f"{HERE}extend/", views.extend, name="door-extend"),
]
