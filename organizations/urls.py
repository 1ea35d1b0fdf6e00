"""Before `<slug>` stand the words that no slug may be: see `services.RESERVED`."""

from django.urls import path

from organizations import views
from organizations.people import views as people
from organizations.takeout import views as takeout
from organizations.trail import views as trail

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
    path("organizations/<slug:slug>/audit/", trail.audit, name="organization-audit"),
    path("organizations/<slug:slug>/audit/entries.csv", trail.audit_csv, name="organization-audit-csv"),
    path("organizations/<slug:slug>/audit/entries.json", trail.audit_json, name="organization-audit-json"),
    path("organizations/<slug:slug>/audit/check/", trail.check, name="organization-audit-check"),
    path("organizations/<slug:slug>/export/", takeout.export, name="organization-export"),
    path(
        "organizations/<slug:slug>/export/<uuid:export_id>.zip", takeout.download, name="organization-export-download"
    ),
    path("organizations/<slug:slug>/delete/", takeout.delete, name="organization-delete"),
    path("receipts/<uuid:entry_id>/", takeout.show_receipt, name="organization-receipt"),
    path("receipts/<uuid:entry_id>/receipt.json", takeout.receipt_json, name="organization-receipt-json"),
    path("invitations/<str:token>/", people.invitation, name="invitation"),
    path("invitations/<str:token>/accept/", people.accept, name="invitation-accept"),
    path("brands/<uuid:organization_id>/logo/", views.logo, name="organization-logo"),
    path("brands/<uuid:organization_id>/style.css", views.style, name="organization-style"),
]
