"""What a request can reach: made once by the app."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from dragoman.config import Settings
from dragoman.edge.rates import Limiter
from dragoman.live.hub import Hub
from dragoman.store.blobs import Blobs
from dragoman.store.database import Database


@dataclass(frozen=True, slots=True)
class Services:
    settings: Settings
    pepper: bytes
    database: Database
    hub: Hub
    blobs: Blobs
    limiter: Limiter
    public_limiter: Limiter


def services(request: Request) -> Services:
    found: Services = request.app.state.services
    return found
