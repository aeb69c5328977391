"""The snippets of relationships as the node scripts take them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from datamodel.graphql.schema import describe_api
from datamodel.graphql.snippets import Action, Client, write_snippets
from datamodel.graphql.snippets.associations import Associations
from datamodel.graphql.snippets.story import Sample, Story, Untellable, tell
from datamodel.schema import Schema

__all__ = ["stories_of"]


def stories_of(schema: Schema, client: Client) -> Iterator[dict[str, Any]]:
    """Yield what there is to run for every relationship whose records the client can create."""
    shape = describe_api(schema)
    known = Associations(shape)
    for link in schema.links:
        try:
            story = tell(shape, link)
        except Untellable:
            continue
        (told,) = [each for each in write_snippets(schema, link) if each.client is client]
        if not any(snippet.action is Action.CREATE for snippet in told.snippets):
            continue
        yield {
            "link": link.name,
            "snippets": [
                {
                    "action": snippet.action,
                    "title": snippet.title,
                    "code": snippet.code,
                    "subject": snippet.subject,
                    "finds": snippet.finds,
                    "result": snippet.result,
                    "says": snippet.says,
                }
                for snippet in told.snippets
            ],
            "placeholders": told.placeholders,
            "records": {sample.variable: record_of(known, sample) for sample in story.samples},
            "roles": roles_of(story),
        }


def roles_of(story: Story) -> dict[str, str]:
    roles = {"parent": story.parent.variable, "child": story.child.variable}
    return roles | ({"far": story.far.variable} if story.far else {})


def record_of(known: Associations, sample: Sample) -> dict[str, Any]:
    return {
        "model": sample.model.name,
        "key": list(sample.key),
        "get": known.has(sample.model, "get"),
        "remove": known.has(sample.model, "delete") and not sample.model.is_versioned,
    }
