"""What the site's explorer asks of the API: its description, examples, checks and answers."""

from __future__ import annotations

from datamodel.graphql.explorer.asking import answer_person, check_document
from datamodel.graphql.explorer.description import Description, describe
from datamodel.graphql.explorer.examples import Example, examples_of
from datamodel.graphql.explorer.listening import PersonSocket

__all__ = [
    "Description",
    "Example",
    "PersonSocket",
    "answer_person",
    "check_document",
    "describe",
    "examples_of",
]
