"""What a delete does to a link: the defaults, and the choices people made."""

from __future__ import annotations

from dataclasses import replace

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem, SchemaError
from datamodel.schema.ir import Dialect, Link, OnDelete, RelationKind, Schema
from datamodel.schema.options import SchemaOptions
from datamodel.schema.suggest import did_you_mean

__all__ = ["apply_policies", "default_policy"]


def apply_policies(schema: Schema, options: SchemaOptions) -> Schema:
    """Give every link its policy; raise SchemaError where an option names no link or cannot be."""
    chosen = _choices(schema, options)
    links = []
    for link in schema.links:
        default = OnDelete.KEEP if options.integrity == "appsync" else default_policy(schema, link)
        links.append(replace(link, default_on_delete=default, on_delete=chosen.get(link.name, default)))
    return replace(schema, links=tuple(links))


def default_policy(schema: Schema, link: Link) -> OnDelete:
    """Return the policy of the documents: see the table in ``docs/relationships.md``."""
    if not link.is_enforceable:
        return OnDelete.KEEP
    if link.is_join:
        return OnDelete.CASCADE
    parent = schema.model(link.parent)
    kinds = {relation.kind for name in link.parent_fields if (relation := parent.field(name).relation)}
    if schema.dialect is not Dialect.GEN2 and RelationKind.HAS_MANY in kinds:
        return OnDelete.CASCADE
    return OnDelete.CASCADE if link.is_required or _is_field_required(schema, link) else OnDelete.CLEAR


def _is_field_required(schema: Schema, link: Link) -> bool:
    """A relation field that may not be null needs its record as much as a reference does."""
    child = schema.model(link.child)
    return any(child.field(name).type.is_required for name in link.child_fields)


def _choices(schema: Schema, options: SchemaOptions) -> dict[str, OnDelete]:
    """Return the chosen policies by link name."""
    links: dict[str, Link] = {}
    for link in schema.links:
        names = [f"{link.child}.{name}" for name in link.child_fields]
        names += [f"{link.parent}.{name}" for name in link.parent_fields]
        links.update((name, link) for name in (link.name, *names))
    chosen: dict[str, OnDelete] = {}
    problems: list[Problem] = []
    for name, policy in options.on_delete.items():
        named = links.get(name)
        if named is None:
            hint = did_you_mean(name, links) or "Name a relationship field, as in 'Comment.post'."
            problems.append(Problem(Code.UNKNOWN_LINK, f"There is no relationship '{name}'.", hint))
        elif problem := _check(named, name, policy):
            problems.append(problem)
        else:
            chosen[named.name] = policy
    if problems:
        raise SchemaError(problems)
    return chosen


def _check(link: Link, name: str, policy: OnDelete) -> Problem | None:
    if policy is OnDelete.CLEAR and link.is_required:
        hint = "Choose cascade, restrict or keep, or make the field nullable."
        names = ", ".join(f"'{link.child}.{field}'" for field in link.reference_fields)
        return Problem(Code.IMPOSSIBLE_POLICY, f"'{name}' cannot be cleared: {names} may not be null.", hint)
    if policy is not OnDelete.KEEP and not link.is_enforceable:
        message = f"'{name}' cannot be enforced: it does not refer to a primary key alone."
        return Problem(Code.IMPOSSIBLE_POLICY, message, "Leave it at keep.")
    return None
