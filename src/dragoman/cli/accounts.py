"""`dragoman account`, `dragoman user`, `dragoman key`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import uuid4

import typer

from dragoman.cli.common import AccountId, AsJson, fail, opened, opened_for, run, show
from dragoman.core.access import SCOPES, Role
from dragoman.core.accounts import actions, queries
from dragoman.store import directory

account_app = typer.Typer(no_args_is_help=True, help="Accounts: the tenants of this server.")
user_app = typer.Typer(no_args_is_help=True, help="Users: the people who answer.")
key_app = typer.Typer(no_args_is_help=True, help="API keys.")


@account_app.command("create")
def create_account(
    name: Annotated[str, typer.Argument(help="What the account is called.")], json: AsJson = False
) -> None:
    """Make an account."""
    name = name.strip()
    if not name:
        fail("an account needs a name")
    show(run(make_account(name)), as_json=json)


async def make_account(name: str) -> dict[str, Any]:
    uuid = str(uuid4())
    async with opened() as services, services.database.backend.write() as session:
        account_id = await directory.create_account(session, name=name, uuid=uuid, now=services.database.clock())
    return {"id": account_id, "uuid": uuid, "name": name}


@account_app.command("list")
def list_accounts(json: AsJson = False) -> None:
    """Show every account."""

    async def listed() -> list[tuple[int, str]]:
        async with opened() as services, services.database.backend.read() as session:
            return await directory.list_accounts(session)

    found = run(listed())
    if json:
        show({"accounts": [{"id": one, "name": name} for one, name in found]}, as_json=True)
    for one, name in [] if json else found:
        typer.echo(f"{one}\t{name}")


@user_app.command("create")
def create_user(
    account: AccountId,
    email: Annotated[str, typer.Option(help="Unique in the account.")],
    name: Annotated[str, typer.Option()],
    role: Annotated[Role, typer.Option()] = Role.AGENT,
    password: Annotated[str | None, typer.Option(help="For signing in; at least 8 characters.")] = None,
    json: AsJson = False,
) -> None:
    """Make a user. The access token is shown this once; it acts as the user in every dialect."""
    show(run(make_user(account, email, name, role, password)), as_json=json)


async def make_user(account: int, email: str, name: str, role: Role, password: str | None) -> dict[str, Any]:
    async with opened_for(account) as services, services.database.write(account) as tx:
        user = await actions.add_user(tx, email=email, name=name, role=role, password=password)
        token = await actions.issue_token(tx, user, services.pepper)
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": str(user.role),
        "access_token": token.secret,
        "account_id": account,
    }


@key_app.command("create")
def create_key(
    account: AccountId,
    scope: Annotated[list[str], typer.Option(help=f"Repeatable: *, {', '.join(SCOPES)}")],
    user: Annotated[str | None, typer.Option(help="The e-mail address of the user the key acts as.")] = None,
    name: Annotated[str, typer.Option(help="What the key is for.")] = "API key",
    json: AsJson = False,
) -> None:
    """Make an API key. It is shown this once."""
    show(run(make_key(account, scope, user, name)), as_json=json)


async def make_key(account: int, scopes: list[str], email: str | None, name: str) -> dict[str, Any]:
    async with opened_for(account) as services, services.database.write(account) as tx:
        user = await queries.user_by_email(tx, email) if email else None
        if email and user is None:
            fail(f"account {account} has no user {email}", 1)
        issued = await actions.issue_key(
            tx, name=name, scopes=scopes, user_id=user.id if user else None, pepper=services.pepper
        )
    return {"id": issued.credential.id, "key": issued.secret, "scopes": list(issued.credential.scopes)}
