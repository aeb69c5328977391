"""The express lane: what is planned already is answered on the event loop, past Django and graphql-core."""

from __future__ import annotations

from datamodel.graphql.express.lane import Express, Ticket
from datamodel.graphql.express.opening import open_source, open_writes
from datamodel.graphql.express.source import Lost, Unanswered
from datamodel.graphql.express.writing import WriteTicket

__all__ = ["Express", "Lost", "Ticket", "Unanswered", "WriteTicket", "open_source", "open_writes"]
