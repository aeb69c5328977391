"""What a snippet says about itself: its title, and what a delete does under the policy of the relationship."""

from __future__ import annotations

from collections.abc import Iterator

from datamodel.graphql.snippets.story import Sample, Story, find_far, governing
from datamodel.schema.ir import Link, OnDelete, Schema
from datamodel.schema.words import noun_of, plural_of, with_article

__all__ = [
    "a",
    "capital",
    "children_of",
    "name_of",
    "on_child_delete",
    "on_parent_delete",
    "policy_sentence",
    "the",
    "told_links",
]


def a(name: str) -> str:
    return with_article(noun_of(name))


def the(name: str) -> str:
    return f"the {noun_of(name)}"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def name_of(story: Story, sample: Sample) -> str:
    """Return the name that a title calls a record by: of two of one model, the parent goes by its variable."""
    return sample.variable if sample is story.parent and story.link.is_self else sample.model.name


def children_of(schema: Schema, link: Link) -> str:
    """Return what the children of ``link`` are called: ``comments``, ``replies``, ``cart``, ``posts (by author)``."""
    several = sum((each.child, each.parent) == (link.child, link.parent) for each in schema.links) > 1
    by = f" (by {link.child_field or link.reference_fields[0]})" if several else ""
    if not link.is_many:
        return noun_of(link.child) + by
    is_told = link.is_self and link.parent_field
    return (noun_of(link.parent_field or "") if is_told else plural_of(link.child)) + by


def on_parent_delete(schema: Schema, link: Link) -> Iterator[str]:
    """Yield one sentence for ``link``, then one for every other relationship that the delete obeys."""
    return (policy_sentence(schema, each) for each in told_links(schema, link))


def told_links(schema: Schema, link: Link) -> Iterator[Link]:
    """Yield the links whose policies decide what deleting the parent of ``link`` does, its own first."""
    first = governing(schema, link)
    yield first
    for each in schema.links_to(link.parent):
        if each.name != first.name and governing(schema, each).name == each.name:
            yield each


def policy_sentence(schema: Schema, link: Link) -> str:
    """Say what happens to the children: ``Its comments are deleted too.``"""
    children, many = children_of(schema, link), link.is_many
    references = " and ".join(link.reference_fields)
    stays = f"Its {children} {'stay' if many else 'stays'}"
    if not link.is_enforced:
        whose = "their" if many else "its"
        return f"{stays} as {'they are' if many else 'it is'}; {whose} {references} then names nothing."
    match link.on_delete:
        case OnDelete.CASCADE:
            far = find_far(schema, link)
            rest = f"; the {plural_of(far.parent)} on the other side stay" if far else ""
            return f"Its {children} {'are' if many else 'is'} deleted too{rest}."
        case OnDelete.CLEAR:
            verb = "becomes" if len(link.reference_fields) == 1 else "become"
            return f"{stays}; {references} {verb} null."
        case _:
            return f"Refused while it has {children if many else with_article(children)}."


def on_child_delete(story: Story) -> str:
    """Say that what is referred to stays."""
    if story.far is not None:
        return f"{capital(the(story.link.parent))} and {the(story.far.model.name)} stay."
    return f"{capital(the(name_of(story, story.parent)))} stays."
