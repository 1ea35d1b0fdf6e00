from django.urls import path

from chat import views

urlpatterns = [
    path("chat/<uuid:thread_id>/files/", views.upload, name="chat-upload"),
    path("chat/<uuid:thread_id>/text/", views.as_text, name="chat-text"),
    path("chat/files/<uuid:attachment_id>/", views.download, name="chat-file"),
]
