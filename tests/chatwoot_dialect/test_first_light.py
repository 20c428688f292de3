"""The dialect answers: who I am, one conversation, and refusals by their class."""

from __future__ import annotations

from chatwoot_dialect.conftest import Office


async def test_the_profile_says_who_i_am(office: Office) -> None:
    me = await office.agent.ok("GET", "/api/v1/profile")
    assert (me["name"], me["role"], me["account_id"]) == ("Bob", "agent", office.world.account_id)
    assert me["access_token"] == office.agent.headers["api_access_token"]
    assert me["pubsub_token"]
    assert [one["id"] for one in me["accounts"]] == [office.world.account_id]


async def test_a_conversation_is_shown_by_its_display_id(office: Office) -> None:
    number = await office.conversation("Hello?")
    shown = await office.agent.ok("GET", f"{office.base}/conversations/{number}")
    assert (shown["id"], shown["status"], shown["unread_count"]) == (number, "open", 1)
    assert shown["meta"]["sender"]["name"] == "Jane Smith"
    assert shown["messages"][0]["content"] == "Hello?"
    for also in (f"{office.base}/conversations/{number}/", f"{office.base}/conversations/{number}.json"):
        assert await office.boss.ok("GET", also) == shown


async def test_refusals_have_the_shape_of_their_class(office: Office) -> None:
    number = await office.conversation()
    path = f"{office.base}/conversations/{number}"
    missing = await office.world.stranger("GET", path)
    assert (missing.status_code, list(missing.json())) == (401, ["errors"])
    unknown = await office.world.stranger("GET", path, headers={"api_access_token": "nobody's"})
    assert unknown.status_code == 401
    assert isinstance(unknown.json()["error"], str)
    assert (await office.outsider("GET", path)).status_code == 401
    assert (await office.boss("GET", f"{office.base}/conversations/999")).status_code == 404
    assert (await office.boss("GET", "/api/v1/accounts/999/conversations/1")).status_code == 404
    other = await office.world.other_account()
    assert (await other("GET", path)).status_code == 401
    nowhere = await office.boss("GET", f"{office.base}/nothing")
    assert (nowhere.status_code, isinstance(nowhere.json()["error"], str)) == (404, True)
