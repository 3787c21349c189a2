"""Who may see the page of a group."""

from typing import Any

import pytest
from traitlets import TraitError

from hubmeter_hub.usage_page.leads import Leads
from hubmeter_hub.usage_page.traits import UsageViewer

LEADS = Leads({"bio": frozenset({"ana"}), "none": frozenset({"zoe"}), "": frozenset({"ana"})}, "{group}-leads")


def viewer(name: str, *groups: str, **more: Any) -> dict[str, Any]:
    return {"kind": "user", "name": name, "groups": list(groups), "admin": False, "scopes": [], **more}


@pytest.mark.parametrize(
    ("who", "groups"),
    [
        pytest.param(viewer("ana"), {"bio"}, id="a lead in the setting"),
        pytest.param(viewer("Ana"), set(), id="another case of the name"),
        pytest.param(viewer("ana", kind="service"), set(), id="a service with the name of a lead"),
        pytest.param(viewer("bob", "bio"), set(), id="a member is no lead"),
        pytest.param(viewer("bob", "chem-leads", "bio"), {"chem"}, id="a member of the group of leads"),
        pytest.param(viewer("bob", "chem-Leads", "-leads", "chem-leads "), set(), id="not quite the pattern"),
        pytest.param(viewer("bob", "none-leads"), set(), id="users without a group have no group of leads"),
        pytest.param(viewer("bob", "a-leads-leads"), {"a-leads"}, id="leads of leads"),
        pytest.param(viewer("svc", "chem-leads", kind="service"), set(), id="groups of a service"),
        pytest.param(viewer("bob", scopes=["read:groups!group=bio"]), {"bio"}, id="a permission on one group"),
        pytest.param(
            viewer("svc", kind="service", groups=None, scopes=["read:groups!group=a=b!c"]), {"a=b!c"}, id="a service's"
        ),
        pytest.param(
            viewer(
                "bob", scopes=["read:groups:name!group=bio", "groups!group=bio", "read:groups!group=", "read:groups!x"]
            ),
            set(),
            id="other permissions",
        ),
        pytest.param(viewer("zoe"), {"none"}, id="users without a group, by the setting only"),
        pytest.param(viewer("all"), set(), id="a user named all"),
    ],
)
def test_leads_see_their_groups_only(who: dict[str, Any], groups: set[str]) -> None:
    for with_token in (False, True):
        access = LEADS.access(who, with_token=with_token)
        assert set(access.groups) == groups
        assert bool(access) is bool(groups)
        for name in ("bio", "chem", "none", "all", "All", "", "BIO", "bio ", "a-leads"):
            assert access.allows(name) is (name in groups), name


def test_administrators_see_every_group_in_a_browser_and_with_a_token_what_its_scopes_allow() -> None:
    root = viewer("root", admin=True)
    assert all(LEADS.access(root, with_token=False).allows(name) for name in ("bio", "none", "All", "x" * 255))
    assert not LEADS.access(root, with_token=False).allows("")
    assert not LEADS.access(root, with_token=False).allows("x" * 256)
    assert not LEADS.access(root, with_token=True)
    reader = LEADS.access(viewer("svc", kind="service", scopes=["read:groups"]), with_token=True)
    assert reader.allows("bio")
    assert not reader.allows("none")


def test_without_a_setting_only_permissions_count() -> None:
    nobody = UsageViewer().leads()
    assert not nobody.access(viewer("ana", "bio", "bio-leads", "{group}"), with_token=False)
    assert nobody.access(viewer("ana", scopes=["read:groups!group=bio"]), with_token=False).groups == ("bio",)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("group_leads", {"bio": "ana"}, "bio|list"),
        ("group_leads_pattern", "leads", "must have {group} once and other text"),
        ("group_leads_pattern", "{group}", "must have {group} once and other text"),
        ("group_leads_pattern", "{group}-{group}", "must have {group} once and other text"),
        ("cost_api_url", "costs:9091", "UsageViewer.cost_api_url must begin with http"),
        ("metrics_prefix", "a-b", "UsageViewer.metrics_prefix is 'a-b', which cannot begin"),
    ],
)
def test_invalid_settings_name_the_setting(name: str, value: object, message: str) -> None:
    with pytest.raises(TraitError, match=message):
        setattr(UsageViewer(), name, value)
