"""Inboxes and their members (chatwoot.md 6.2)."""

from __future__ import annotations

from typing import Any

import pytest

from chatwoot_dialect.conftest import Office

ALWAYS: dict[str, Any] = {
    "greeting_enabled": False,
    "greeting_message": None,
    "working_hours_enabled": False,
    "timezone": "UTC",
    "out_of_office_message": None,
    "enable_email_collect": True,
    "csat_survey_enabled": False,
    "csat_config": {},
    "enable_auto_assignment": True,
    "auto_assignment_config": {},
    "allow_messages_after_resolved": True,
    "lock_to_single_conversation": False,
    "sender_name_type": "friendly",
    "business_name": None,
    "callback_webhook_url": None,
    "provider": None,
    "phone_number": None,
    "avatar_url": "",
}


async def made(office: Office, kind: str, **settings: Any) -> dict[str, Any]:
    body = {"name": f"My {kind}", "channel": {"type": kind, **settings}}
    found: dict[str, Any] = await office.boss.ok("POST", f"{office.base}/inboxes", body)
    return found


async def refused(office: Office, method: str, path: str, body: Any = None) -> list[str]:
    answer = await office.boss(method, office.base + path, body)
    assert answer.status_code == 422, answer.text
    found: list[str] = answer.json()["attributes"]
    return found


@pytest.mark.parametrize(
    ("kind", "channel_type", "own"),
    [
        ("api", "Channel::Api", {"webhook_url": "https://x.example/hook", "hmac_mandatory": True}),
        ("web_widget", "Channel::WebWidget", {"website_url": "https://x.example", "welcome_title": "Hi"}),
        ("email", "Channel::Email", {"email": "help@x.example"}),
        ("whatsapp", "Channel::Whatsapp", {"phone_number": "+491701234567", "provider": "whatsapp_cloud"}),
        ("sms", "Channel::Sms", {"phone_number": "+491701234567"}),
    ],
)
async def test_every_kind_is_created_with_all_fields(
    office: Office, kind: str, channel_type: str, own: dict[str, Any]
) -> None:
    one = await made(office, kind, **own)
    assert one == {**one, **ALWAYS, **own, "name": f"My {kind}", "channel_type": channel_type}
    assert [day["day_of_week"] for day in one["working_hours"]] == list(range(7))
    assert await office.boss.ok("GET", f"{office.base}/inboxes/{one['id']}") == one
    listed = (await office.boss.ok("GET", f"{office.base}/inboxes"))["payload"]
    assert [each["name"] for each in listed] == [f"My {kind}", "Website"]


async def test_a_widget_has_its_token_and_script(office: Office) -> None:
    one = await made(office, "web_widget", website_url="https://x.example")
    assert one["website_token"] in one["web_widget_script"]
    assert (one["widget_color"], one["hmac_mandatory"], one["reply_time"]) == ("#1f93ff", False, "in_a_few_minutes")


async def test_statement_145_secrets_are_for_administrators(office: Office) -> None:
    path = f"{office.base}/inboxes/{office.inbox.id}"
    mine, theirs = await office.boss.ok("GET", path), await office.agent.ok("GET", path)
    assert mine["inbox_identifier"] == theirs["inbox_identifier"] == office.inbox.identifier
    assert mine["hmac_token"] == office.inbox.identity_secret
    assert mine["secret"] == office.inbox.webhook_secret
    assert not {"hmac_token", "secret"} & set(theirs)


async def test_passwords_of_mail_are_shown_to_nobody(office: Office) -> None:
    one = await made(office, "email", email="Help@X.example", imap_enabled=True, imap_port=993, imap_password="s3cret")
    assert (one["email"], one["imap_enabled"], one["imap_port"], one["smtp_enabled"]) == (
        "help@x.example",
        True,
        993,
        False,
    )
    assert "s3cret" not in str(one)
    await office.boss.ok("POST", f"{office.base}/inbox_members", {"inbox_id": one["id"], "user_ids": [office.bob.id]})
    theirs = await office.agent.ok("GET", f"{office.base}/inboxes/{one['id']}")
    assert theirs["email"] == "help@x.example"
    assert not [name for name in theirs if name.startswith(("imap", "smtp"))]


