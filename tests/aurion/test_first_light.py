"""The smallest story: somebody writes, somebody answers."""

from world import BASE, World


async def test_a_request_is_answered_and_resolved(world: World) -> None:
    async with world.database.write(world.account_id) as tx:
        from dragoman.core.contacts.actions import NewContact, add
        from dragoman.dialects.aurion.ids import Prefix, show

        contact = await add(tx, NewContact(name="Jane Smith", email="jane@example.com"))
    made = await world.conversation(contact_id=show(Prefix.CONTACT, contact.id))
    assert made["status"] == "open"
    await world.boss.ok("POST", f"{BASE}/{made['id']}/reply", {"body": "I have reset your password."})
    await world.boss.ok("PATCH", f"{BASE}/{made['id']}", {"status": "resolved"})
    await world.customer_writes(made["id"], "Thank you!")
    again = await world.detail(made["id"])
    assert (again["status"], again["tab_counts"]["messages"]) == ("open", 3)
