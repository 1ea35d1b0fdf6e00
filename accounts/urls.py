"""Before allauth's own addresses, some of which are answered here."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("login/", views.SignIn.as_view(), name="account_login"),
    path("signup/", views.SignUp.as_view(), name="account_signup"),
    path("profile/", views.profile, name="account_profile"),
    path("profile/avatar/", views.change_avatar, name="account_change_avatar"),
    path("profile/avatar/remove/", views.remove_avatar, name="account_remove_avatar"),
    path("profile/sign-out-everywhere/", views.sign_out_everywhere, name="account_sign_out_everywhere"),
    path("profile/delete/", views.delete_account, name="account_delete"),
    path("avatars/<uuid:account_id>/", views.avatar, name="account_avatar"),
    path("setup/<str:token>/", views.set_up, name="account_setup"),
]
