from django.urls import path

from bookings.door.consumers import DoorConsumer

websocket_urlpatterns = [path("ws/doors/<str:key>/", DoorConsumer.as_asgi())]
