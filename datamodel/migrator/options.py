"""What a person may answer or choose about a schema change, and what stays chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from datamodel.schema.ir import OnDelete
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
    deletes_lacking: bool = False
    """Whether records without a value for a required field are deleted, where nobody gives them one."""
    schema: SchemaOptions = field(default_factory=SchemaOptions)
    integrity: Integrity | None = None
    is_open: bool | None = None
    """Sandbox: models without a rule are open to public API keys. None keeps what was chosen before."""
    default_policies: tuple[str, ...] = ()
    """Relationships, by ``Model.field`` of either side, whose chosen policy is taken back."""

    def to_json(self) -> dict[str, Any]:
        return {
            "renames": [[model, old, new] for (model, old), new in self.renames.items()],
            "model_renames": dict(self.model_renames),
            "defaults": [[model, name, value] for (model, name), value in self.defaults.items()],
            **({"deletes_lacking": True} if self.deletes_lacking else {}),
            "schema": _schema_options_to_json(self.schema),
            "integrity": self.integrity,
            "is_open": self.is_open,
            "default_policies": list(self.default_policies),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PlanOptions:
        return cls(
            renames={(model, old): new for model, old, new in data.get("renames", [])},
            model_renames=data.get("model_renames", {}),
            defaults={(model, name): value for model, name, value in data.get("defaults", [])},
            deletes_lacking=data.get("deletes_lacking", False),
            schema=_schema_options_from_json(data.get("schema", {})),
            integrity=data.get("integrity"),
            is_open=data.get("is_open"),
            default_policies=tuple(data.get("default_policies", ())),
        )


@dataclass(frozen=True, slots=True)
class StoredOptions:
    """The choices that an active version keeps for later uploads."""

    schema: SchemaOptions = field(default_factory=SchemaOptions)
    is_open: bool = False
    chosen_in: Mapping[str, int] = field(default_factory=dict)
    """The version that brought a chosen policy, by the relationship's name."""

    @property
    def effective(self) -> SchemaOptions:
        """The choices as a schema is loaded with them."""
        return replace(self.schema, is_open=self.is_open)

    def to_json(self) -> dict[str, Any]:
        chosen_in = {"chosen_in": dict(self.chosen_in)} if self.chosen_in else {}
        return {**_schema_options_to_json(self.schema), "open": self.is_open, **chosen_in}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> StoredOptions:
        return cls(
            schema=_schema_options_from_json(data),
            is_open=bool(data.get("open")),
            chosen_in=data.get("chosen_in", {}),
        )

    def updated(self, options: PlanOptions) -> StoredOptions:
        """Return these choices with those of an upload on top; `policies` adds those kept from before."""
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
