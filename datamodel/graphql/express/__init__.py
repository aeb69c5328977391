"""The express lane: queries whose plans are known are answered on the event loop, past Django and its threads."""

from __future__ import annotations

from datamodel.graphql.express.lane import Express, Ticket
from datamodel.graphql.express.opening import open_source
from datamodel.graphql.express.source import Unanswered

__all__ = ["Express", "Ticket", "Unanswered", "open_source"]
