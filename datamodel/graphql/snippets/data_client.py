"""The snippets for the data client: ``client.models``, in TypeScript, as its handbook writes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from datamodel.graphql.shape import ApiShape
from datamodel.graphql.snippets.associations import Associations
from datamodel.graphql.snippets.documents import cleared_fields
from datamodel.graphql.snippets.javascript import (
    Scope,
    array,
    indented,
    object_lines,
    plain_value,
    property_line,
    value_of,
)
from datamodel.graphql.snippets.printing import comment_lines, js_string
from datamodel.graphql.snippets.sentences import a, name_of, on_child_delete, on_parent_delete, the
from datamodel.graphql.snippets.snippet import Action, Client, ClientSnippets, Snippet
from datamodel.graphql.snippets.story import Plain, Sample, Story
from datamodel.modelgen.labels import label_field
from datamodel.schema.ir import Dialect, ModelType, Side
from datamodel.schema.naming import upper_first
from datamodel.schema.plural import pluralize

__all__ = ["data_client_snippets"]

TYPED = """import { generateClient } from "aws-amplify/data";
import type { Schema } from "../amplify/data/resource";

const client = generateClient<Schema>();"""
UNTYPED = """import { Amplify } from "aws-amplify";
import { generateClient } from "aws-amplify/data";
import outputs from "../amplify_outputs.json";

