"""The snippets for DataStore, in JavaScript, as its handbook writes them since version 5."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from datamodel.graphql.connections import find_connection
from datamodel.graphql.introspection import describe_association, shown_fields
from datamodel.graphql.snippets.documents import cleared_fields
from datamodel.graphql.snippets.javascript import (
    ONE_LINE,
    Scope,
    indented,
    object_lines,
    plain_value,
    property_line,
    value_of,
)
from datamodel.graphql.snippets.printing import comment_lines, js_string
from datamodel.graphql.snippets.sentences import (
    a,
    capital,
    children_of,
    name_of,
    on_child_delete,
    policy_sentence,
    the,
    told_links,
)
from datamodel.graphql.snippets.snippet import Action, Client, ClientSnippets, Snippet
from datamodel.graphql.snippets.story import Plain, Reference, Sample, Story, governing
from datamodel.schema.ir import Dialect, FieldKind, Link, ModelField, ModelType, OnDelete, Schema, Side
from datamodel.schema.plural import pluralize

__all__ = ["datastore_snippets"]

OFF = (
    "DataStore is switched off for this data model. Switch it on under Options of the upload page, or with "
    "applyschema --datastore on."
)


def datastore_snippets(story: Story) -> ClientSnippets:
    """Return the code for the relationship of ``story``."""
    return _DataStore(story).write()


class _DataStore:
    """Writes the code of one story."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.schema = story.schema
        self.placeholders: dict[str, tuple[str, str]] = {}
        self.notes: list[str] = [] if self.schema.has_datastore else [OFF]

    def write(self) -> ClientSnippets:
        snippets = [
            Snippet(Action.SETUP, "Once, before the rest", self.setup()),
            self.create(),
            *self.queries(),
            *self.unlinks(),
            *self.deletes(),
        ]
        return ClientSnippets(Client.DATASTORE, tuple(snippets), tuple(self.notes), self.placeholders)

    def setup(self) -> str:
        """Import what the code uses; ``models`` is what Amplify's generator writes."""
        models = dict.fromkeys(sample.model.name for sample in self.story.samples)
        enums = dict.fromkeys(
            name
            for sample in self.story.samples
            for held in sample.values.values()
            if isinstance(held, Plain)
            for name in enums_of(self.schema, held.field)
        )
        names = [*models, *enums]
        return "\n".join(
            [
                'import { DataStore } from "aws-amplify/datastore";',
                *object_lines("import ", names, ' from "./models";'),
            ]
        )

    # Parts of the code.

    def field(self, model: str, name: str | None) -> ModelField | None:
        """Return the field if the generated model has it."""
        shown = shown_fields(self.schema, self.schema.model(model))
        return next((field for field in shown if field.name == name), None)

    def holds_parent(self, link: Link) -> bool:
        """Return whether the child takes the parent itself (``post``), and not its key."""
        field = self.field(link.child, link.child_field)
        return field is not None and reference_kind(self.schema, self.schema.model(link.child), field)

    def key(self, sample: Sample) -> str:
        """Return what a query by key takes: the id, or an object of all key fields."""
        values = [(name, self.key_value(sample, name)) for name in sample.key]
        if len(values) == 1:
            return values[0][1]
        return f"{{ {', '.join(property_line(*pair) for pair in values)} }}"

    def key_value(self, sample: Sample, name: str) -> str:
        known = sample.known(name)
        if known is not None:
            return plain_value(self.schema, known, enum_objects=True)
        while not isinstance(held := sample.values.get(name), Plain) and held is not None:
            sample, name = held.sample, held.name
        text = f"YOUR_{sample.placeholder(name)}"
        self.placeholders[text] = (sample.variable, name)
        return js_string(text)

    def load(self, sample: Sample) -> str:
        return f"const {sample.variable} = await DataStore.query({sample.model.name}, {self.key(sample)});"

    # Create.

    def create(self) -> Snippet:
        lines: list[str] = []
        for sample in self.story.samples:
            lines += [*self.save(sample), ""]
        title = f"Create {a(self.story.child.model.name)} with what it refers to"
        return Snippet(Action.CREATE, title, "\n".join(lines[:-1]), subject=self.story.child.variable)

    def save(self, sample: Sample) -> list[str]:
        """Return the statement that saves a new record, on one line where it fits."""
        before, properties = f"const {sample.variable} = await DataStore.save(", self.properties(sample)
        short = object_lines(f"{before}new {sample.model.name}(", properties, "));")
        if len(short) == 1:
            return short
        return [before, *indented(object_lines(f"new {sample.model.name}(", properties, "),")), ");"]

    def properties(self, sample: Sample) -> list[str]:
        """Return the new record's properties: parents as they are where the model takes them, else their keys."""
        properties: dict[str, str] = {}
        for name, held in sample.values.items():
            link = self.link_of(sample.model, name, held)
            if link is not None and self.holds_parent(link) and isinstance(held, Reference):
                field = link.child_field or ""
                properties[field] = property_line(field, held.sample.variable)
            else:
                properties[name] = property_line(name, value_of(self.schema, sample, name, enum_objects=True))
        return list(properties.values())

    def link_of(self, model: ModelType, name: str, held: Plain | Reference) -> Link | None:
        """Return the link that a reference field belongs to, those that the model takes whole first."""
        if isinstance(held, Plain):
            return None
        links = [
            link
            for link in self.schema.links_from(model.name)
            if (name, held.name) in zip(link.reference_fields, link.identifier_fields, strict=True)
            and link.parent == held.sample.model.name
        ]
        return min(links, key=lambda link: not self.holds_parent(link), default=None)

    # Query.

    def queries(self) -> Iterator[Snippet]:
        story, link = self.story, self.story.link
        if self.field(link.parent, link.parent_field) is not None:
            yield self.children_of_parent()
        if story.far is not None and story.far_link is not None:
            yield from self.far_records(story.far, story.far_link)
        else:
            yield self.filtered_children()
        if self.holds_parent(link):
            lines = [
                self.load(story.child),
                f"const {story.parent.variable} = await {story.child.variable}.{link.child_field};",
            ]
            title = f"{capital(the(story.child.model.name))} and its {link.child_field}"
            finds = (story.parent.variable,)
            yield Snippet(Action.QUERY, title, "\n".join(lines), finds=finds, result=story.parent.variable)

    def children_of_parent(self) -> Snippet:
        story, field = self.story, self.story.link.parent_field or ""
        found = Scope(story).name(pluralize(story.child.variable) if story.far else field)
        relation = story.parent.model.field(field).relation
        ending = ".toArray()" if relation and relation.is_many else ""
        lines = [self.load(story.parent), f"const {found} = await {story.parent.variable}.{field}{ending};"]
        title = f"{capital(the(name_of(story, story.parent)))} and its {field}"
        return Snippet(Action.QUERY, title, "\n".join(lines), finds=(story.child.variable,), result=found)

    def filtered_children(self) -> Snippet:
        """Query the children by their reference."""
        story, child = self.story, self.story.child
        found = Scope(story).name(pluralize(child.variable))
        code = self.query(found, child, self.paths(story.link))
        title = f"Query what refers to {the(name_of(story, story.parent))}"
        return Snippet(Action.QUERY, title, code, finds=(child.variable,), result=found)

    def paths(self, link: Link) -> list[tuple[str, str]]:
        """Return, by path from the child, the values that name the parent."""
        parent = self.story.parent
        holds = self.holds_parent(link)
        return [
            (f"{link.child_field}.{other}" if holds else own, self.key_value(parent, other))
            for own, other in zip(link.reference_fields, link.identifier_fields, strict=True)
        ]

    def query(self, found: str, sample: Sample, paths: Sequence[tuple[str, str]]) -> str:
        """Return ``const posts = await DataStore.query(Post, (post) => …);``, broken where it is long."""
        variable = sample.variable
        terms = [f"{variable}.{path}.eq({value})" for path, value in paths]
        before = f"const {found} = await DataStore.query("
        if len(terms) == 1:
            short = f"{before}{sample.model.name}, ({variable}) => {terms[0]});"
            broken = [f"{sample.model.name},", f"({variable}) => {terms[0]},"]
            return short if len(short) <= ONE_LINE else "\n".join([before, *indented(broken), ");"])
        inner = [
            f"({variable}) => {variable}.and(({variable}) => [",
            *indented(f"{term}," for term in terms),
            "]),",
        ]
        return "\n".join([before, *indented([f"{sample.model.name},", *inner]), ");"])

    def far_records(self, far: Sample, far_link: Link) -> Iterator[Snippet]:
        """Query the records on the other side of a join model."""
        story, link = self.story, self.story.link
        if self.field(far_link.parent, far_link.parent_field) is None or not self.holds_parent(link):
            return
        paths = [(f"{far_link.parent_field}.{path}", value) for path, value in self.paths(link)]
        found = Scope(story).name(pluralize(far.variable))
        code = self.query(found, far, paths)
        title = f"Query what {the(story.parent.model.name)} is joined to"
        yield Snippet(Action.QUERY, title, code, finds=(far.variable,), result=found)

    # Change and delete.

    def unlinks(self) -> Iterator[Snippet]:
        story, child = self.story, self.story.child
        names = cleared_fields(story)
        if not names:
            return
        if self.holds_parent(story.link):
            names = (story.link.child_field or "",)
        body = "; ".join(f"updated.{name} = null" for name in names)
        lines = [
            self.load(child),
            "await DataStore.save(",
            *indented(
                [
                    f"{child.model.name}.copyOf({child.variable}, (updated) => {{",
                    *indented([f"{body};"]),
                    "}),",
                ]
            ),
            ");",
        ]
        title = f"Unlink {the(child.model.name)}: it stays without {a(name_of(story, story.parent))}"
        yield Snippet(Action.UNLINK, title, "\n".join(lines), subject=child.variable)

    def deletes(self) -> Iterator[Snippet]:
        story = self.story
        yield self.delete(story.child, self.child_comments())
        yield self.delete(story.parent, list(self.parent_comments(story.link)))
        if story.far is not None and story.far_link is not None:
            yield self.delete(story.far, list(self.parent_comments(story.far_link)))

    def delete(self, sample: Sample, comments: Sequence[str]) -> Snippet:
        told = comment_lines("// ", comments)
        lines = [*told, self.load(sample), f"await DataStore.delete({sample.variable});"]
        title = f"Delete {the(name_of(self.story, sample))}"
        return Snippet(Action.DELETE, title, "\n".join(lines), subject=sample.variable, says=tuple(comments))

    def child_comments(self) -> list[str]:
        """DataStore follows a has-one from either side."""
        story = self.story
        along = list(self.has_ones(story.child.model))
        follows = story.link.child_field in {field.name for field in self.has_one_fields(story.child.model)}
        return along if follows else [on_child_delete(story), *along]

    def has_one_fields(self, model: ModelType) -> list[ModelField]:
        return [
            f for f in shown_fields(self.schema, model) if f.relation and is_has_one(self.schema, model, f)
        ]

    def has_ones(self, model: ModelType) -> Iterator[str]:
        """Say which records DataStore deletes along, though the server would not."""
        for field in self.has_one_fields(model):
            yield f"DataStore deletes its {field.name} along with it, as it does with every has one."

    def parent_comments(self, link: Link) -> Iterator[str]:
        """DataStore deletes the children that it holds by itself, before the server's policy has a say."""
        for each in told_links(self.schema, link):
            yield self.parent_comment(each)
        yield from self.has_ones(self.schema.model(link.parent))

    def parent_comment(self, link: Link) -> str:
        sentence = policy_sentence(self.schema, link)
        on_server = f"On the server: {sentence[:1].lower()}{sentence[1:]}"
        if not self.cascades(link):
            return on_server
        if link.is_enforced and link.on_delete is OnDelete.CASCADE:
            return sentence
        return f"DataStore itself deletes the {children_of(self.schema, link)} that it holds. {on_server}"

    def cascades(self, link: Link) -> bool:
        """Return whether the generated model of the parent lists the children of ``link``."""
        rivals = [
            each
            for each in self.schema.links_to(link.parent)
            if governing(self.schema, each).name == link.name
        ]
        return any(self.field(each.parent, each.parent_field) is not None for each in rivals)


def reference_kind(schema: Schema, model: ModelType, field: ModelField) -> bool:
    """Return whether the generated model holds a to-one field's keys itself."""
    if field.relation is None or field.relation.side is not Side.CHILD:
        return False
    if schema.dialect is Dialect.V1:
        return find_connection(schema, model, field) is not None
    return bool(describe_association(schema, model, field).get("targetNames"))


def is_has_one(schema: Schema, model: ModelType, field: ModelField) -> bool:
    """Return whether the generated model calls the field HAS_ONE."""
    if schema.dialect is Dialect.V1:
        connection = find_connection(schema, model, field)
        return connection is not None and connection.kind == "HAS_ONE"
    return (
        field.relation is not None
        and describe_association(schema, model, field)["connectionType"] == "HAS_ONE"
    )


def enums_of(schema: Schema, field: ModelField) -> Iterator[str]:
    """Yield the enums whose values a field's sample shows."""
    if field.type.kind is FieldKind.ENUM:
        yield field.type.name
    elif field.type.kind is FieldKind.CUSTOM:
        for inner in schema.custom_type(field.type.name).fields:
            if inner.type.name != field.type.name:
                yield from enums_of(schema, inner)
