"""What a person may answer or choose about a schema change, and what stays chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from datamodel.schema.ir import Link, OnDelete, Schema
from datamodel.schema.options import SchemaOptions

__all__ = ["PlanOptions", "StoredOptions"]

Integrity = Literal["managed", "appsync"]


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """Answers for one plan: renames, values for records that lack one, and choices about the schema.

    The choices in ``schema`` are added to those of the active version. ``integrity`` wins over
    ``schema.integrity``, whose ``managed`` cannot be told from "not given".
    """

    renames: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(model, old field) -> new field; the model by its new name."""
    model_renames: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    """(model, field) -> JSON value for records without one."""
    schema: SchemaOptions = field(default_factory=SchemaOptions)
    integrity: Integrity | None = None
    is_open: bool | None = None
    """Sandbox: models without a rule are open to public API keys. None keeps what was chosen before."""

    def to_json(self) -> dict[str, Any]:
        return {
            "renames": [[model, old, new] for (model, old), new in self.renames.items()],
            "model_renames": dict(self.model_renames),
            "defaults": [[model, name, value] for (model, name), value in self.defaults.items()],
            "schema": _schema_options_to_json(self.schema),
            "integrity": self.integrity,
            "is_open": self.is_open,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PlanOptions:
        return cls(
            renames={(model, old): new for model, old, new in data.get("renames", [])},
            model_renames=data.get("model_renames", {}),
            defaults={(model, name): value for model, name, value in data.get("defaults", [])},
            schema=_schema_options_from_json(data.get("schema", {})),
            integrity=data.get("integrity"),
            is_open=data.get("is_open"),
        )


@dataclass(frozen=True, slots=True)
class StoredOptions:
    """The choices that an active version keeps for later uploads."""

    schema: SchemaOptions = field(default_factory=SchemaOptions)
    is_open: bool = False

    def to_json(self) -> dict[str, Any]:
        return {**_schema_options_to_json(self.schema), "open": self.is_open}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> StoredOptions:
        return cls(schema=_schema_options_from_json(data), is_open=bool(data.get("open")))

    def updated(self, options: PlanOptions) -> StoredOptions:
        """Return these choices with those of an upload on top; policies kept from before are not in it."""
        given = options.schema
        chosen = given.integrity if given.integrity != "managed" else self.schema.integrity
        return StoredOptions(
            schema=SchemaOptions(
                datastore=self.schema.datastore if given.datastore is None else given.datastore,
                integrity=options.integrity or chosen,
                on_delete=dict(given.on_delete),
                flags={**self.schema.flags, **given.flags},
            ),
            is_open=self.is_open if options.is_open is None else options.is_open,
        )

    def kept_policies(self, options: PlanOptions, schema: Schema) -> dict[str, OnDelete]:
        """Return the policies chosen before that still name a relationship, can be, and are not chosen anew."""
        links = {key: link for link in schema.links for key in relation_keys(link)}
        chosen = {links[key].name for key in options.schema.on_delete if key in links}
        renamed = {_renamed_key(key, options): policy for key, policy in self.schema.on_delete.items()}
        return {
            key: policy
            for key, policy in renamed.items()
            if key in links and links[key].name not in chosen and is_possible(links[key], policy)
        }


def relation_keys(link: Link) -> set[str]:
    """Every spelling of a relationship that a policy goes by: its name, and ``Model.field`` of either side."""
    keys = {link.name}
    keys |= {f"{link.child}.{name}" for name in link.child_fields}
    return keys | {f"{link.parent}.{name}" for name in link.parent_fields}


def is_possible(link: Link, policy: OnDelete) -> bool:
    """Return whether the relationship can have the policy."""
    if policy is OnDelete.CLEAR and link.is_required:
        return False
    return link.is_enforceable or policy is OnDelete.KEEP


def _renamed_key(key: str, options: PlanOptions) -> str:
    old, _, name = key.partition(".")
    model = options.model_renames.get(old, old)
    renamed = options.renames.get((model, name)) or options.renames.get((old, name)) or name
    return f"{model}.{renamed}"


def _schema_options_to_json(options: SchemaOptions) -> dict[str, Any]:
    return {
        "datastore": options.datastore,
        "integrity": options.integrity,
        "on_delete": {key: str(policy) for key, policy in options.on_delete.items()},
        **({"flags": dict(options.flags)} if options.flags else {}),
    }


def _schema_options_from_json(data: Mapping[str, Any]) -> SchemaOptions:
    return SchemaOptions(
        datastore=data.get("datastore"),
        integrity=data.get("integrity", "managed"),
        on_delete={key: OnDelete(policy) for key, policy in data.get("on_delete", {}).items()},
        flags=data.get("flags", {}),
    )
