from django.urls import path

from bookings.answers import views

urlpatterns = [path("bookings/answer/<str:token>/", views.answer, name="booking-answer")]
