"""The express lane itself: from a ticket, which says what is to be read, to the bytes of the answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

from graphql import GraphQLError

from datamodel.access import Caller
from datamodel.graphql.compiler.answers import CompiledField, Irregular
from datamodel.graphql.compiler.plans import FieldPlan, OperationPlan, Outcome
from datamodel.graphql.compiler.sql import Statement
from datamodel.graphql.errors import ApiError, LimitExceeded, error_entry, plain_entry
from datamodel.graphql.express.source import Source, Unanswered, Writes
from datamodel.graphql.express.writing import WriteTicket
from datamodel.limits import get_limit
from datamodel.registry import ACTIVE_STAMP

__all__ = ["Express", "Ticket"]

VERSION = Statement(ACTIVE_STAMP, ())
"""Asked after a read that brought no version along: versions only go forward, so it was active all the time."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A request that can go by the express lane: nothing has to be parsed, checked or compiled any more."""

    plan: OperationPlan
    values: Mapping[str, Any]
    caller: Caller
    stamp: bytes
    """The schema version it was checked against."""


class Express:
    """Answers tickets."""

    def __init__(self, source: Source, writes: Writes) -> None:
        self.source = source
        self.writes = writes

    async def answer(self, ticket: Ticket | WriteTicket) -> bytes:
        """Return the body of the answer.

        Raise Unanswered where a thread has to answer instead; where nobody knows what a write came to, Lost,
        and DatabaseBusy where its turn did not come.
        """
        if isinstance(ticket, WriteTicket):
            text = await self.writes.write(ticket.begin)
            return within_limit(b"".join((b'{"data":{', ticket.key, text, b"}}")))
        pieces: list[bytes] = [b'{"data":{']
        errors: list[GraphQLError] = []
        known: dict[Any, bytes] = {}
        deadline = monotonic() + get_limit("GRAPHQL_TIMEOUT_S")
        for key, field in zip(ticket.plan.keys, ticket.plan.fields, strict=True):
            pieces.append(key)
            outcome = field.outcome
            try:
                if isinstance(outcome, CompiledField):
                    pieces.append(await self.read(outcome, ticket, known, deadline))
                else:
                    pieces.append(settled(outcome))
            except ApiError as error:
                pieces.append(b"null")
                errors.append(located(field, error))
        return within_limit(b"".join([*pieces, b"}", *told(errors), b"}"]))

    async def read(
        self, field: CompiledField, ticket: Ticket, known: dict[Any, bytes], deadline: float
    ) -> bytes:
        """Return the JSON of a root field; what was read under another key is not read again."""
        statement = field.statement
        try:
            request = field.begin(ticket.values, ticket.caller.actor)
            params = statement.bind(request.values)
            look = (statement.text, *params)
            if look in known:
                return known[look]
            rows = await self.source.fetch(statement, params)
            if rows.count and statement.is_stamped:
                (stamp,) = rows.cells(0, field.width, field.width + 1)
            else:
                stamp = await self.version()
            if stamp != ticket.stamp:
                raise Unanswered("Another schema version is active.")
            if monotonic() > deadline:
                raise LimitExceeded(f"The request took longer than {get_limit('GRAPHQL_TIMEOUT_S')} seconds.")
            text = known[look] = field.answer(rows, request)
        except Irregular as error:
            raise Unanswered("A value needs an error of its own.") from error
        return text

    async def version(self) -> bytes:
        rows = await self.source.fetch(VERSION, ())
        return bytes(rows.texts(0, 1)[0]) if rows.count else b"0"

    def close(self) -> None:
        self.source.close()
        self.writes.close()


def within_limit(body: bytes) -> bytes:
    """Return an answer, or the error in place of one that is too long."""
    longest = get_limit("GRAPHQL_MAX_RESULT_BYTES")
    if len(body) <= longest:
        return body
    entry = plain_entry(f"The answer is longer than {longest} bytes.", "LimitExceeded")
    return json.dumps({"errors": [entry]}).encode()


def settled(outcome: Outcome) -> bytes:
    """Return the JSON of a field that reads nothing; raise why it is refused."""
    if isinstance(outcome, ApiError):
        raise outcome
    if isinstance(outcome, bytes):
        return outcome
    raise Unanswered("A field has to be executed.")


def located(field: FieldPlan, error: ApiError) -> GraphQLError:
    """Return the error of a root field as executing it would."""
    return GraphQLError(error.message, list(field.nodes), path=[field.key], original_error=error)


def told(errors: list[GraphQLError]) -> list[bytes]:
    """Return the errors of an answer as its last member; nothing where there are none."""
    if not errors:
        return []
    entries = [error_entry(error) for error in errors]
    text = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
    return [b',"errors":', text.encode("utf-8", "replace")]
