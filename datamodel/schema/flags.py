"""Settings of an Amplify project that change its API: the flags of `amplify/cli.json`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from datamodel.schema.dialect import Dialect
from datamodel.schema.source import Source

__all__ = ["FLAG_TEXTS", "ApiFlags", "Flag", "choose_flags", "find_flag", "told_flags"]


class Flag(StrEnum):
    """A project flag by its official name."""

    RESPECT_KEY_NAMES = "respectPrimaryKeyAttributesOnConnectionField"
    NAME_INDEX_QUERIES = "enableAutoIndexQueryNames"
    IMPROVE_PLURALS = "improvePluralization"
    MERGE_OPERATIONS = "shouldDeepMergeDirectiveConfigDefaults"


FLAG_TEXTS: Mapping[Flag, str] = {
    Flag.RESPECT_KEY_NAMES: "generated keys are called like the key they hold; off: always 'Id'",
    Flag.NAME_INDEX_QUERIES: "an index without 'queryField' has a query; off: it has none",
    Flag.IMPROVE_PLURALS: "version 1 lists 'categories'; off: 'categorys'",
    Flag.MERGE_OPERATIONS: "'@model(queries: ...)' changes only what it names; off: it replaces all",
}
"""What each flag means for the API."""


@dataclass(frozen=True, slots=True)
class ApiFlags:
    """The flags in force for a schema; as they are here, they are those of a new project."""

    respects_key_names: bool = True
    names_index_queries: bool = True
    improves_plurals: bool = True
    merges_operations: bool = False


def find_flag(name: str) -> Flag | None:
    """Return the flag of that name; `cli.json` writes it in lower case."""
    return next((flag for flag in Flag if flag.lower() == name.lower()), None)


def told_flags(sources: Iterable[Source]) -> dict[str, bool]:
    """Return the flags of the project that the sources come from."""
    return {name: value for source in sources for name, value in source.flags}


def choose_flags(given: Mapping[str, bool], dialect: Dialect) -> ApiFlags:
    """Return the flags in force: those given, where the dialect's official tool knows them."""
    match dialect:
        case Dialect.V1:
            return ApiFlags(improves_plurals=given.get(Flag.IMPROVE_PLURALS, True))
        case Dialect.V2:
            return ApiFlags(
                respects_key_names=given.get(Flag.RESPECT_KEY_NAMES, True),
                names_index_queries=given.get(Flag.NAME_INDEX_QUERIES, True),
                merges_operations=given.get(Flag.MERGE_OPERATIONS, False),
            )
        case Dialect.GEN2:
            return ApiFlags(merges_operations=True)