Amplify.configure(outputs);
const client = generateClient();"""
BREAKS = (
    "The introspection of transformer version 1 does not name the keys of relationships, so the client cannot "
    "load them one by one: what is wanted is named in selectionSet."
)


def data_client_snippets(shape: ApiShape, story: Story) -> ClientSnippets:
    """Return the code for the relationship of ``story``, as far as the client can do it."""
    return _DataClient(shape, story).write()


class _DataClient:
    """Writes the code of one story."""

    def __init__(self, shape: ApiShape, story: Story) -> None:
        self.story = story
        self.schema = story.schema
        self.associations = Associations(shape)
        self.placeholders: dict[str, tuple[str, str]] = {}
        self.notes: list[str] = []

    def write(self) -> ClientSnippets:
        setup = TYPED if self.schema.dialect is Dialect.GEN2 else UNTYPED
        if any(self.associations.breaks(sample.model.name) for sample in self.story.samples):
            self.notes.append(BREAKS)
        snippets = [
            Snippet(Action.SETUP, "Once, before the rest", setup),
            *self.creates(),
            *self.queries(),
            *self.unlinks(),
            *self.deletes(),
        ]
        return ClientSnippets(Client.DATA, tuple(snippets), tuple(self.notes), self.placeholders)

    # Parts of the code.

    def key(self, sample: Sample) -> list[str]:
        """Return the properties that name a record."""
        return [property_line(name, self.key_value(sample, name)) for name in sample.key]

    def key_value(self, sample: Sample, name: str) -> str:
        known = sample.known(name)
        if known is not None:
            return plain_value(self.schema, known, enum_objects=False)
        while not isinstance(held := sample.values.get(name), Plain) and held is not None:
            sample, name = held.sample, held.name
        text = f"MY_{sample.placeholder(name)}"
        self.placeholders[text] = (sample.variable, name)
        return js_string(text)

    def plain_selection(self, model: ModelType) -> list[str]:
        """Return the key and what names the record, as far as the client knows the fields."""
        label = label_field(model)
        names = dict.fromkeys([*model.primary_key, *([label.name] if label else [])])
        return [name for name in names if name in self.associations.fields(model.name)]

    def call(
        self,
        model: ModelType,
        operation: str,
        properties: Sequence[str],
        selected: Sequence[str] = (),
        to: str = "",
    ) -> list[str]:
        """Return ``const { data: post } = await client.models.Post.create({…});`` for ``to="post"``.

        What the client would fail over is called with ``selectionSet``.
        """
        assigned = f"const {{ data: {to} }} = " if to else ""
        before = f"{assigned}await client.models.{model.name}.{operation}("
        if not selected and self.associations.breaks(model.name):
            selected = self.plain_selection(model)
        if not selected:
            return object_lines(before, properties, ");")
        arguments = object_lines("", properties, ",")
        return [before, *indented([*arguments, f"{{ selectionSet: {array(selected)} }},"]), ");"]

    def get(self, sample: Sample) -> list[str]:
        return self.call(sample.model, "get", self.key(sample), to=sample.variable)

    # Create.

    def creates(self) -> Iterator[Snippet]:
        lines: list[str] = []
        for sample in self.story.samples:
            model = sample.model
            if not self.associations.has(model, "create"):
                self.notes.append(
                    f"The data client cannot create {a(model.name)}: the schema has no such operation."
                )
                return
            kept = {model.created_at, model.updated_at}
            properties = [
                property_line(name, value_of(self.schema, sample, name))
                for name in sample.values
                if name not in kept
            ]
            lines += [*self.call(model, "create", properties, to=sample.variable), ""]
        title = f"Create {a(self.story.child.model.name)} with what it refers to"
        yield Snippet(Action.CREATE, title, "\n".join(lines[:-1]), subject=self.story.child.variable)

    # Query.

    def queries(self) -> Iterator[Snippet]:
        story, link = self.story, self.story.link
        if link.parent_field in self.associations.fields(link.parent):
            yield from self.children_of_parent()
        else:
            yield from self.list_children()
        if link.child_field in self.associations.fields(link.child) and self.can_get(story.child):
            yield from self.parent_of_child()

    def can_get(self, sample: Sample) -> bool:
        if self.associations.has(sample.model, "get"):
            return True
        self.notes.append(
            f"The data client cannot get {a(sample.model.name)} by its key; a GraphQL document can, or a list."
        )
        return False

    def children_of_parent(self) -> Iterator[Snippet]:
        story, link = self.story, self.story.link
        parent, field = story.parent, link.parent_field or ""
        if not self.can_get(parent):
            return
        words = f"{the(name_of(story, parent))} and its {field}"
        if self.associations.is_lazy(link, Side.PARENT):
            yield self.lazy_children(f"Lazy load {words}")
        path = f"{field}.{story.far_link.child_field}.*" if story.far_link else f"{field}.*"
        finds = (story.far.variable,) if story.far else (story.child.variable,)
        yield self.eager(f"Eagerly load {words}", parent, field, path, finds)

    def lazy_children(self, title: str) -> Snippet:
        story, link = self.story, self.story.link
        scope = Scope(story)
        found = scope.name(pluralize(story.child.variable) if story.far else link.parent_field or "")
        lines = self.get(story.parent)
        lines += [f"const {{ data: {found} }} = await {story.parent.variable}.{link.parent_field}();"]
        finds = (story.child.variable,)
        if story.far is not None and story.far_link and self.associations.is_lazy(story.far_link, Side.CHILD):
            child, joins = story.child.variable, found
            found = scope.name(pluralize(story.far.variable))
            lines += [
                f"const {found} = await Promise.all(",
                *indented(
                    [f"{joins}.map(async ({child}) => (await {child}.{story.far_link.child_field}()).data),"]
                ),
                ");",
            ]
            finds = (story.far.variable,)
        return Snippet(Action.QUERY, title, "\n".join(lines), finds=finds, result=found)

    def eager(self, title: str, sample: Sample, field: str, path: str, finds: tuple[str, ...]) -> Snippet:
        found = Scope(self.story).name(f"{sample.variable}With{upper_first(field)}")
        selected = [*sample.key, path]
        lines = self.call(sample.model, "get", self.key(sample), selected, to=found)
        return Snippet(Action.QUERY, title, "\n".join(lines), finds=finds, result=found)

    def list_children(self) -> Iterator[Snippet]:
        """List the children by their reference, where the parent has no field for them."""
        story, link = self.story, self.story.link
        model = story.child.model
        if not (
            self.associations.has(model, "list") and self.associations.filters(model, link.reference_fields)
        ):
            self.notes.append(f"The data client cannot list {the(model.name)} by its reference.")
            return
        terms = [f"{name}: {{ eq: {self.key_value(story.child, name)} }}" for name in link.reference_fields]
        found = Scope(story).name(pluralize(story.child.variable))
        selected = self.plain_selection(model) if self.associations.breaks(model.name) else []
        options = [
            f"filter: {{ {', '.join(terms)} }}",
            *([f"selectionSet: {array(selected)}"] if selected else []),
        ]
        before = f"const {{ data: {found} }} = await client.models.{model.name}.list("
        lines = object_lines(before, options, ");")
        title = f"List what refers to {the(name_of(story, story.parent))}"
        yield Snippet(Action.QUERY, title, "\n".join(lines), finds=(story.child.variable,), result=found)

    def parent_of_child(self) -> Iterator[Snippet]:
        story, link, child = self.story, self.story.link, self.story.child
        field = link.child_field or ""
        words = f"{the(child.model.name)} and its {field}"
        finds = (story.parent.variable,)
        if self.associations.is_lazy(link, Side.CHILD):
            parent = story.parent.variable
            lines = self.get(child)
            lines += [f"const {{ data: {parent} }} = await {child.variable}.{field}();"]
            yield Snippet(Action.QUERY, f"Lazy load {words}", "\n".join(lines), finds=finds, result=parent)
        yield self.eager(f"Eagerly load {words}", child, field, f"{field}.*", finds)

    # Change and delete.

    def unlinks(self) -> Iterator[Snippet]:
        story, child = self.story, self.story.child
        names = cleared_fields(story)
        if not names or not self.can_change(child, "update"):
            return
        properties = [*self.key(child), *(f"{name}: null" for name in names)]
        code = "\n".join(self.call(child.model, "update", properties))
        title = f"Unlink {the(child.model.name)}: it stays without {a(name_of(story, story.parent))}"
        yield Snippet(Action.UNLINK, title, code, subject=child.variable)

    def can_change(self, sample: Sample, operation: str) -> bool:
        if sample.model.is_versioned:
            self.notes.append(
                f"The data client cannot {operation} {a(sample.model.name)}: it sends no expected version."
            )
            return False
        return self.associations.has(sample.model, operation)

    def deletes(self) -> Iterator[Snippet]:
        story = self.story
        yield from self.delete(story.child, [on_child_delete(story)])
        yield from self.delete(story.parent, list(on_parent_delete(self.schema, story.link)))
        if story.far is not None and story.far_link is not None:
            yield from self.delete(story.far, list(on_parent_delete(self.schema, story.far_link)))

    def delete(self, sample: Sample, comments: Sequence[str]) -> Iterator[Snippet]:
        if not self.can_change(sample, "delete"):
            return
        told = comment_lines("// ", comments)
        code = "\n".join([*told, *self.call(sample.model, "delete", self.key(sample))])
        yield Snippet(
            Action.DELETE,
            f"Delete {the(name_of(self.story, sample))}",
            code,
            subject=sample.variable,
            says=tuple(comments),
        )
