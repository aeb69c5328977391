"""The snippets in GraphQL: documents that run as they are, once the ids in capitals are real ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from datamodel.graphql import naming
from datamodel.graphql.shape import ApiShape
from datamodel.graphql.snippets.printing import block, comment_lines, graphql_value
from datamodel.graphql.snippets.sentences import a, name_of, on_child_delete, on_parent_delete, the
from datamodel.graphql.snippets.snippet import Action, Client, ClientSnippets, Snippet
from datamodel.graphql.snippets.story import Plain, Sample, Story
from datamodel.modelgen.labels import label_field
from datamodel.schema.ir import ModelField, ModelType, Side

__all__ = ["cleared_fields", "graphql_snippets"]

ONE_LINE = 66
"""Inputs up to this length stay on the line of the operation."""


def graphql_snippets(shape: ApiShape, story: Story) -> ClientSnippets:
    """Return the documents for the relationship of ``story``, as far as the schema has the operations."""
    return _Documents(shape, story).write()


class _Documents:
    """Writes the documents of one story."""

    def __init__(self, shape: ApiShape, story: Story) -> None:
        self.shape = shape
        self.story = story
        self.schema = story.schema
        self.placeholders: dict[str, tuple[str, str]] = {}
        self.notes: list[str] = []

    def write(self) -> ClientSnippets:
        snippets = [*self.creates(), *self.queries(), *self.unlinks(), *self.deletes()]
        return ClientSnippets(Client.GRAPHQL, tuple(snippets), tuple(self.notes), self.placeholders)

    # Parts of a document.

    def value(self, sample: Sample, name: str) -> str:
        """Return a field's value; what only the server knows is a placeholder."""
        known = sample.known(name)
        if known is not None:
            return graphql_value(self.schema, known.field.type, known.value)
        while not isinstance(held := sample.values.get(name), Plain) and held is not None:
            sample, name = held.sample, held.name
        text = f"MY_{sample.placeholder(name)}"
        self.placeholders[text] = (sample.variable, name)
        return f'"{text}"'

    def input_lines(self, sample: Sample, names: Sequence[str]) -> list[str]:
        return [f"{name}: {self.value(sample, name)}" for name in names]

    def mutation(self, name: str, operation: str, lines: Sequence[str], selected: Sequence[str]) -> str:
        """Return ``mutation CreatePost { createPost(input: {...}) {...} }``."""
        one_line = (
            f"{operation}(input: {{ {', '.join(lines)} }}) {{" if lines else f"{operation}(input: {{}}) {{"
        )
        if len(one_line) <= ONE_LINE:
            body = block(one_line, selected, "}")
        else:
            *above, last = block(f"{operation}(input: {{", lines, "}) {")
            body = [*above, *block(last, selected, "}")]
        return "\n".join(block(f"mutation {name} {{", body, "}"))

    def selection(self, model: ModelType) -> list[str]:
        """Return what is worth seeing of a record: its key and what names it."""
        label = label_field(model)
        names = dict.fromkeys([*model.primary_key, *([label.name] if label else [])])
        shown = self.shape.objects[model.name].fields
        return [name for name in names if name in shown] or ["__typename"]

    def is_shown(self, model: ModelType, name: str | None) -> bool:
        return name is not None and name in self.shape.objects[model.name].fields

    # Create.

    def creates(self) -> Iterator[Snippet]:
        for sample in self.story.samples:
            operation = sample.model.operations.create
            if operation is None:
                self.notes.append(f"The schema lets nobody create {a(sample.model.name)}.")
                return
            kept = {sample.model.created_at, sample.model.updated_at}
            names = [name for name in sample.values if name not in kept]
            lines = self.input_lines(sample, names) if names else []
            selected = self.selection(sample.model)
            if sample is self.story.child:
                selected += self.reference_selection(sample)
            code = self.mutation(naming.upper_first(operation), operation, lines, selected)
            yield Snippet(Action.CREATE, self.create_title(sample), code, subject=sample.variable)

    def create_title(self, sample: Sample) -> str:
        story = self.story
        if sample is not story.child:
            return f"Create {a(name_of(story, sample))}"
        if story.far is not None:
            return f"Join them: create {a(sample.model.name)}"
        return f"Create {a(sample.model.name)} that refers to it"

    def reference_selection(self, child: Sample) -> list[str]:
        """Show the parents of the new child where the API has a field for them."""
        links = [self.story.link, *([self.story.far_link] if self.story.far_link else [])]
        return [
            f"{link.child_field} {{ {' '.join(self.selection(self.schema.model(link.parent)))} }}"
            for link in links
            if self.is_shown(child.model, link.child_field)
        ]

    # Query.

    def queries(self) -> Iterator[Snippet]:
        story = self.story
        if self.is_shown(story.parent.model, story.link.parent_field):
            yield from self.query_from(story.parent, self.children_lines(), story.child, self.far_variables())
        else:
            yield from self.list_children()
        if self.is_shown(story.child.model, story.link.child_field):
            field = story.child.model.field(story.link.child_field or "")
            lines = block(f"{field.name} {{", self.selection(story.parent.model), "}")
            yield from self.query_from(story.child, lines, story.parent, ())

    def children_lines(self) -> list[str]:
        """Return the parent's field with its children; of a join model also what lies behind."""
        story = self.story
        field = story.parent.model.field(story.link.parent_field or "")
        selected = self.selection(story.child.model)
        far_link = story.far_link
        if (
            far_link is not None
            and story.far is not None
            and self.is_shown(story.child.model, far_link.child_field)
        ):
            selected += block(f"{far_link.child_field} {{", self.selection(story.far.model), "}")
        if _is_many(field):
            selected = [*block("items {", selected, "}"), "nextToken"]
        return block(f"{field.name} {{", selected, "}")

    def far_variables(self) -> tuple[str, ...]:
        story = self.story
        is_read = story.far_link is not None and self.is_shown(story.child.model, story.far_link.child_field)
        return (story.far.variable,) if story.far is not None and is_read else ()

    def query_from(
        self, sample: Sample, lines: Sequence[str], found: Sample, more: tuple[str, ...]
    ) -> Iterator[Snippet]:
        """Read ``sample`` by its key with what ``lines`` select; by a list where there is no ``get``."""
        operations = sample.model.operations
        selected = [*self.selection(sample.model), *lines]
        if operations.get:
            arguments = ", ".join(self.input_lines(sample, sample.key))
            body = block(f"{operations.get}({arguments}) {{", selected, "}")
            code = "\n".join(block(f"query {naming.upper_first(operations.get)} {{", body, "}"))
        elif operations.list and (condition := self.condition(sample, {n: (sample, n) for n in sample.key})):
            code = self.list_document(operations.list, condition, selected)
        else:
            self.notes.append(f"The schema has no query for {a(sample.model.name)} by its key.")
            return
        title = f"Read {a(name_of(self.story, sample))} with its {_field_words(lines)}"
        yield Snippet(Action.QUERY, title, code, finds=(sample.variable, found.variable, *more))

    def list_children(self) -> Iterator[Snippet]:
        """List the children by their reference, where the parent has no field for them."""
        story, child = self.story, self.story.child
        operation = child.model.operations.list
        pairs = {own: (child, own) for own in story.link.reference_fields}
        condition = self.condition(child, pairs) if operation else ""
        if not operation or not condition:
            self.notes.append(f"The schema has no list of {the(child.model.name)} by its reference.")
            return
        code = self.list_document(operation, condition, self.selection(child.model))
        title = f"List what refers to {a(story.link.parent)}"
        yield Snippet(Action.QUERY, title, code, finds=(child.variable,))

    def list_document(self, operation: str, condition: str, selected: Sequence[str]) -> str:
        inner = [*block("items {", selected, "}"), "nextToken"]
        body = block(f"{operation}(filter: {{ {condition} }}) {{", inner, "}")
        return "\n".join(block(f"query {naming.upper_first(operation)} {{", body, "}"))

    def condition(self, sample: Sample, wanted: Mapping[str, tuple[Sample, str]]) -> str:
        """Return the filter's terms; empty where the filter does not know the fields."""
        stem = naming.made_by_model(sample.model.name, self.shape.generation)
        known = self.shape.inputs.get(naming.filter_input(stem), {})
        if any(name not in known for name in wanted):
            return ""
        return ", ".join(f"{name}: {{ eq: {self.value(*place)} }}" for name, place in wanted.items())

    # Change and delete.

    def unlinks(self) -> Iterator[Snippet]:
        story, child = self.story, self.story.child
        operation = child.model.operations.update
        names = cleared_fields(story)
        if operation is None or not names:
            return
        lines = [*self.key_lines(child), *(f"{name}: null" for name in names)]
        selected = [*self.selection(child.model), *self.reference_selection(child)]
        code = self.mutation(naming.upper_first(operation), operation, lines, selected)
        title = f"Unlink {the(child.model.name)}: it stays without {a(name_of(story, story.parent))}"
        yield Snippet(Action.UNLINK, title, code, subject=child.variable)

    def key_lines(self, sample: Sample) -> list[str]:
        """Return what names a record in an update or delete; the version where the model counts them."""
        lines = self.input_lines(sample, sample.key)
        return [*lines, f"{sample.model.version_input}: 1"] if sample.model.is_versioned else lines

    def deletes(self) -> Iterator[Snippet]:
        story = self.story
        yield from self.delete(story.child, [on_child_delete(story)])
        yield from self.delete(story.parent, list(on_parent_delete(self.schema, story.link)))
        if story.far is not None and story.far_link is not None:
            yield from self.delete(story.far, list(on_parent_delete(self.schema, story.far_link)))

    def delete(self, sample: Sample, comments: Sequence[str]) -> Iterator[Snippet]:
        operation = sample.model.operations.delete
        if operation is None:
            self.notes.append(f"The schema lets nobody delete {a(sample.model.name)}.")
            return
        selected = self.selection(sample.model)
        code = self.mutation(naming.upper_first(operation), operation, self.key_lines(sample), selected)
        told = "\n".join(comment_lines("# ", comments))
        title = f"Delete {the(name_of(self.story, sample))}"
        yield Snippet(Action.DELETE, title, f"{told}\n{code}", subject=sample.variable, says=tuple(comments))


def cleared_fields(story: Story) -> tuple[str, ...]:
    """Return the fields that unlinking sets to null; none where the reference is required or part of the key."""
    link, model = story.link, story.child.model
    required = any(model.field(name).type.is_required for name in link.child_fields)
    if link.is_required or required or not link.is_comparable:
        return ()
    others = [each for each in story.schema.links_from(link.child) if each.name != link.name]
    shared = {name for each in others if each.is_enforceable for name in each.reference_fields}
    return tuple(name for name in link.reference_fields if name not in shared) or link.reference_fields


def _is_many(field: ModelField) -> bool:
    return field.relation is not None and field.relation.is_many and field.relation.side is Side.PARENT


def _field_words(lines: Sequence[str]) -> str:
    return lines[0].partition(" ")[0]
