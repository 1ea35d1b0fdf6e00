from django.urls import path

from bookings.tickets import views

AT = "organizations/<slug:slug>/tickets/"

urlpatterns = [
    path(AT, views.tickets, name="tickets"),
    path(f"{AT}mine/", views.my_tickets, name="tickets-mine"),
    path(f"{AT}new/", views.create, name="ticket-new"),
    path(f"{AT}<int:number>/", views.ticket, name="ticket"),
    path(f"{AT}<int:number>/photo/", views.photo, name="ticket-photo"),
    path(f"{AT}<int:number>/state/", views.move, name="ticket-move"),
    path(f"{AT}<int:number>/arrange/", views.arrange, name="ticket-arrange"),
    path(f"{AT}<int:number>/comment/", views.comment, name="ticket-comment"),
    path("door/<str:key>/ticket/", views.at_door, name="door-ticket"),
    path("rooms/<str:code>/problem/", views.from_call, name="room-problem"),
]
