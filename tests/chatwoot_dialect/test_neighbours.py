"""What stands around the conversations: inboxes, people, teams, labels and the like (chatwoot.md 6.2 to 6.9)."""

from __future__ import annotations

from typing import Any

import pytest

from chatwoot_dialect.conftest import Office, token
from dragoman.core.accounts import bots
from test_tenancy_sql import NAMED, each_part_names_it, heard
from world import Caller


async def refused(caller: Caller, method: str, path: str, body: Any = None) -> list[str]:
    """The attributes that a 422 names."""
    answer = await caller(method, path, body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["message"]
    found: list[str] = answer.json()["attributes"]
    return found


async def emptied(caller: Caller, method: str, path: str, body: Any = None) -> None:
    answer = await caller(method, path, body)
    assert (answer.status_code, answer.content) == (200, b"")


async def test_statement_010_a_bot_may_not_list(office: Office) -> None:
    made = await office.boss.ok(
        "POST", f"{office.base}/agent_bots", {"name": "Robo", "outgoing_url": "https://x.example"}
    )
    bot = Caller(office.world.client, {"api_access_token": made["access_token"]})
    number = await office.conversation("Hello")
    assert (await bot("GET", f"{office.base}/conversations/{number}")).status_code == 200
    for path in ("inboxes", "contacts", "labels", "agents"):
        assert (await bot("GET", f"{office.base}/{path}")).status_code == 401
    await emptied(office.boss, "DELETE", f"{office.base}/agent_bots/{made['id']}")
    assert (await bot("GET", f"{office.base}/conversations/{number}")).status_code == 401
    assert await office.boss.ok("GET", f"{office.base}/agent_bots") == []


async def test_bots_are_changed_by_administrators(office: Office) -> None:
    path = f"{office.base}/agent_bots"
    made = await office.boss.ok("POST", path, {"agent_bot": {"name": "Robo"}})
    changed = await office.boss.ok("PATCH", f"{path}/{made['id']}", {"description": "Answers", "name": "R"})
    assert (changed["name"], changed["description"], changed["bot_type"]) == ("R", "Answers", "webhook")
    shown = await office.agent.ok("GET", f"{path}/{made['id']}")
    assert not {"secret", "access_token"} & set(shown)
    assert (await office.agent("POST", path, {"name": "X"})).status_code == 401
    assert await refused(office.boss, "POST", path, {}) == ["name"]
    anew = await office.boss.ok("POST", f"{path}/{made['id']}/reset_access_token")
    number = await office.conversation("Hello")
    tokens = [(made, 401), (anew, 200)]
    for one, expected in tokens:
        bot = Caller(office.world.client, {"api_access_token": one["access_token"]})
        assert (await bot("GET", f"{office.base}/conversations/{number}")).status_code == expected


async def test_statement_014_a_label_is_created_flat_and_rooted(office: Office) -> None:
    path = f"{office.base}/labels"
    flat = await office.boss.ok("POST", path, {"title": "Flat", "show_on_sidebar": True})
    rooted = await office.boss.ok("POST", path, {"label": {"title": "rooted", "color": "#ff0000"}})
    form = await office.boss.ok("POST", path, data={"label[title]": "form"})
    assert flat == {**flat, "title": "flat", "color": "#1f93ff", "description": None, "show_on_sidebar": True}
    assert (rooted["title"], rooted["color"], form["title"]) == ("rooted", "#ff0000", "form")
    listed = await office.agent.ok("GET", path)
    assert [one["title"] for one in listed["payload"]] == ["flat", "form", "rooted"]


@pytest.mark.parametrize("title", ["two words", "", "x", "-x", "_x", "a.b", None, "x" * 65])
async def test_statement_143_a_title_with_a_space_is_refused(office: Office, title: str | None) -> None:
    assert await refused(office.boss, "POST", f"{office.base}/labels", {"title": title}) == ["title"]


async def test_statement_143_titles_are_in_lower_case_and_one_labels_alone(office: Office) -> None:
    path = f"{office.base}/labels"
    one = await office.boss.ok("POST", path, {"title": "Größe-1_x"})
    assert one["title"] == "größe-1_x"
    assert await refused(office.boss, "POST", path, {"title": "GRÖßE-1_X"}) == ["title"]
    other = await office.boss.ok("POST", path, {"title": "other"})
    assert await refused(office.boss, "PATCH", f"{path}/{other['id']}", {"title": "größe-1_x"}) == ["title"]
    assert (await office.boss.ok("PATCH", f"{path}/{other['id']}", {"title": "Other"}))["title"] == "other"


async def test_labels_are_for_administrators_to_change(office: Office) -> None:
    path = f"{office.base}/labels"
    one = await office.boss.ok("POST", path, {"title": "vip"})
    for method, where in (("POST", path), ("PUT", f"{path}/{one['id']}"), ("DELETE", f"{path}/{one['id']}")):
        assert (await office.agent(method, where, {"title": "new"})).status_code == 401
    assert (await office.boss("GET", f"{path}/999999")).status_code == 404


async def test_renaming_a_label_renames_it_where_it_is_and_deleting_takes_it_off(office: Office) -> None:
    label = await office.boss.ok("POST", f"{office.base}/labels", {"title": "vip"})
    tagged = await office.conversation("Hello", tags=("vip", "other"))
    plain = await office.conversation("Hello", tags=("vips",))
    person = await office.boss.ok("POST", f"{office.base}/contacts", {"name": "Hank"})
    labels = f"{office.base}/contacts/{person['payload']['contact']['id']}/labels"
    await office.boss.ok("POST", labels, {"labels": ["VIP"]})

    async def shown(number: int) -> dict[str, Any]:
        found: dict[str, Any] = await office.boss.ok("GET", f"{office.base}/conversations/{number}")
        return found

    before = await shown(tagged)
    office.world.clock.advance(hours=1)
    await office.boss.ok("PATCH", f"{office.base}/labels/{label['id']}", {"title": "gold"})
    after = await shown(tagged)
    assert after["labels"] == ["gold", "other"]
    assert (after["last_activity_at"], after["messages"]) == (before["last_activity_at"], before["messages"])
    assert (await shown(plain))["labels"] == ["vips"]
    assert (await office.boss.ok("GET", labels))["payload"] == ["gold"]
    await emptied(office.boss, "DELETE", f"{office.base}/labels/{label['id']}")
    assert (await shown(tagged))["labels"] == ["other"]
    assert (await office.boss.ok("GET", labels))["payload"] == []


async def test_statement_142_which_lists_are_bare(office: Office) -> None:
    for path in ("agents", "teams", "canned_responses"):
        assert isinstance(await office.agent.ok("GET", f"{office.base}/{path}"), list)
    for path in ("inboxes", "labels", "contacts"):
        assert isinstance((await office.agent.ok("GET", f"{office.base}/{path}"))["payload"], list)


async def test_statement_013_a_trailing_slash_is_no_redirect(office: Office) -> None:
    assert (await office.agent("GET", f"{office.base}/inboxes/")).status_code == 200
    assert (await office.boss("POST", f"{office.base}/labels/", {"title": "vip"})).status_code == 200


async def test_agents_come_change_and_go(office: Office) -> None:
    path = f"{office.base}/agents"
    assert [one["name"] for one in await office.agent.ok("GET", path)] == ["Ann", "Bob", "Eve"]
    body = {
        "name": "Zoe",
        "email": "Zoe@Support.example",
        "role": "agent",
        "availability": "busy",
        "auto_offline": True,
    }
    zoe = await office.boss.ok("POST", path, body)
    assert (zoe["email"], zoe["role"]) == ("zoe@support.example", "agent")
    assert (zoe["availability_status"], zoe["auto_offline"], zoe["account_id"]) == (
        "busy",
        True,
        office.world.account_id,
    )
    assert not {"access_token", "pubsub_token"} & set(zoe)
    assert await refused(office.boss, "POST", path, body) == ["email"]
    one = f"{path}/{zoe['id']}"
    changed = await office.boss.ok("PATCH", one, {"agent": {"role": "administrator", "availability": "online"}})
    assert (changed["role"], changed["availability_status"], changed["name"]) == ("administrator", "online", "Zoe")
    assert await refused(office.boss, "PUT", one, {"role": "king"}) == ["role"]
    assert (await office.boss("GET", one)).status_code in (404, 405)
    assert (await office.agent("POST", path, body)).status_code == 401
    assert (await office.agent("DELETE", one)).status_code == 401
    await emptied(office.boss, "DELETE", one)
    assert (await office.boss("PUT", one, {"name": "Z"})).status_code == 404
    back = await office.boss.ok("POST", path, {**body, "name": "Zoe again"})
    assert (back["id"], back["name"], back["role"]) == (zoe["id"], "Zoe again", "agent")


async def test_the_last_administrator_stays(office: Office) -> None:
    path = f"{office.base}/agents/{office.ann.id}"
    assert (await office.boss("DELETE", path)).status_code == 422
    assert (await office.boss("PATCH", path, {"role": "agent"})).status_code == 422


async def test_conversations_lose_an_agent_who_goes(office: Office) -> None:
    number = await office.conversation("Hello", assignee_user_id=office.bob.id)
    path = f"{office.base}/conversations/{number}"
    assert (await office.boss.ok("GET", path))["meta"]["assignee"]["id"] == office.bob.id
    await emptied(office.boss, "DELETE", f"{office.base}/agents/{office.bob.id}")
    assert "assignee" not in (await office.boss.ok("GET", path))["meta"]
    members = await office.boss.ok("GET", f"{office.base}/inbox_members/{office.inbox.id}")
    assert members == {"payload": []}
    assert (await office.agent("GET", path)).status_code == 401


async def test_teams_and_their_members(office: Office) -> None:
    path = f"{office.base}/teams"
    team = await office.boss.ok("POST", path, {"name": "Support", "description": "First"})
    assert team == {
        **{"id": team["id"], "name": "support", "description": "First", "allow_auto_assign": True},
        **{"account_id": office.world.account_id, "is_member": False},
    }
    assert await refused(office.boss, "POST", path, {"name": "SUPPORT"}) == ["name"]
    assert await refused(office.boss, "POST", path, {}) == ["name"]
    one = f"{path}/{team['id']}"
    assert (await office.boss.ok("PATCH", one, {"allow_auto_assign": False}))["allow_auto_assign"] is False
    people = f"{one}/team_members"
    both = {"user_ids": [office.bob.id, office.eve.id]}
    assert [a["id"] for a in await office.boss.ok("POST", people, {"user_ids": [office.bob.id]})] == [office.bob.id]
    assert [a["id"] for a in await office.boss.ok("POST", people, both)] == [office.eve.id]
    assert (await office.agent.ok("GET", one))["is_member"] is True
    assert [a["name"] for a in await office.agent.ok("GET", people)] == ["Bob", "Eve"]
    assert [a["name"] for a in await office.boss.ok("PATCH", people, {"user_ids": [office.ann.id]})] == ["Ann"]
    assert (await office.boss("POST", people, {"user_ids": [999999]})).status_code == 401
    await emptied(office.boss, "DELETE", people, {"user_ids": [office.ann.id, office.bob.id]})
    assert await office.agent.ok("GET", people) == []
    for method, where in (("POST", path), ("PUT", one), ("DELETE", one), ("POST", people), ("DELETE", people)):
        assert (await office.agent(method, where, both)).status_code == 401


async def test_conversations_lose_a_team_that_is_deleted(office: Office) -> None:
    team = await office.boss.ok("POST", f"{office.base}/teams", {"name": "support"})
    await office.boss.ok("POST", f"{office.base}/teams/{team['id']}/team_members", {"user_ids": [office.bob.id]})
    number = await office.conversation("Hello", assignee_team_id=team["id"])
    path = f"{office.base}/conversations/{number}"
    assert (await office.boss.ok("GET", path))["meta"]["team"]["name"] == "support"
    await emptied(office.boss, "DELETE", f"{office.base}/teams/{team['id']}")
    assert "team" not in (await office.boss.ok("GET", path))["meta"]
    assert (await office.boss("GET", f"{office.base}/teams/{team['id']}")).status_code == 404


async def test_canned_responses_are_for_agents_too(office: Office) -> None:
    path = f"{office.base}/canned_responses"
    for code, content in (("hello", "Good day"), ("say-hello", "Hi"), ("bye", "Bye, and say hello to Jane")):
        made = await office.agent.ok("POST", path, {"short_code": code, "content": content})
    assert set(made) == {"id", "account_id", "short_code", "content", "created_at", "updated_at"}
    assert made["created_at"] == "2026-03-08T09:15:00.000Z"
    found = await office.agent.ok("GET", f"{path}?search=HELLO")
    assert [one["short_code"] for one in found] == ["hello", "say-hello", "bye"]
    assert await refused(office.agent, "POST", path, {"short_code": "hello", "content": "x"}) == ["short_code"]
    assert await refused(office.agent, "POST", path, {"short_code": "new"}) == ["content"]
    one = f"{path}/{made['id']}"
    assert (await office.agent.ok("PUT", one, {"canned_response": {"content": "B"}}))["content"] == "B"
    assert await refused(office.agent, "PATCH", one, {"short_code": "hello"}) == ["short_code"]
    await emptied(office.agent, "DELETE", one)
    assert (await office.agent("DELETE", one)).status_code == 404


async def test_statement_144_webhooks_are_checked_and_for_administrators(office: Office) -> None:
    path = f"{office.base}/webhooks"
    assert (await office.agent("GET", path)).status_code == 401
    body = {"url": "https://example.com/hook", "subscriptions": ["message_created"], "name": "CRM"}
    bad = {**body, "subscriptions": ["message_created", "nonsense"]}
    assert await refused(office.boss, "POST", path, bad) == ["subscriptions"]
    assert await refused(office.boss, "POST", path, {**body, "subscriptions": []}) == ["subscriptions"]
    made = (await office.boss.ok("POST", path, body))["payload"]["webhook"]
    assert (made["url"], made["subscriptions"], made["name"]) == (body["url"], ["message_created"], "CRM")
    assert made["secret"]
    assert "inbox" not in made
    assert await refused(office.boss, "POST", path, body) == ["url"]
    usual = await office.boss.ok("POST", path, {"webhook": {"url": "http://example.com/all"}})
    assert len(usual["payload"]["webhook"]["subscriptions"]) == 8
    one = f"{path}/{made['id']}"
    change = {"subscriptions": ["contact_created"], "inbox_id": office.inbox.id}
    changed = (await office.boss.ok("PATCH", one, change))["payload"]["webhook"]
    assert (changed["subscriptions"], changed["url"]) == (["contact_created"], body["url"])
    assert changed["inbox"] == {"id": office.inbox.id, "name": "Website"}
    assert len((await office.boss.ok("GET", path))["payload"]["webhooks"]) == 2
    await emptied(office.boss, "DELETE", one)
    assert (await office.boss("DELETE", one)).status_code == 404


@pytest.mark.parametrize("url", ["ftp://example.com", "example.com", "", "https://", "http://[", "https://a b", None])
async def test_a_webhook_goes_to_an_address_of_the_web(office: Office, url: str | None) -> None:
    assert await refused(office.boss, "POST", f"{office.base}/webhooks", {"url": url}) == ["url"]


async def test_webhooks_of_another_dialect_are_none_of_its_business(office: Office) -> None:
    body = {"url": "https://93.184.216.34/hook", "events": ["conversation.created"]}
    await office.world.boss.ok("POST", "/api/v1/webhooks", body)
    assert (await office.boss.ok("GET", f"{office.base}/webhooks"))["payload"] == {"webhooks": []}


async def test_definitions_of_custom_attributes(office: Office) -> None:
    path = f"{office.base}/custom_attribute_definitions"
    body = {
        "attribute_display_name": "Plan",
        "attribute_display_type": "list",
        "attribute_key": "plan",
        "attribute_values": ["gold", "silver"],
        "attribute_model": "contact_attribute",
    }
    made = await office.boss.ok("POST", path, {"custom_attribute_definition": body})
    assert made == {**made, **body, "regex_pattern": None, "default_value": None}
    await office.boss.ok("POST", path, {**body, "attribute_model": 0, "attribute_display_type": 6})
    assert len(await office.agent.ok("GET", path)) == 2
    listed = await office.agent.ok("GET", f"{path}?attribute_model=conversation_attribute")
    assert [(one["attribute_model"], one["attribute_display_type"]) for one in listed] == [
        ("conversation_attribute", "list")
    ]
    assert await refused(office.boss, "POST", path, body) == ["attribute_key"]
    for field, value in (
        ("attribute_display_type", "blob"),
        ("attribute_model", "planet_attribute"),
        ("attribute_display_name", ""),
        ("attribute_key", "two words"),
    ):
        assert await refused(office.boss, "POST", path, {**body, field: value}) == [field]
    one = f"{path}/{made['id']}"
    changed = await office.boss.ok("PATCH", one, {"attribute_display_name": "Tariff", "attribute_key": "other"})
    assert (changed["attribute_display_name"], changed["attribute_key"]) == ("Tariff", "plan")
    assert (await office.agent("POST", path, body)).status_code == 401
    assert (await office.boss("DELETE", one)).status_code == 204
    assert (await office.agent("GET", one)).status_code == 404


async def test_filters_are_each_users_own(office: Office) -> None:
    path = f"{office.base}/custom_filters"
    query = {"payload": [{"attribute_key": "status", "filter_operator": "equal_to", "values": ["open"]}]}
    made = await office.agent.ok("POST", path, {"name": "Open ones", "query": query})
    assert (made["filter_type"], made["query"], made["name"]) == ("conversation", query, "Open ones")
    await office.agent.ok("POST", path, {"custom_filter": {"name": "People", "filter_type": "contact", "query": query}})
    assert [one["name"] for one in await office.agent.ok("GET", path)] == ["Open ones"]
    assert [one["name"] for one in await office.agent.ok("GET", f"{path}?filter_type=contact")] == ["People"]
    one = f"{path}/{made['id']}"
    assert (await office.agent.ok("PUT", one, {"name": "Mine"}))["query"] == query
    assert await office.boss.ok("GET", path) == []
    for method in ("GET", "PATCH", "DELETE"):
        assert (await office.boss(method, one)).status_code == 404
    assert await refused(office.agent, "POST", path, {"name": "X"}) == ["query"]
    assert await refused(office.agent, "POST", path, {"query": query}) == ["name"]
    assert await refused(office.agent, "GET", f"{path}?filter_type=planet") == ["filter_type"]
    assert (await office.agent("DELETE", one)).status_code == 204
    assert (await office.agent("DELETE", one)).status_code == 404


async def test_the_account_is_shown_and_changed(office: Office) -> None:
    shown = await office.agent.ok("GET", office.base)
    assert (shown["id"], shown["name"], shown["locale"], shown["status"]) == (
        *(office.world.account_id, "Acme"),
        *("en", "active"),
    )
    body = {"name": "Globex", "locale": "de", "auto_resolve_after": 600, "settings": {"auto_resolve_message": "Bye"}}
    after = await office.boss.ok("PATCH", office.base, body)
    assert (after["name"], after["locale"], after["support_email"]) == ("Globex", "de", None)
    assert (after["settings"]["auto_resolve_after"], after["settings"]["auto_resolve_message"]) == (600, "Bye")
    assert (await office.agent("PATCH", office.base, body)).status_code == 401
    assert await refused(office.boss, "PATCH", office.base, {"support_email": "nobody"}) == ["support_email"]


async def test_statement_017_the_profile_has_what_clients_rely_on(office: Office) -> None:
    me = await office.agent.ok("GET", "/api/v1/profile")
    assert {"pubsub_token", "access_token", "account_id", "role", "accounts"} <= set(me)
    assert all(me[name] for name in ("pubsub_token", "access_token", "account_id", "role", "accounts"))


async def test_i_change_who_i_am(office: Office) -> None:
    body = {"profile": {"name": "Robert", "display_name": "Bobby", "email": "Robert@Support.example"}}
    after = await office.agent.ok("PUT", "/api/v1/profile", body)
    assert (after["name"], after["available_name"], after["email"]) == ("Robert", "Bobby", "robert@support.example")
    more = {"message_signature": "Best", "ui_settings": {"dark": True}}
    after = await office.agent.ok("PUT", "/api/v1/profile", more)
    assert (after["message_signature"], after["ui_settings"], after["name"]) == ("Best", {"dark": True}, "Robert")
    after = await office.agent.ok("PUT", "/api/v1/profile", {"ui_settings": {"wide": 1}, "display_name": ""})
    assert (after["ui_settings"], after["available_name"]) == ({"dark": True, "wide": 1}, "Robert")
    assert await refused(office.agent, "PUT", "/api/v1/profile", {"email": "ann@support.example"}) == ["email"]
    away = {"profile": {"account_id": office.world.account_id, "availability": "busy"}}
    assert (await office.agent.ok("POST", "/api/v1/profile/availability", away))["accounts"][0][
        "availability"
    ] == "busy"
    offline = await office.agent.ok("POST", "/api/v1/profile/auto_offline", {"profile": {"auto_offline": True}})
    assert offline["accounts"][0]["auto_offline"] is True
    assert await refused(office.agent, "POST", "/api/v1/profile/availability", {"availability": "here"}) == [
        "availability"
    ]
    program = await office.world.key("*")
    assert (await program("PUT", "/api/v1/profile", body)).status_code == 401


async def test_signing_in_gives_a_session_in_headers(office: Office) -> None:
    body = {"email": "Ann@support.example", "password": "correct horse"}
    answer = await office.world.stranger("POST", "/auth/sign_in", body)
    assert answer.status_code == 200
    profile = answer.json()["data"]
    assert (profile["name"], profile["account_id"]) == ("Ann", office.world.account_id)
    names = ("access-token", "token-type", "client", "expiry", "uid")
    headers = {name: answer.headers[name] for name in names}
    assert (headers["token-type"], headers["uid"]) == ("Bearer", "ann@support.example")
    session = Caller(office.world.client, headers)
    assert (await session.ok("GET", f"{office.base}/inboxes"))["payload"]
    assert (await session.ok("GET", "/auth/validate_token"))["payload"]["data"]["name"] == "Ann"
    office.world.clock.advance(seconds=int(headers["expiry"]) - office.world.clock().timestamp() + 1)
    assert (await session("GET", "/auth/validate_token")).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"email": "ann@support.example", "password": "wrong"},
        {"email": "nobody@support.example", "password": "correct horse"},
        {"email": "ann@support.example"},
        {},
    ],
)
async def test_a_wrong_password_is_nobodys(office: Office, body: dict[str, str]) -> None:
    answer = await office.world.stranger("POST", "/auth/sign_in", body)
    assert answer.status_code == 401
    assert answer.json()["success"] is False
    assert isinstance(answer.json()["errors"], list)


