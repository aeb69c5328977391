"""The states that migrations compare, and the tables that come of them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.serializer import serializer_factory
from django.db.migrations.state import ProjectState

from datamodel.modelgen import APP_LABEL, NameMap, build_models, build_names, build_state
from datamodel.schema.ir import Link, ModelIndex, OnDelete, Schema
from tests.modelgen.schemas import blog, enum, enum_field, field, model, orders, relation, schema


def operations(before: ProjectState, after: ProjectState):
    questioner = NonInteractiveMigrationQuestioner(specified_apps={APP_LABEL}, dry_run=True)
    changes = MigrationAutodetector(before, after, questioner)._detect_changes()
    return [operation for migration in changes.get(APP_LABEL, []) for operation in migration.operations]


def state(of: Schema, previous: NameMap | None = None) -> ProjectState:
    return build_state(of, build_names(of, previous))


@contextmanager
def foreign_keys_aside():
    """Take the checks off as a migration does, and put them back when it fails, too."""
    connection.disable_constraint_checking()
    try:
        yield
    finally:
        connection.enable_constraint_checking()


@pytest.fixture
def migrate(transactional_db):
    """Take the tables from one schema to another; all are dropped in the end."""
    tables: set[str] = set()

    def run(before: Schema | None, after: Schema):
        names = build_names(before) if before else None
        old = build_state(before, names) if before else ProjectState()
        found = operations(old.clone(), state(after, names))
        with foreign_keys_aside(), transaction.atomic(), connection.schema_editor(atomic=False) as editor:
            for operation in found:
                new = old.clone()
                operation.state_forwards(APP_LABEL, new)
                operation.database_forwards(APP_LABEL, editor, old, new)
                old = new
        tables.update(m.options["db_table"] for m in old.models.values())
        return dict(build_models(after, build_names(after, names)))

    yield run
    with connection.schema_editor() as editor:
        for table in tables:
            suffix = " CASCADE" if connection.vendor == "postgresql" else ""
            editor.execute(f"DROP TABLE IF EXISTS {editor.quote_name(table)}{suffix}")


@pytest.mark.parametrize("of", [blog(), orders(), blog(OnDelete.KEEP), blog(datastore=True)])
def test_a_schema_does_not_differ_from_itself(of):
    assert operations(state(of), state(of)) == []


def test_relations_are_no_part_of_the_state():
    assert set(state(blog()).models[APP_LABEL, "comment"].fields) == {
        *("joinery_pk", "joinery_version", "joinery_deleted", "joinery_changed_at"),
        *("id", "content", "postID", "createdAt", "updatedAt"),
    }


def test_a_new_enum_member_changes_no_table():
    def shop(*members):
        return schema(model("Shop", enum_field("status", "Status")), enums=(enum("Status", *members),))

    assert operations(state(shop("A")), state(shop("A", "B"))) == []


def test_names_of_indexes_and_constraints_are_short_and_unique():
    of = orders()
    names = [
        part.name
        for model_state in state(of).models.values()
        for part in (*model_state.options["indexes"], *model_state.options["constraints"])
    ]
    assert len(set(names)) == len(names)
    assert all(len(name) <= 30 for name in names)


def test_an_index_that_repeats_another_is_left_out():
    index = ModelIndex("byPost", ("postID",))
    linked = blog()
    twice = replace(linked, models=(linked.models[0], replace(linked.models[1], indexes=(index, index))))
    assert operations(state(linked), state(twice)) == []


def test_every_operation_can_be_written_down():
    for operation in operations(ProjectState(), state(orders())):
        text, _ = serializer_factory(operation.deconstruct()[2]).serialize()
        assert text


@pytest.mark.parametrize("of", [blog(), orders(), orders(is_required=True)])
def test_migrated_tables_hold_their_references(migrate, of):
    child = migrate(None, of)[of.links[0].child]
    record = child()
    for name in of.links[0].reference_fields:
        record.set_value(name, 1 if "Number" in name else "nobody")
    with pytest.raises(IntegrityError), transaction.atomic():
        record.save()


def test_a_constraint_comes_and_goes_with_the_policy(migrate):
    migrate(None, blog(OnDelete.KEEP))["Comment"].objects.create(id="1", postID="nobody")
    migrate(blog(OnDelete.KEEP), blog(OnDelete.KEEP))["Comment"].objects.all().delete()
    comment = migrate(blog(OnDelete.KEEP), blog())["Comment"]
    with pytest.raises(IntegrityError), transaction.atomic():
        comment.objects.create(postID="nobody")
    assert migrate(blog(), blog(OnDelete.KEEP))["Comment"].objects.create(postID="nobody").post is None


@pytest.mark.parametrize("of", [blog(), orders()])
def test_a_constraint_does_not_come_over_dangling_references(migrate, of):
    loose = replace(of, links=(replace(of.links[0], on_delete=OnDelete.KEEP),))
    record = migrate(None, loose)[of.links[0].child]()
    for name in of.links[0].reference_fields:
        record.set_value(name, 1 if "Number" in name else "nobody")
    record.save()
    with pytest.raises(IntegrityError):
        migrate(loose, of)
    assert type(record).objects.get().values() == record.values()


def test_a_field_can_come_and_go_beside_a_constraint(migrate):
    linked = blog()
    wider = replace(
        linked,
        models=(
            linked.models[0],
            replace(linked.models[1], fields=(*linked.models[1].fields, field("rating", "Int"))),
        ),
    )
    models = migrate(None, linked)
    models["Post"].objects.create(id="p", title="a")
    models["Comment"].objects.create(postID="p")
    assert migrate(linked, wider)["Comment"].objects.get().rating is None
    models = migrate(wider, linked)
    assert models["Comment"].objects.get().post.title == "a"
    with pytest.raises(IntegrityError), transaction.atomic():
        models["Comment"].objects.create(postID="nobody")


def test_models_that_refer_to_each_other_and_themselves_can_be_created(migrate):
    def link(child, attribute, parent):
        return Link(
            f"{child}.{attribute}",
            child=child,
            reference_fields=(f"{attribute}ID",),
            parent=parent,
            identifier_fields=("id",),
            child_fields=(attribute,),
        )

    circle = schema(
        model(
            "A", field("bID", "ID"), relation("b", "B"), field("selfRefID", "ID"), relation("selfRef", "A")
        ),
        model("B", field("aID", "ID"), relation("a", "A")),
        links=(link("A", "b", "B"), link("B", "a", "A"), link("A", "selfRef", "A")),
    )
    models = migrate(None, circle)
    with transaction.atomic():
        models["A"].objects.create(id="a", bID="b", selfRefID="a")
        models["B"].objects.create(id="b", aID="a")
    record = models["A"].objects.select_related("b__a", "selfRef").get()
    assert record.b.a == record.selfRef == record


def test_a_link_may_be_read_by_several_fields(migrate):
    several = schema(
        model(
            "Post",
            relation("comments", "Comment", is_list=True),
            relation("answers", "Comment", is_list=True),
        ),
        model("Comment", field("postID", "ID"), relation("post", "Post"), relation("article", "Post")),
        links=(
            Link(
                "Comment.post",
                child="Comment",
                reference_fields=("postID",),
                parent="Post",
                identifier_fields=("id",),
                child_fields=("post", "article"),
                parent_fields=("comments", "answers"),
            ),
        ),
    )
    models = migrate(None, several)
    post = models["Post"].objects.create(id="p")
    comment = models["Comment"].objects.create(postID="p")
    assert comment.post == comment.article == post
    assert post.comments.get() == post.answers.get() == comment
    assert models["Post"].objects.filter(answers__id=comment.id, comments__id=comment.id).get() == post


def test_a_link_without_a_field_on_the_child_is_read_by_the_parent(migrate):
    one_sided = replace(blog(), links=(replace(blog().links[0], name="Post.comments", child_fields=()),))
    models = migrate(None, one_sided)
    post = models["Post"].objects.create(id="p", title="a")
    comment = models["Comment"].objects.create(postID="p")
    assert post.comments.get() == comment
