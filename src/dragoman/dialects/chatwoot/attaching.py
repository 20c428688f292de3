"""Files that come with a message, stored before the transaction that takes them (chatwoot.md 5.3)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from dragoman.core.errors import Invalid
from dragoman.core.messages.models import NewAttachment
from dragoman.dialects.chatwoot import parameters
from dragoman.edge.uploads import promise_just_this, stored_files

MOST_FILES = 15


async def sent_files(request: Request) -> AsyncIterator[list[NewAttachment]]:
    """`attachments[]` of a form. Raises Invalid for too many, and for ids of uploads: there are none here."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        yield []
        return
    try:
        given = await parameters.given(request)
        files = given.files("attachments")
        if len(files) > MOST_FILES:
            raise Invalid("attachments", f"attachments takes at most {MOST_FILES} files")
        if not files:
            await promise_just_this(request)
        async with stored_files(request, files) as stored:
            yield stored
    finally:
        await request.close()


SentFiles = Annotated[list[NewAttachment], Depends(sent_files, scope="function")]