async def test_a_new_password_asks_for_the_former_one(office: Office) -> None:
    new = {"password": "battery staple", "password_confirmation": "battery staple"}
    assert await refused(office.boss, "PUT", "/api/v1/profile", new) == ["current_password"]
    unlike = {**new, "password_confirmation": "x", "current_password": "correct horse"}
    assert await refused(office.boss, "PUT", "/api/v1/profile", unlike) == ["password_confirmation"]
    await office.boss.ok("PUT", "/api/v1/profile", {**new, "current_password": "correct horse"})
    body = {"email": "ann@support.example", "password": "battery staple"}
    assert (await office.world.stranger("POST", "/auth/sign_in", body)).status_code == 200


async def test_the_server_lives(office: Office) -> None:
    assert await office.world.stranger.ok("GET", "/health") == {"status": "woot"}
    about = await office.world.stranger.ok("GET", "/api")
    assert set(about) == {"version", "timestamp", "queue_services", "data_services"}
    assert about["timestamp"] == "2026-03-08 09:15:00"


async def test_an_inactive_bot_is_no_bot(office: Office) -> None:
    async with office.world.database.write(office.world.account_id) as tx:
        bot = await bots.add(tx, name="Robo")
    path = f"{office.base}/inboxes/{office.inbox.id}"
    assert await office.agent.ok("GET", f"{path}/agent_bot") == {"agent_bot": {}}
    await emptied(office.boss, "POST", f"{path}/set_agent_bot", {"agent_bot": bot.id})
    assert (await office.agent.ok("GET", f"{path}/agent_bot"))["agent_bot"]["name"] == "Robo"
    await emptied(office.boss, "DELETE", f"{office.base}/agent_bots/{bot.id}")
    assert await office.agent.ok("GET", f"{path}/agent_bot") == {"agent_bot": {}}
    assert (await office.boss("POST", f"{path}/set_agent_bot", {"agent_bot": bot.id})).status_code == 404
    assert (await office.agent("POST", f"{path}/set_agent_bot", {"agent_bot": None})).status_code == 401
    await emptied(office.boss, "POST", f"{path}/set_agent_bot", {"agent_bot": None})


