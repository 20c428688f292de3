"""Rings between processes by Redis or Valkey: publish and subscribe on one channel."""

from __future__ import annotations

import asyncio
import secrets

from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from dragoman.store.bells import Heard

CHANNEL = "dragoman:events"
PATIENCE_SECONDS = 5.0
HEALTH_SECONDS = 15  # a peer that vanished without a word is noticed by then


class RedisWire:
    def __init__(self, url: str) -> None:
        self._url = url
        self._name = secrets.token_bytes(8)

    async def carry(self, rung: asyncio.Event, heard: Heard, _is_listening: asyncio.Event) -> None:
        client = Redis.from_url(
            self._url, socket_connect_timeout=PATIENCE_SECONDS, health_check_interval=HEALTH_SECONDS
        )
        async with client, client.pubsub(ignore_subscribe_messages=True) as channel:
            await channel.subscribe(CHANNEL)
            heard()  # what was rung before somebody listened
            both = (asyncio.create_task(self._tell(client, rung)), asyncio.create_task(self._hear(channel, heard)))
            try:
                await asyncio.gather(*both)
            finally:
                for one in both:
                    one.cancel()
                await asyncio.gather(*both, return_exceptions=True)

    async def _tell(self, client: Redis, rung: asyncio.Event) -> None:
        while True:
            await rung.wait()
            rung.clear()
            await client.publish(CHANNEL, self._name)

    async def _hear(self, channel: PubSub, heard: Heard) -> None:
        while True:
            message = await channel.get_message(timeout=HEALTH_SECONDS)
            if message is not None and message["data"] != self._name:
                heard()