async def test_agents_see_their_own(office: Office) -> None:
    other = await made(office, "api")
    assert [one["id"] for one in (await office.agent.ok("GET", f"{office.base}/inboxes"))["payload"]] == [
        office.inbox.id
    ]
    assert (await office.agent("GET", f"{office.base}/inboxes/{other['id']}")).status_code == 401
    assert (await office.outsider.ok("GET", f"{office.base}/inboxes"))["payload"] == []
    assert (await office.boss("GET", f"{office.base}/inboxes/999999")).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_what_is_not_given_stays(office: Office, method: str) -> None:
    path = f"{office.base}/inboxes/{office.inbox.id}"
    before = await office.boss.ok("GET", path)
    change = {
        "greeting_enabled": "true",
        "greeting_message": "Hello",
        "timezone": "Europe/Berlin",
        "sender_name_type": 1,
    }
    own = {"additional_attributes": {"agent_reply_time_window": 24}}
    after = await office.boss.ok(method, path, {**change, "channel": own})
    expected = {**before, **change, **own, "greeting_enabled": True, "sender_name_type": "professional"}
    assert after == expected
    again = await office.boss.ok(method, path, {"name": "New", "lock_to_single_conversation": True})
    assert again == {**expected, "name": "New", "lock_to_single_conversation": True}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"channel": {"type": "pigeon"}}, "channel.type"),
        ({"channel": {"type": "email"}}, "email"),
        ({"channel": {"type": "email", "email": "x"}}, "email"),
        ({"channel": {"type": "sms", "phone_number": "0170"}}, "phone_number"),
        ({"channel": "x"}, "channel"),
        ({}, "type"),
        ({"channel": {"type": "api"}, "timezone": "Mars/Base"}, "timezone"),
        ({"channel": {"type": "api"}, "greeting_enabled": "perhaps"}, "greeting_enabled"),
        ({"channel": {"type": "api"}, "sender_name_type": "rude"}, "sender_name_type"),
        ({"channel": {"type": "api"}, "working_hours": [{"day_of_week": 9}]}, "working_hours"),
        ({"channel": {"type": "api"}, "csat_config": [1]}, "csat_config"),
        (
            {"channel": {"type": "api", "additional_attributes": {"agent_reply_time_window": "x"}}},
            "additional_attributes",
        ),
        ({"name": "Website", "channel": {"type": "api"}}, "name"),
    ],
    ids=str,
)
async def test_bad_settings_are_refused(office: Office, body: dict[str, Any], field: str) -> None:
    assert await refused(office, "POST", "/inboxes", {"name": "X", **body}) == [field]


async def test_inboxes_are_for_administrators_to_change(office: Office) -> None:
    path = f"{office.base}/inboxes/{office.inbox.id}"
    for method, where in (
        *(("POST", f"{office.base}/inboxes"), ("PUT", path), ("PATCH", path), ("DELETE", path)),
        *(("POST", f"{path}/set_agent_bot"), ("POST", f"{path}/reset_secret")),
    ):
        assert (await office.agent(method, where, {"name": "X"})).status_code == 401


async def test_a_secret_is_renewed_in_api_inboxes_alone(office: Office) -> None:
    path = f"{office.base}/inboxes/{office.inbox.id}"
    before = await office.boss.ok("GET", path)
    after = await office.boss.ok("POST", f"{path}/reset_secret")
    assert after["secret"] != before["secret"]
    assert after == {**before, "secret": after["secret"]} == await office.boss.ok("GET", path)
    widget = await made(office, "web_widget")
    assert (await office.boss("POST", f"{office.base}/inboxes/{widget['id']}/reset_secret")).status_code == 403


async def test_an_inbox_in_use_is_not_deleted_and_another_is(office: Office) -> None:
    other = await made(office, "api")
    await office.boss.ok("POST", f"{office.base}/contacts", {"name": "Hank", "inbox_id": other["id"]})
    await office.conversation("Hello")
    used = await office.boss("DELETE", f"{office.base}/inboxes/{office.inbox.id}")
    assert (used.status_code, bool(used.json()["error"])) == (422, True)
    gone = await office.boss.ok("DELETE", f"{office.base}/inboxes/{other['id']}")
    assert gone["message"]
    assert (await office.boss("GET", f"{office.base}/inboxes/{other['id']}")).status_code == 404


async def test_members_are_added_replaced_and_taken_out(office: Office) -> None:
    path = f"{office.base}/inbox_members"
    one = {"inbox_id": office.inbox.id}

    async def ask(method: str, *people: int) -> list[str]:
        answer = await office.boss.ok(method, path, {**one, "user_ids": list(people)})
        return [each["name"] for each in answer["payload"]]

    assert await ask("POST", office.eve.id) == ["Bob", "Eve"]
    assert await ask("PATCH", office.ann.id, office.eve.id) == ["Ann", "Eve"]
    answer = await office.boss("DELETE", path, {**one, "user_ids": [office.ann.id]})
    assert (answer.status_code, answer.content) == (200, b"")
    assert [each["name"] for each in (await office.outsider.ok("GET", f"{path}/{office.inbox.id}"))["payload"]] == [
        "Eve"
    ]
    assert (await office.agent("GET", f"{path}/{office.inbox.id}")).status_code == 401
    assert (await office.boss("POST", path, {**one, "user_ids": [999999]})).status_code == 404
    assert await refused(office, "POST", "/inbox_members", {"user_ids": [1]}) == ["inbox_id"]
    assert (await office.agent("POST", path, {**one, "user_ids": []})).status_code == 401


async def test_conversations_go_to_members_of_all_inboxes_and_administrators(office: Office) -> None:
    other = await made(office, "api")
    await office.boss.ok("POST", f"{office.base}/inbox_members", {"inbox_id": other["id"], "user_ids": [office.eve.id]})

    async def named(*inboxes: int) -> list[str]:
        query = "&".join(f"inbox_ids[]={one}" for one in inboxes)
        answer = await office.boss.ok("GET", f"{office.base}/assignable_agents?{query}")
        return [one["name"] for one in answer["payload"]]

    assert await named(office.inbox.id) == ["Ann", "Bob"]
    assert await named(other["id"]) == ["Ann", "Eve"]
    assert await named(office.inbox.id, other["id"]) == ["Ann"]
    assert (await office.agent("GET", f"{office.base}/assignable_agents?inbox_ids[]={other['id']}")).status_code == 401
