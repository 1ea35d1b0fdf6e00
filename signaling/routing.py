from django.urls import path

from signaling.consumers import CallConsumer

websocket_urlpatterns = [path("ws/rooms/<str:code>/", CallConsumer.as_asgi())]
