"""The embedded broker: amqtt with one user, or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from amqtt.broker import Broker
from amqtt.plugins.base import BaseAuthPlugin
from amqtt.session import Session


class OneUser(BaseAuthPlugin):
    """Lets one user in, by name and password."""

    @dataclass
    class Config(BaseAuthPlugin.Config):
        user: str = ""
        password: str = ""

    async def authenticate(self, *, session: Session) -> bool | None:
        wanted = (self.config.user, self.config.password)
        return (session.username, session.password) == wanted


class TidyBroker(Broker):
    """amqtt 0.12 sends every connecting client the retained messages of everybody's subscriptions;
    this one sends them to those who subscribed."""

    async def _publish_retained_messages_for_subscription(
        self, subscription: tuple[str, int], session: Session
    ) -> None:
        holders = self._subscriptions.get(subscription[0], [])
        if any(holder is session for holder, _ in holders):
            await super()._publish_retained_messages_for_subscription(subscription, session)


def broker(port: int, user: str, password: str) -> Broker:
    """One that listens on 127.0.0.1; not started yet."""
    plugins: dict[str, Any] = {
        "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}
    }
    if user:
        plugins = {"sim.embedded.OneUser": {"user": user, "password": password}}
    listeners = {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}}
    return TidyBroker({"listeners": listeners, "plugins": plugins})
