"""The fields of models and custom types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from datamodel.schema.dialects.typescript.authorization import Rule, as_auth, last_rules
from datamodel.schema.dialects.typescript.codes import Code
from datamodel.schema.dialects.typescript.findings import (
    ReadingError,
    did_you_mean,
)
from datamodel.schema.dialects.typescript.reading import NAME, Reading
from datamodel.schema.dialects.typescript.values import (
    UNDEFINED,
    Builder,
    Call,
    Entry,
    ListValue,
    Located,
    ObjectValue,
    Unknown,
    to_text,
)
from datamodel.schema.errors import Problem
from datamodel.schema.ir import (
    CustomType,
    EnumType,
    EnumValue,
    FieldKind,
    FieldType,
    ModelField,
    RelationDeclaration,
    RelationKind,
)
from datamodel.schema.naming import upper_first
from datamodel.schema.source import Location

SCALAR_TYPES = {
    "id": "ID",
    "string": "String",
    "integer": "Int",
    "float": "Float",
    "boolean": "Boolean",
    "date": "AWSDate",
    "time": "AWSTime",
    "datetime": "AWSDateTime",
    "timestamp": "AWSTimestamp",
    "email": "AWSEmail",
    "json": "AWSJSON",
    "phone": "AWSPhone",
    "url": "AWSURL",
    "ipAddress": "AWSIPAddress",
}
RELATIONS = ("hasMany", "hasOne", "belongsTo")
FIELD_BUILDERS = (*SCALAR_TYPES, "ref", "enum", "customType", *RELATIONS)
TYPE_BUILDERS = (
    "model", "enum", "customType", "query", "mutation", "subscription", "generation", "conversation",
)  # fmt: skip
SCALAR_METHODS = ("required", "array", "default", "authorization", "validate")
REF_METHODS = ("required", "array", "authorization", "mutations")
MAX_NESTING = 20
"""How deep inline custom types may lie within each other."""


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """Where a field is being read: the type that owns it, and whether that is a model."""

    owner: str
    name: str
    key_location: Location
    is_model: bool = True
    depth: int = 0

    @property
    def full_name(self) -> str:
        return f"{self.owner}.{self.name}"

    @property
    def inline_type(self) -> str:
        """The name that an enum or custom type gets which is written inside the field."""
        return f"{upper_first(self.owner)}{upper_first(self.name)}"


@dataclass(frozen=True, slots=True)
class FieldReading:
    """A field, and the auth rules written on it."""

    field: ModelField
    rules: tuple[Rule, ...] = ()


def read_field(reading: Reading, place: FieldPlace, entry: Entry) -> FieldReading:
    """Return the field written in ``entry``.

    A field that cannot be read is reported, and an ID stands in for it, so that whatever else refers
    to the field is not reported as well.
    """
    found = _read_field(reading, place, entry)
    if found is not None:
        return found
    stand_in = FieldType("ID", FieldKind.SCALAR, location=entry.location)
    return FieldReading(ModelField(place.name, stand_in, location=place.key_location))


def _read_field(reading: Reading, place: FieldPlace, entry: Entry) -> FieldReading | None:
    reading.evaluator.spend(1)
    builder = reading.builder(entry.value, entry.location, "a field such as 'a.string()'")
    if builder is None:
        return None
    if builder.name in SCALAR_TYPES:
        return _read_scalar(reading, place, builder)
    reader = _READERS.get(builder.name)
    if reader is not None:
        return reader(reading, place, builder)
    if builder.name in TYPE_BUILDERS:
        message = f"'{builder}' cannot be the field '{place.full_name}'; it stands at the top of the schema."
        hint = "Declare it in 'a.schema({...})' and refer to it by name."
        reading.findings.error(Code.NOT_A_BUILDER, message, hint, builder.location)
    else:
        report_unknown_builder(reading, builder, FIELD_BUILDERS)
    return None


def report_unknown_builder(reading: Reading, builder: Builder, known: tuple[str, ...]) -> None:
    """Report a builder that ``a`` does not have."""
    hint = did_you_mean(builder.name, known, "a.{}()")
    reading.findings.error(Code.UNKNOWN_BUILDER, f"There is no '{builder}'.", hint, builder.location)


# -- scalars


def _read_scalar(reading: Reading, place: FieldPlace, builder: Builder) -> FieldReading:
    calls = reading.check_methods(builder, SCALAR_METHODS)
    is_list = is_required = is_item_required = False
    before = ""
    for call in calls:
        if call.name == "array":
            is_list = True
        elif call.name == "required" and before == "array":
            is_required = True
        elif call.name == "required":
            is_item_required = True
        before = call.name
    if not is_list:
        is_required, is_item_required = is_item_required, False
    rules = last_rules(reading, calls)
    name = SCALAR_TYPES[builder.name]
    field_type = FieldType(
        name, FieldKind.SCALAR, is_list, is_required, is_item_required, location=builder.location
    )
    default = _read_default(reading, place, [call for call in calls if call.name == "default"])
    field = ModelField(
        place.name, field_type, default=default, auth=as_auth(rules), location=place.key_location
    )
    return FieldReading(field, rules or ())


def _read_default(reading: Reading, place: FieldPlace, calls: list[Call]) -> str | None:
    """Return the text of ``.default(value)``, as the official builder writes it into its SDL."""
    if not calls:
        return None
    call = calls[-1]
    value = call.arguments[0].value if call.arguments else UNDEFINED
    where = call.arguments[0].location if call.arguments else call.location
    match value:
        case Unknown():
            reading.report_unknown(value)
            return None
        case None:
            problem, hint = "null cannot be a default.", "Leave '.default()' out."
        case _ if value is UNDEFINED:
            problem = "'.default()' without a value is for SQL databases only."
            hint = "Give the default, for example '.default(0)'."
        case ObjectValue():
            problem, hint = "An object cannot be a default.", "Give AWSJSON as text: '.default(\"[1, 2]\")'."
        case _ if place.is_model is False:
            problem, hint = "Fields of a custom type cannot have a default.", "Leave '.default()' out."
        case _:
            text = to_text(value)
            if '"' not in text and "\n" not in text:
                return text
            problem = "A default cannot contain double quotes or line breaks."
            hint = "Amplify writes it between quotes as it is; set such values when records are created."
    message = f"The default of '{place.full_name}' cannot be used: {problem[:1].lower()}{problem[1:]}"
    reading.findings.error(Code.BAD_DEFAULT, message, hint, where)
    return None


# -- enums and custom types, named or inline


def _read_ref(reading: Reading, place: FieldPlace, builder: Builder) -> FieldReading | None:
    calls = reading.check_methods(
        builder,
        REF_METHODS,
        lambda method: "A reference cannot have a default." if method == "default" else "",
    )
    argument = reading.argument(builder, 0, "the name of an enum or a custom type")
    name = None if argument is None else reading.text(argument, "the name of a type")
    if argument is None or name is None:
        return None
    field_type = ref_type(builder, name, reading.kind(name), argument.location)
    rules = last_rules(reading, calls)
    field = ModelField(place.name, field_type, auth=as_auth(rules), location=place.key_location)
    return FieldReading(field, rules or ())


def ref_type(builder: Builder, name: str, kind: FieldKind, location: Location) -> FieldType:
    """Return the type that ``a.ref(name)`` with its ``.required()`` and ``.array()`` calls means."""
    is_list = is_required = is_item_required = False
    for call in builder.calls:
        if call.name == "array":
            is_list = True
        elif call.name == "required" and is_list:
            is_required = True
        elif call.name == "required":
            is_item_required = True
    if not is_list:
        is_required, is_item_required = is_item_required, False
    return FieldType(name, kind, is_list, is_required, is_item_required, location=location)


def _read_inline_enum(reading: Reading, place: FieldPlace, builder: Builder) -> FieldReading | None:
    reading.check_methods(
        builder,
        (),
        lambda method: f"Declare the enum at the top of the schema and use a.ref('…').{method}().",
    )
    name = place.inline_type
    if reading.take_name(name, builder.location, f"The enum of '{place.full_name}'"):
        reading.enums.append(read_enum(reading, name, builder, builder.location))
    field_type = FieldType(name, FieldKind.ENUM, location=builder.location)
    return FieldReading(ModelField(place.name, field_type, location=place.key_location))


def read_enum(reading: Reading, name: str, builder: Builder, location: Location) -> EnumType:
    """Return the enum that ``a.enum([...])`` declares."""
    argument = reading.argument(builder, 0, "a list of values")
    values: list[EnumValue] = []
    for item in [] if argument is None else reading.texts(argument, "a list of values"):
        value = str(item.value)
        if _is_enum_value(reading, name, value, item.location):
            values.append(EnumValue(value))
    if len({value.name for value in values}) < len(values):
        message = f"The enum '{name}' names a value twice."
        reading.findings.error(Code.BAD_ENUM, message, "Remove one of them.", location)
    is_empty = argument is not None and isinstance(argument.value, ListValue) and not argument.value.items
    # where every value was reported, one stands in for them, as an empty enum would be reported again
    stand_in = () if is_empty else (EnumValue("UNREADABLE"),)
    return EnumType(name, tuple(dict.fromkeys(values)) or stand_in, location=location)


def _is_enum_value(reading: Reading, enum: str, value: str, location: Location) -> bool:
    if NAME.fullmatch(value) and value not in ("true", "false", "null"):
        return True
    reading.findings.error(
        Code.BAD_ENUM,
        f"'{value[:60]}' cannot be a value of the enum '{enum}'.",
        "Values are made of letters, digits and '_', and begin with a letter or a single '_'.",
        location,
    )
    return False


def _read_inline_custom_type(reading: Reading, place: FieldPlace, builder: Builder) -> FieldReading | None:
    reading.check_methods(
        builder,
        (),
        lambda method: f"Declare the type at the top of the schema and use a.ref('…').{method}().",
    )
    name = place.inline_type
    if reading.take_name(name, builder.location, f"The custom type of '{place.full_name}'"):
        read_custom_type(reading, name, builder, builder.location, place.depth + 1)
    field_type = FieldType(name, FieldKind.CUSTOM, location=builder.location)
    return FieldReading(ModelField(place.name, field_type, location=place.key_location))


def read_custom_type(
    reading: Reading, name: str, builder: Builder, location: Location, depth: int = 0
) -> None:
    """Add the type that ``a.customType({...})`` declares, and those inside it, to the schema."""
    if depth > MAX_NESTING:
        message = "Custom types lie too deep within each other."
        raise ReadingError(Problem(Code.TOO_LARGE, message, "Name them and use a.ref().", builder.location))
    argument = reading.argument(builder, 0, "an object with the type's fields")
    if argument is None:
        return
    position = len(reading.custom_types)
    fields: list[ModelField] = []
    for key, entry in reading.members(argument, "an object with the type's fields").items():
        place = FieldPlace(name, key, entry.key_location, is_model=False, depth=depth)
        fields.append(read_field(reading, place, entry).field)
    # before the types inside it, so that the outer one comes first
    reading.custom_types.insert(position, CustomType(name, tuple(fields), location=location))


# -- relationships


def _read_relation(reading: Reading, place: FieldPlace, builder: Builder) -> FieldReading | None:
    if not place.is_model:
        message = f"'{place.full_name}' is a relationship, which a custom type cannot have."
        hint = f"Make '{place.owner}' a model."
        reading.findings.error(Code.NOT_A_BUILDER, message, hint, builder.location)
        return None
    calls = reading.check_methods(builder, ("authorization",), _relation_method_hint)
    target = reading.argument(builder, 0, "the name of a model")
    references = reading.argument(builder, 1, "the reference field")
    name = None if target is None else reading.text(target, "the name of a model")
    if target is None or references is None or name is None:
        return None
    names = _reference_names(reading, builder, references)
    if not names:
        return None
    declaration = RelationDeclaration(RelationKind(builder.name), references=names, location=builder.location)
    field_type = FieldType(
        name, reading.kind(name), is_list=builder.name == "hasMany", location=target.location
    )
    rules = last_rules(reading, calls)
    field = ModelField(
        place.name,
        field_type,
        declared_relation=declaration,
        auth=as_auth(rules),
        location=place.key_location,
    )
    return FieldReading(field, rules or ())


def _relation_method_hint(method: str) -> str:
    if method in ("required", "valueRequired"):
        return "Make the reference field required instead: a.id().required()."
    return "A list is made with a.hasMany()." if method == "array" else ""


def _reference_names(reading: Reading, builder: Builder, references: Located) -> tuple[str, ...]:
    if isinstance(references.value, str):
        return (references.value,)
    names = tuple(str(item.value) for item in reading.texts(references, "a field name or a list of them"))
    if not names and isinstance(references.value, ListValue) and references.value.unknown is None:
        message = f"'{builder}' names no reference field."
        hint = "Name the fields of the child that hold the parent's identifier."
        reading.findings.error(Code.BAD_ARGUMENT, message, hint, references.location)
    return names


_READERS: dict[str, Callable[[Reading, FieldPlace, Builder], FieldReading | None]] = {
    "ref": _read_ref,
    "enum": _read_inline_enum,
    "customType": _read_inline_custom_type,
    **dict.fromkeys(RELATIONS, _read_relation),
}
