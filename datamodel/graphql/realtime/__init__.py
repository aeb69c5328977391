"""Subscriptions over WebSockets: AppSync's own protocol, and graphql-transport-ws."""

from __future__ import annotations

from datamodel.graphql.realtime.gate import Realtime

__all__ = ["Realtime"]
