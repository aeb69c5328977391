"""All rules, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

from datamodel.schema.errors import Problem
from datamodel.schema.ir import Schema
from datamodel.schema.normalize import normalize
from datamodel.schema.options import DEFAULT_OPTIONS, SchemaOptions
from datamodel.schema.rules.auth_rules import check_auth_rules
from datamodel.schema.rules.connections import check_connections
from datamodel.schema.rules.default_values import check_default_values
from datamodel.schema.rules.embedded_types import check_embedded_types, check_endless_types
from datamodel.schema.rules.generated_types import check_generated_types
from datamodel.schema.rules.indexes import check_indexes
from datamodel.schema.rules.known_types import check_known_types
from datamodel.schema.rules.many_to_many import check_many_to_many
from datamodel.schema.rules.model_arguments import check_model_arguments
from datamodel.schema.rules.names import check_names
from datamodel.schema.rules.no_models import check_models_exist
from datamodel.schema.rules.own_definitions import check_own_definitions
from datamodel.schema.rules.primary_keys import check_primary_keys
from datamodel.schema.rules.relation_counterparts import check_relation_counterparts
from datamodel.schema.rules.relation_fields import check_relation_fields
from datamodel.schema.rules.relation_references import check_relation_references
from datamodel.schema.rules.relation_shapes import check_relation_shapes
from datamodel.schema.rules.root_fields import check_root_fields
from datamodel.schema.rules.texts import check_texts
from datamodel.schema.rules.unenforceable_links import check_links
from datamodel.schema.rules.unique_names import check_unique_names
from datamodel.schema.rules.unrun import check_own_operations, check_unenforced_rules

__all__ = ["COMPLETE_RULES", "RAW_RULES", "Rule", "validate_schema"]

MAX_PROBLEMS = 200

Rule = Callable[[Schema], Iterable[Problem]]

RAW_RULES: tuple[Rule, ...] = (
    check_models_exist,
    check_names,
    check_unique_names,
    check_known_types,
    check_embedded_types,
    check_endless_types,
    check_texts,
    check_model_arguments,
    check_auth_rules,
    check_primary_keys,
    check_indexes,
    check_relation_shapes,
    check_relation_fields,
    check_relation_references,
    check_relation_counterparts,
    check_many_to_many,
    check_connections,
    check_default_values,
    check_own_operations,
    check_unenforced_rules,
)
"""Rules on what the text says."""

COMPLETE_RULES: tuple[Rule, ...] = (
    check_root_fields,
    check_generated_types,
    check_own_definitions,
    check_links,
)
"""Rules on what normalizing makes of it; they run once the text itself is right."""


def validate_schema(
    schema: Schema, options: SchemaOptions = DEFAULT_OPTIONS, *, is_complete: bool = True
) -> list[Problem]:
    """Return the problems of a raw schema, ordered by position; of each kind no more than MAX_PROBLEMS.

    Of the options only the project's flags count: they decide which names are generated. A schema that is
    not complete, because parts of it could not be read, is not normalized for further rules.
    """
    problems = _run(RAW_RULES, schema)
    if is_complete and not any(problem.is_error for problem in problems):
        problems += _run(COMPLETE_RULES, normalize(schema, SchemaOptions(flags=options.flags)))
    return sorted(problems, key=lambda problem: problem.sort_key)


def _run(rules: Iterable[Rule], schema: Schema) -> list[Problem]:
    """Run rules; each stops when it has found more than anybody reads."""
    return [problem for rule in rules for problem in islice(rule(schema), MAX_PROBLEMS)]
