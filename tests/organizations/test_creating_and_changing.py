"""An organization is made by anybody with an account, and changed by its administrators."""

import pytest

from audit.models import AuditEntry
from organizations.forms import SettingsForm
from organizations.models import Makers, Membership, MembershipRole, Organization
from organizations.services import change_organization, create_organization
from realtime.refusals import Refused
from tests.conftest import browser_of
from tests.organizations.people import joins

NEW = "/organizations/new/"


def settings_form(organization: Organization, **changes) -> dict[str, object]:
    form = SettingsForm.of(organization)
    values = {name: form[name].value() for name in form.fields}
    shown = {form[name].html_initial_name: str(value) for name, value in values.items()}
    return values | shown | changes


def test_who_makes_one_is_its_administrator(host_page, alice):
    assert host_page.post(NEW, {"name": "Acme  Works"}).url == "/organizations/acme-works/"
    [membership] = Membership.objects.all()
    assert (membership.user, membership.role, membership.organization.name) == (alice, "ADMIN", "Acme Works")
    entry = AuditEntry.objects.get(action="organization.created")
    assert (entry.actor_id, entry.organization) == (alice.pk, membership.organization_id)


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Acme", "acme-2"), ("Ünïted_Works!", "united-works"), ("日本", "organization"), ("New", "new-2")],
)
def test_the_address_is_made_from_the_name(alice, acme, name, slug):
    assert create_organization(creator=alice, name=name).slug == slug


@pytest.mark.parametrize("slug", ["acme", "new", "A", "a b", "-a", "a--b", "x" * 91])
def test_an_address_that_is_taken_or_malformed_is_refused(host_page, acme, slug):
    page = host_page.post(NEW, {"name": "Another", "slug": slug})
    assert page.status_code == 200 and 'aria-invalid="true"' in page.text
    assert Organization.objects.count() == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 256, "A\u202eb"])
def test_a_name_that_is_none_is_refused(host_page, name):
    assert 'aria-invalid="true"' in host_page.post(NEW, {"name": name}).text
    assert not Organization.objects.exists()


def test_nobody_makes_them_by_the_dozen(host_page):
    answers = [host_page.post(NEW, {"name": "Acme"}).status_code for _ in range(11)]
    assert answers == [302] * 10 + [429]


def test_ones_own_are_listed(host_page, acme, initech):
    page = host_page.get("/organizations/").text
    assert "Acme" in page and "Initech" not in page


def test_an_empty_list_says_what_to_do(host_page):
    assert "No organizations yet" in host_page.get("/organizations/").text


def test_settings_are_changed_and_noted(host_page, alice, acme):
    form = settings_form(acme, name="Acme Ltd", slug="acme-ltd", accent_color="#0B6E4F", rooms_made_by="ADMINS")
    assert host_page.post("/organizations/acme/settings/", form).url == "/organizations/acme-ltd/settings/"
    acme.refresh_from_db()
    assert (acme.name, acme.slug, acme.accent_color, acme.rooms_made_by) == (
        "Acme Ltd",
        "acme-ltd",
        "#0b6e4f",
        Makers.ADMINS,
    )
    assert AuditEntry.objects.get(action="organization.changed").changes["name"] == ["Acme", "Acme Ltd"]


def test_a_stale_page_undoes_nothing(host_page, alice, acme):
    stale = settings_form(acme, bookings_per_person=5)
    change_organization(organization=acme, actor=alice, changes={"name": "Acme Ltd"})
    host_page.post("/organizations/acme/settings/", stale)
    acme.refresh_from_db()
    assert (acme.name, acme.bookings_per_person) == ("Acme Ltd", 5)


@pytest.mark.parametrize(
    "wrong",
    [{"accent_color": "red"}, {"accent_color": "#12345"}, {"records_kept": "7"}, {"slug": "initech"}, {"name": ""}],
)
def test_nothing_is_saved_of_a_form_with_a_mistake(host_page, acme, initech, wrong):
    page = host_page.post("/organizations/acme/settings/", settings_form(acme, bookings_per_person=5, **wrong))
    assert page.status_code == 200 and "Nothing is saved yet" in page.text
    assert "/organizations/acme/people/" in page.text
    acme.refresh_from_db()
    assert (acme.name, acme.bookings_per_person) == ("Acme", 100)


def test_a_reserved_address_is_refused_by_the_service(alice, acme):
    with pytest.raises(Refused) as refused:
        change_organization(organization=acme, actor=alice, changes={"slug": "new"})
    assert refused.value.code == "organization.address-taken"


@pytest.mark.parametrize("role", [MembershipRole.MEMBER, MembershipRole.VIEWER])
def test_members_who_are_no_administrators_are_refused(acme, bob, role):
    joins(acme, bob, role)
    browser = browser_of(bob)
    for answer in (
        browser.get("/organizations/acme/settings/"),
        browser.post("/organizations/acme/settings/", settings_form(acme, name="Mine")),
        browser.post("/organizations/acme/people/invite/", {"email": "x@example.org", "role": "ADMIN"}),
    ):
        assert answer.status_code == 403 and 'data-refusal="organization.admins-only"' in answer.text
    acme.refresh_from_db()
    assert acme.name == "Acme"


def test_members_see_no_tabs_that_they_may_not_open(acme, bob):
    joins(acme, bob)
    page = browser_of(bob).get("/organizations/acme/").text
    assert "/organizations/acme/people/" in page and "/organizations/acme/settings/" not in page