async def test_a_user_of_another_account_is_no_agent_here(office: Office) -> None:
    other = await office.world.other_account()
    account_id = (await other.ok("GET", "/api/v1/auth/me"))["account_id"]
    path = f"/api/v1/accounts/{account_id}/agents"
    assert await other.ok("GET", path) == []
    assert (await other("PATCH", f"{path}/{office.bob.id}", {"name": "X"})).status_code == 404
    stranger = await token(office.world, office.eve)
    assert (await stranger("GET", path)).status_code == 401


async def test_every_statement_about_neighbours_names_the_account(office: Office) -> None:
    label = await office.boss.ok("POST", f"{office.base}/labels", {"title": "vip"})
    team = await office.boss.ok("POST", f"{office.base}/teams", {"name": "support"})
    await office.conversation("Hello", tags=("vip",), assignee_team_id=team["id"], assignee_user_id=office.bob.id)
    people = [await office.boss.ok("POST", f"{office.base}/contacts", {"name": name}) for name in ("A", "B")]
    base, other = (one["payload"]["contact"]["id"] for one in people)
    rows = [{"attribute_key": "labels", "filter_operator": "equal_to", "values": ["vip"]}]
    with heard() as statements:
        for method, path, body in (
            ("GET", "contacts?labels=vip&sort=city", None),
            ("GET", "contacts/search?q=a", None),
            ("POST", "contacts/filter", {"payload": rows}),
            ("POST", "actions/contact_merge", {"base_contact_id": base, "mergee_contact_id": other}),
            ("PATCH", f"labels/{label['id']}", {"title": "gold"}),
            ("GET", f"assignable_agents?inbox_ids[]={office.inbox.id}", None),
            ("GET", "canned_responses?search=x", None),
            ("DELETE", f"teams/{team['id']}", None),
            ("DELETE", f"agents/{office.bob.id}", None),
        ):
            answer = await office.boss(method, f"{office.base}/{path}", body)
            assert answer.status_code == 200, answer.text
    on_tenants = [one for one in statements if NAMED.search(one)]
    assert len(on_tenants) > 50
    assert [one for one in on_tenants if not each_part_names_it(one)] == []
