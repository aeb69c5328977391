"""IR to Django model classes."""

from __future__ import annotations

from datamodel.modelgen.builder import APP_LABEL, build_models, build_state, link_attribute
from datamodel.modelgen.constraints import ReferenceConstraint
from datamodel.modelgen.keys import decode_key, encode_key
from datamodel.modelgen.labels import MAX_PARTS, label_field, label_links, label_value
from datamodel.modelgen.names import FieldNames, ModelNames, NameMap, build_names
from datamodel.modelgen.parents import load_parent_labels
from datamodel.modelgen.record import Record
from datamodel.modelgen.values import ValueProblem, coerce, parse_scalar

__all__ = [
    "APP_LABEL",
    "MAX_PARTS",
    "FieldNames",
    "ModelNames",
    "NameMap",
    "Record",
    "ReferenceConstraint",
    "ValueProblem",
    "build_models",
    "build_names",
    "build_state",
    "coerce",
    "decode_key",
    "encode_key",
    "label_field",
    "label_links",
    "label_value",
    "link_attribute",
    "load_parent_labels",
    "parse_scalar",
]
