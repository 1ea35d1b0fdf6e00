from django.urls import path

from bookings.feeds import views

urlpatterns = [
    path("feeds/<str:key>.ics", views.feed, name="feed"),
    path("bookings/feeds/", views.feeds, name="feeds"),
    path("bookings/feeds/<uuid:feed_id>/renew/", views.renew, name="feed-renew"),
    path("bookings/feeds/<uuid:feed_id>/revoke/", views.revoke, name="feed-revoke"),
]
