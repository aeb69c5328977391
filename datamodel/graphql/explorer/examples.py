"""Documents to begin with, in the names of one model and with the keys of records that exist."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datamodel.graphql.inputs import create_fields
from datamodel.graphql.naming import upper_first
from datamodel.graphql.schema import build_api
from datamodel.graphql.shape import ApiShape, FieldShape
from datamodel.graphql.snippets.printing import block
from datamodel.graphql.snippets.samples import sample_value
from datamodel.modelgen import Record, label_field
from datamodel.registry import DataModel
from datamodel.schema.ir import Link, ModelField, ModelType
from datamodel.schema.words import noun_of, plural_of, with_article

__all__ = ["Example", "examples_of"]

FEW = 10
"""Records that a list of the examples asks for."""

MOST_FIELDS = 8
MOST_RELATIONS = 3


@dataclass(frozen=True, slots=True)
class Example:
    """A document with its variables."""

    name: str
    title: str
    document: str
    variables: Mapping[str, Any]

    @property
    def variables_text(self) -> str:
        """The variables as JSON to edit; empty where there are none."""
        if not self.variables:
            return ""
        return json.dumps(self.variables, indent=2, ensure_ascii=False, default=str)


def examples_of(datamodel: DataModel, model: str) -> list[Example]:
    """Return the examples for a model, as far as the API has the operations; raise UnknownModel."""
    record_class = datamodel.model(model)
    return list(_Examples(datamodel, record_class.model_type).write())


class _Examples:
    """Writes the examples of one model."""

    def __init__(self, datamodel: DataModel, model: ModelType) -> None:
        self.datamodel = datamodel
        self.schema = datamodel.schema
        self.shape: ApiShape = build_api(datamodel).shape
        self.model = model
        self.noun = noun_of(model.name)
        self.record = first_record(datamodel, model.name)
        self.label = label_field(model)

    def write(self) -> Iterator[Example]:
        yield from self.lists()
        yield from self.gets()
        yield from self.filters()
        yield from self.nested()
        yield from self.indexes()
        yield from self.writes()
        yield from self.subscriptions()

    # Parts of a document.

    def document(
        self, kind: str, name: str, field: FieldShape, given: Mapping[str, Any], selected: list[str]
    ) -> str:
        """Return ``query GetPost($id: ID!) { getPost(id: $id) {...} }`` for the arguments that are given."""
        types = {each: type_of(field.arguments[each]) for each in given}
        variables = ", ".join(f"${each}: {type_}" for each, type_ in types.items())
        arguments = ", ".join(f"{each}: ${each}" for each in given)
        head = f"{kind} {upper_first(name)}({variables}) {{" if given else f"{kind} {upper_first(name)} {{"
        call = f"{name}({arguments}) {{" if given else f"{name} {{"
        return "\n".join(block(head, block(call, selected, "}"), "}"))

    def selection(self, type_name: str, most: int = MOST_FIELDS) -> list[str]:
        """Return what is worth seeing of a record: its plain fields, embedded ones with theirs."""
        lines: list[str] = []
        for name, field in self.shape.objects[type_name].fields.items():
            inner = base_name(field.type)
            if name.startswith("_") or len(lines) >= most:
                continue
            if inner not in self.shape.objects and not self.is_abstract(inner):
                lines.append(name)
            elif self.is_embedded(inner) and (within := self.leaves(inner)):
                lines.append(f"{name} {{ {' '.join(within)} }}")
        return lines or ["__typename"]

    def leaves(self, type_name: str) -> list[str]:
        fields = self.shape.objects[type_name].fields
        found = [
            name
            for name, field in fields.items()
            if base_name(field.type) not in self.shape.objects and not self.is_abstract(base_name(field.type))
        ]
        return found[:MOST_FIELDS]

    def is_abstract(self, name: str) -> bool:
        return name in self.shape.interfaces or name in self.shape.unions

    def is_embedded(self, name: str) -> bool:
        found = self.shape.objects.get(name)
        return found is not None and not found.is_prepared

    def page(self, type_name: str) -> list[str]:
        return [*block("items {", self.selection(type_name), "}"), "nextToken"]

    def value(self, name: str) -> Any:
        """Return what the first record holds in a field; a word that stands for it where there is none."""
        held = self.record.values().get(name) if self.record else None
        return self.placeholder(name) if held is None else held

    def placeholder(self, name: str, of: str = "") -> Any:
        """Return a word that stands for a value, ``MY_POST_ID``; a value where the field takes no words."""
        field = self.model.find_field(name)
        if field is not None and field.type.name not in {"ID", "String"}:
            return sample_value(self.schema, field)
        return f"MY_{screaming(of or self.model.name)}_{screaming(name)}"

    # Reading.

    def lists(self) -> Iterator[Example]:
        name = self.model.operations.list
        if name is not None:
            given = {"limit": FEW}
            code = self.document("query", name, self.shape.query[name], given, self.page(self.model.name))
            yield Example("list", f"List {plural_of(self.model.name)}", code, given)

    def gets(self) -> Iterator[Example]:
        name = self.model.operations.get
        if name is not None:
            field = self.shape.query[name]
            given = {each: self.value(each) for each in field.arguments}
            code = self.document("query", name, field, given, self.selection(self.model.name))
            yield Example("get", f"Get {with_article(self.noun)} by its key", code, given)

    def filters(self) -> Iterator[Example]:
        name = self.model.operations.list
        condition = self.condition(self.shape.query[name]) if name is not None else None
        if name is not None and condition is not None:
            given = {"filter": condition, "limit": FEW}
            code = self.document("query", name, self.shape.query[name], given, self.page(self.model.name))
            title = f"Filter {plural_of(self.model.name)} by {next(iter(condition))}"
            yield Example("filter", title, code, given)

    def condition(self, field: FieldShape) -> dict[str, Any] | None:
        """Return a filter by what names the record, else by the first field that can be compared."""
        known = self.shape.inputs.get(base_name(field.arguments.get("filter", "")), {})
        others = [each.name for each in self.model.stored_fields if each.name not in self.model.primary_key]
        names = [*([self.label.name] if self.label else []), *others, *self.model.primary_key]
        for name in names:
            operators = self.shape.inputs.get(base_name(known.get(name, "")), {})
            held = self.value(name)
            if "contains" in operators and isinstance(held, str):
                words = held.split()
                return {name: {"contains": words[0] if words else held}}
            if "eq" in operators and not isinstance(held, list | dict):
                return {name: {"eq": held}}
        return None

    def nested(self) -> Iterator[Example]:
        """Read a record with what it is joined to."""
        name = self.model.operations.get or self.model.operations.list
        shown = self.shape.objects[self.model.name].fields
        relations = [each.name for each in self.model.relation_fields if each.name in shown][:MOST_RELATIONS]
        if name is None or not relations:
            return
        field = self.shape.query[name]
        is_get = name == self.model.operations.get
        lines = self.selection(self.model.name, 3)
        for relation in relations:
            lines += self.related(relation, base_name(shown[relation].type))
        given = {each: self.value(each) for each in field.arguments} if is_get else {"limit": FEW}
        selected = lines if is_get else [*block("items {", lines, "}"), "nextToken"]
        code = self.document("query", name, field, given, selected)
        title = f"Read {with_article(self.noun)} with its {listed(relations)}"
        yield Example("nested", title, code, given)

    def related(self, name: str, type_name: str) -> list[str]:
        found = self.shape.objects.get(type_name)
        if found is None:
            return []
        if found.is_connection:
            items = self.selection(base_name(found.fields["items"].type), 4)
            return block(f"{name} {{", [*block("items {", items, "}"), "nextToken"], "}")
        return block(f"{name} {{", self.selection(type_name, 4), "}")

    def indexes(self) -> Iterator[Example]:
        for index in self.model.indexes:
            name = index.query_field
            if name is None or name not in self.shape.query:
                continue
            partition = index.fields[0]
            given = {partition: self.value(partition), "limit": FEW}
            code = self.document("query", name, self.shape.query[name], given, self.page(self.model.name))
            title = f"List {plural_of(self.model.name)} by {listed(index.fields)}"
            yield Example(f"index-{name}", title, code, given)

    # Writing.

    def writes(self) -> Iterator[Example]:
        operations = self.model.operations
        a_record = with_article(self.noun)
        for kind, name, title, values in (
            ("create", operations.create, f"Create {a_record}", self.new_values()),
            ("update", operations.update, f"Change {a_record}", self.changed_values()),
            ("delete", operations.delete, f"Delete {a_record}", self.deleted_values()),
        ):
            if name is not None:
                given = {"input": values}
                selected = self.selection(self.model.name)
                code = self.document("mutation", name, self.shape.mutation[name], given, selected)
                yield Example(kind, title, code, given)

    def new_values(self) -> dict[str, Any]:
        """Return values for a new record: what is required, what names it, and what it may refer to."""
        inputs = create_fields(self.shape, self.model)
        references = self.references(inputs)
        values: dict[str, Any] = {}
        for each in self.model.stored_fields:
            if each.name not in inputs:
                continue
            if each.name in references:
                values[each.name] = references[each.name]
            elif inputs[each.name].endswith("!") or self.is_label(each):
                values[each.name] = sample_value(self.schema, each)
        return values

    def is_label(self, each: ModelField) -> bool:
        return self.label is not None and each.name == self.label.name and each.name != "id"

    def references(self, inputs: Mapping[str, str]) -> dict[str, Any]:
        """Return the reference fields of a new record: to the first records of the models it belongs to."""
        found: dict[str, Any] = {}
        for link in self.schema.links_from(self.model.name):
            is_needed = any(inputs.get(name, "").endswith("!") for name in link.reference_fields)
            if not is_needed and (link.is_one_to_one or link.is_self or not link.is_comparable):
                continue
            for own, value in self.reference(link):
                if own in inputs and (value is not None or is_needed):
                    found.setdefault(own, self.placeholder(own, link.parent) if value is None else value)
        return found

    def reference(self, link: Link) -> Iterator[tuple[str, Any]]:
        parent = first_record(self.datamodel, link.parent)
        held = parent.values() if parent else {}
        for own, other in zip(link.reference_fields, link.identifier_fields, strict=True):
            yield own, held.get(other)

    def changed_values(self) -> dict[str, Any]:
        """Return the key, and what names the record as it is: run unread, the example changes nothing."""
        values = {name: self.value(name) for name in self.key_fields()}
        label = self.label
        if label is not None and label.name not in values:
            values[label.name] = self.value(label.name)
        return values | self.version()

    def deleted_values(self) -> dict[str, Any]:
        """Return a key that names no record: run unread, the example deletes nothing."""
        return {name: self.placeholder(name) for name in self.key_fields()} | self.version()

    def key_fields(self) -> tuple[str, ...]:
        return self.model.primary_key

    def version(self) -> dict[str, Any]:
        if not self.model.is_versioned:
            return {}
        return {self.model.version_input: self.record.joinery_version if self.record else 1}

    # Listening.

    def subscriptions(self) -> Iterator[Example]:
        operations = self.model.operations
        for verb, names in (
            ("created", operations.on_create),
            ("changed", operations.on_update),
            ("deleted", operations.on_delete),
        ):
            for name in names[:1]:
                field = self.shape.subscription.get(name)
                if field is None:
                    continue
                given = {
                    each: self.placeholder(each)
                    for each, text in field.arguments.items()
                    if text.endswith("!")
                }
                code = self.document("subscription", name, field, given, self.selection(self.model.name))
                yield Example(f"on-{verb}", f"Hear of {plural_of(self.model.name)} being {verb}", code, given)


def first_record(datamodel: DataModel, model: str) -> Record | None:
    """Return the oldest record of a model, None where there is none."""
    found: Record | None = datamodel.model(model).objects.live().order_by("joinery_pk").first()
    return found


def type_of(argument: str) -> str:
    """Return an argument's type without its default."""
    return argument.partition(" ")[0]


def base_name(text: str) -> str:
    return type_of(text).strip("[]!")


def listed(names: Sequence[str]) -> str:
    """Return ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def screaming(name: str) -> str:
    """Return ``POST_TAG`` for ``postTag``."""
    return "_".join(noun_of(name).upper().split())
