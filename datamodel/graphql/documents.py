"""Documents: parsed, held to their limits and validated once per text, then kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    parse,
    specified_rules,
    validate,
)
from graphql.language import OperationDefinitionNode

from datamodel.graphql.disclosure import may_introspect
from datamodel.graphql.errors import LimitExceeded, plain_entry
from datamodel.graphql.messages import syntax_entry, validation_entry
from datamodel.graphql.operation import PreparedOperation
from datamodel.graphql.structure import check_structure
from datamodel.limits import get_limit

__all__ = ["DocumentCache", "PreparedDocument", "prepare"]

KEPT = 512
"""Documents kept per API. Clients send the same few texts again and again."""

LONGEST_KEPT = 20_000


@dataclass(frozen=True, eq=False)
class PreparedDocument:
    """A document ready to be run, or what is wrong with it."""

    schema: GraphQLSchema
    node: DocumentNode | None
    problems: tuple[dict[str, Any], ...] = ()

    def operation(self, name: str | None) -> PreparedOperation | None:
        """Return the operation that would run, None where the choice is not clear."""
        return self.by_name.get(name)

    @cached_property
    def by_name(self) -> dict[str | None, PreparedOperation]:
        """The operations by name; the only one without a name, too."""
        found: dict[str | None, PreparedOperation] = {each.name: each for each in self.operations}
        if len(self.operations) == 1:
            found[None] = self.operations[0]
        return found

    @cached_property
    def operations(self) -> tuple[PreparedOperation, ...]:
        """The operations that the API has a root type for."""
        if self.node is None:
            return ()
        return tuple(
            PreparedOperation(self.schema, self.node, each, root)
            for each in self.node.definitions
            if isinstance(each, OperationDefinitionNode)
            and (root := self.schema.get_root_type(each.operation)) is not None
        )


class DocumentCache:
    """The documents of one API, the least recently used going first."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.documents: OrderedDict[tuple[str, bool], PreparedDocument] = OrderedDict()
        self.lock = threading.Lock()

    def find(self, text: str, *, is_helped: bool = False) -> PreparedDocument | None:
        """Return the document of a text that was prepared before."""
        look = (text, is_helped)
        with self.lock:
            if look not in self.documents:
                return None
            self.documents.move_to_end(look)
            return self.documents[look]

    def get(self, text: str, *, is_helped: bool = False) -> PreparedDocument:
        """Return the document of a text, prepared on first use; ``is_helped`` suggests names in its problems."""
        found = self.find(text, is_helped=is_helped)
        if found is not None:
            return found
        prepared = prepare(self.schema, text, is_helped=is_helped)
        if len(text) <= LONGEST_KEPT:
            with self.lock:
                self.documents[text, is_helped] = prepared
                while len(self.documents) > KEPT:
                    self.documents.popitem(last=False)
        return prepared


def prepare(schema: GraphQLSchema, text: str, *, is_helped: bool = False) -> PreparedDocument:
    """Parse, check limits, validate; nothing after the first breach runs."""
    try:
        check_length(text)
        node = parse_limited(text)
        check_structure(node)
    except LimitExceeded as error:
        return PreparedDocument(schema, None, (plain_entry(error.message, error.error_type),))
    except GraphQLSyntaxError as error:
        return PreparedDocument(schema, None, (syntax_entry(error),))
    problems = find_problems(schema, node, is_helped=is_helped)
    if problems:
        return PreparedDocument(schema, None, tuple(validation_entry(problem) for problem in problems))
    return PreparedDocument(schema, node)


def find_problems(schema: GraphQLSchema, node: DocumentNode, *, is_helped: bool) -> list[GraphQLError]:
    """Return what does not fit the API."""
    rules = (*specified_rules, NoSchemaIntrospectionCustomRule)
    try:
        return validate(
            schema,
            node,
            specified_rules if may_introspect(is_helped=is_helped) else rules,
            max_errors=get_limit("GRAPHQL_MAX_ERRORS"),
            hide_suggestions=not is_helped,
        )
    except GraphQLError as error:
        # The rule for subscriptions looks at `@skip` as if the variables were there already.
        return [error]


def check_length(text: str) -> None:
    longest = get_limit("GRAPHQL_MAX_DOCUMENT_CHARS")
    if len(text) > longest:
        raise LimitExceeded(f"A document has at most {longest} characters.")


def parse_limited(text: str) -> DocumentNode:
    """Parse a document; raise LimitExceeded where it has too many tokens or comments."""
    tokens, comments = get_limit("GRAPHQL_MAX_TOKENS"), get_limit("GRAPHQL_MAX_COMMENTS")
    try:
        return parse(text, max_lexical_tokens=tokens, max_comments=comments)
    except GraphQLSyntaxError as error:
        for what, limit in (("tokens", tokens), ("comments", comments)):
            if f"more than {limit} {what}" in error.message:
                raise LimitExceeded(f"A document has at most {limit} {what}.") from error
        if "nested too deeply" in error.message:
            raise LimitExceeded(
                f"A document nests at most {get_limit('GRAPHQL_MAX_DEPTH')} levels deep."
            ) from error
        raise
