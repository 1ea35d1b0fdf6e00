from django.urls import path

from bookings.spaces import amenity_views, grid_views, views

HERE = "organizations/<slug:slug>/spaces/"
SPACE = f"{HERE}<uuid:space_id>/"

urlpatterns = [
    path(HERE, views.spaces, name="spaces"),
    path(f"{HERE}new/", views.create, name="space-new"),
    path(f"{HERE}grid/", grid_views.grid, name="space-grid"),
    path(f"{HERE}grid/part/", grid_views.grid_part, name="space-grid-part"),
    path(f"{HERE}amenities/", amenity_views.amenities, name="amenities"),
    path(f"{HERE}amenities/<uuid:amenity_id>/", amenity_views.rename, name="amenity-rename"),
    path(f"{HERE}amenities/<uuid:amenity_id>/delete/", amenity_views.delete, name="amenity-delete"),
    path(SPACE, grid_views.space, name="space"),
    path(f"{SPACE}part/", grid_views.space_part, name="space-part"),
    path(f"{SPACE}photo/", views.photo, name="space-photo"),
    path(f"{SPACE}edit/", views.edit, name="space-edit"),
    path(f"{SPACE}door/", views.door, name="space-door"),
    path(f"{SPACE}door/change/", views.change_door_link, name="space-change-door"),
    path(f"{SPACE}deactivate/", views.deactivate, name="space-deactivate"),
    path(f"{SPACE}activate/", views.activate, name="space-activate"),
    path(f"{SPACE}delete/", views.delete, name="space-delete"),
]
