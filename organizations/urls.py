"""Before `<slug>` stand the words that no slug may be: see `services.RESERVED`."""

from django.urls import path

from organizations import views
from organizations.people import views as people

urlpatterns = [
    path("organizations/", views.organizations, name="organizations"),
    path("organizations/new/", views.create, name="organization-new"),
    path("organizations/<slug:slug>/", views.organization, name="organization"),
    path("organizations/<slug:slug>/settings/", views.settings, name="organization-settings"),
    path("organizations/<slug:slug>/settings/logo/", views.set_logo, name="organization-set-logo"),
    path("organizations/<slug:slug>/settings/logo/remove/", views.remove_logo, name="organization-remove-logo"),
    path("organizations/<slug:slug>/people/", people.people, name="organization-people"),
    path("organizations/<slug:slug>/people/invite/", people.invite, name="invitation-new"),
    path("organizations/<slug:slug>/people/leave/", people.leave, name="membership-leave"),
    path("organizations/<slug:slug>/people/<uuid:membership_id>/role/", people.change_role, name="membership-role"),
    path("organizations/<slug:slug>/people/<uuid:membership_id>/remove/", people.remove, name="membership-remove"),
    path("organizations/<slug:slug>/invitations/<uuid:invitation_id>/resend/", people.resend, name="invitation-resend"),
    path("organizations/<slug:slug>/invitations/<uuid:invitation_id>/revoke/", people.revoke, name="invitation-revoke"),
    path("invitations/<str:token>/", people.invitation, name="invitation"),
    path("invitations/<str:token>/accept/", people.accept, name="invitation-accept"),
    path("brands/<uuid:organization_id>/logo/", views.logo, name="organization-logo"),
    path("brands/<uuid:organization_id>/style.css", views.style, name="organization-style"),
]
