"""Delete policies from version to version: which choices stay, under which names, and which are taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from datamodel.migrator.errors import PlanOptionError
from datamodel.migrator.options import PlanOptions, StoredOptions
from datamodel.migrator.renaming import Renames, rename_fields, rename_models
from datamodel.schema.ir import Link, OnDelete, Schema
from datamodel.schema.suggest import did_you_mean

__all__ = ["PolicyChoice", "choose_policies", "list_choices"]


@dataclass(frozen=True, slots=True)
class PolicyChoice:
    """A policy that somebody chose for a relationship, as a plan tells it."""

    link: Link
    is_new: bool
    """False where the choice was made for an earlier version and stays."""

    @property
    def text(self) -> str:
        link = self.link
        when = "chosen now" if self.is_new else "as chosen before"
        return (
            f"on delete of {link.parent}, {link.child} by {link.name}: {link.on_delete}, {when} "
            f"(the default is {link.default_on_delete})"
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "link": self.link.name,
            "policy": str(self.link.on_delete),
            "default": str(self.link.default_on_delete),
            "is_new": self.is_new,
        }


def choose_policies(
    before: Schema, after: Schema, base: StoredOptions, options: PlanOptions, renames: Renames, version: int
) -> tuple[dict[str, OnDelete], dict[str, int]]:
    """Return the chosen policies by the names of ``after``, and the version that brought each.

    They are those given now, for ``version``, and those of ``base`` that still fit. Raise PlanOptionError
    where a choice that is taken back names no relationship, or one that is given a policy at once.
    """
    links = _links_by_key(after)
    given = {links[key].name: policy for key, policy in options.schema.on_delete.items() if key in links}
    taken_back = _taken_back(links, given, options)
    chosen = dict(given)
    chosen_in = dict.fromkeys(given, version)
    for link, old_name, policy in _kept(before, after, base, options, renames):
        if (
            link.name not in taken_back
            and is_possible(link, policy)
            and given.get(link.name, policy) is policy
        ):
            chosen[link.name] = policy
            chosen_in[link.name] = base.chosen_in.get(old_name, version)
    return chosen, chosen_in


def list_choices(schema: Schema, chosen_in: Mapping[str, int], version: int) -> tuple[PolicyChoice, ...]:
    """Return every choice in force for ``version``, in the order of the schema."""
    return tuple(
        PolicyChoice(link, chosen_in[link.name] == version) for link in schema.links if link.name in chosen_in
    )


def is_possible(link: Link, policy: OnDelete) -> bool:
    """Return whether the relationship can have the policy."""
    if policy is OnDelete.CLEAR and link.is_required:
        return False
    return link.is_enforceable or policy is OnDelete.KEEP


def _links_by_key(schema: Schema) -> dict[str, Link]:
    """Return the links by every spelling a policy goes by: the name, and ``Model.field`` of either side."""
    found: dict[str, Link] = {}
    for link in schema.links:
        found.update((f"{link.child}.{name}", link) for name in link.child_fields)
        found.update((f"{link.parent}.{name}", link) for name in link.parent_fields)
        found[link.name] = link
    return found


def _taken_back(links: Mapping[str, Link], given: Mapping[str, OnDelete], options: PlanOptions) -> set[str]:
    names: set[str] = set()
    for key in options.default_policies:
        if key not in links:
            hint = did_you_mean(key, links) or "Name a relationship field, as in 'Comment.post'."
            raise PlanOptionError(f"There is no relationship '{key}'. {hint}")
        name = links[key].name
        if name in given:
            raise PlanOptionError(f"'{key}' is given a policy and its default at once. Choose one of them.")
        names.add(name)
    return names


def _kept(
    before: Schema, after: Schema, base: StoredOptions, options: PlanOptions, renames: Renames
) -> Iterator[tuple[Link, str, OnDelete]]:
    """Yield the relationships of the new schema that had a choice before, with the name they had.

    They are found by what they store; where that changed too, by name.
    """
    old_links = _links_by_key(before)
    renamed = rename_fields(rename_models(before, renames.models), renames.fields)
    moved = dict(zip((link.name for link in before.links), renamed.links, strict=True))
    new_links = _links_by_key(after)
    for key, policy in base.schema.on_delete.items():
        old = old_links.get(key)
        found = _same_ends(moved[old.name], after) if old else None
        if found := found or new_links.get(_renamed_key(key, options)):
            yield found, old.name if old else key, policy


def _same_ends(old: Link, schema: Schema) -> Link | None:
    """Return the link that stores the same; of several, the one of the same name first."""
    found = [link for link in schema.links if _ends(link) == _ends(old)]
    return min(found, key=lambda link: link.name != old.name, default=None)


def _ends(link: Link) -> tuple[Any, ...]:
    return link.child, link.reference_fields, link.parent, link.identifier_fields


def _renamed_key(key: str, options: PlanOptions) -> str:
    old, _, name = key.partition(".")
    model = options.model_renames.get(old, old)
    renamed = options.renames.get((model, name)) or options.renames.get((old, name)) or name
    return f"{model}.{renamed}"
