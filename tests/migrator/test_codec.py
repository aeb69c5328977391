"""Operations as JSON and back."""

from __future__ import annotations

import json

import pytest
from django.db import migrations, models

from datamodel.migrator.codec import decode_operation, encode_operation
from datamodel.migrator.operations import CheckReferences, ConvertValues, FillValues
from datamodel.modelgen import ReferenceConstraint
from datamodel.modelgen.fields import EnumField, IntField, ListField, StringField

REFERENCE = ReferenceConstraint(name="fk", fields=["a"], to_table="t", to_columns=["b"])


@pytest.mark.parametrize(
    "operation",
    [
        migrations.CreateModel(
            "Post",
            [
                ("joinery_pk", models.BigAutoField(primary_key=True)),
                ("state", EnumField(type_name="State", null=True)),
            ],
            options={
                "db_table": "data_post",
                "indexes": [models.Index(fields=["state"], name="ix")],
                "constraints": [models.UniqueConstraint(fields=["state"], name="uq"), REFERENCE],
            },
        ),
        migrations.AddField(
            "post", "tags", ListField(type_name="String", default=["a"]), preserve_default=False
        ),
        migrations.AlterField("post", "title", IntField(null=True, db_column="x")),
        migrations.AddField("post", "odd", StringField(default={"tuple": [1]})),
        migrations.RenameField("post", "a", "b"),
        migrations.RenameModel("Post", "Article"),
        migrations.AlterModelTable("post", "data_article"),
        migrations.RemoveField("post", "title"),
        migrations.DeleteModel("Post"),
        migrations.AddConstraint("post", REFERENCE),
        migrations.RemoveConstraint("post", "fk"),
        migrations.AddIndex("post", models.Index(fields=["a", "-b"], name="ix")),
        ConvertValues("post", "title"),
        FillValues("post", "title"),
        CheckReferences("post", ("a",), "tag", ("b",)),
    ],
)
def test_an_operation_comes_back(operation):
    data = json.loads(json.dumps(encode_operation(operation)))
    again = decode_operation(data)
    assert type(again) is type(operation)
    assert encode_operation(again) == encode_operation(operation)


@pytest.mark.parametrize("path", ["os.system", "subprocess.Popen", "django.core.management.call_command"])
def test_other_classes_are_not_looked_up(path):
    with pytest.raises(TypeError, match="is no class that an operation is made of"):
        decode_operation({"class": path, "args": ["x"], "kwargs": {}})


def test_a_function_is_no_class():
    with pytest.raises(TypeError, match="is not a class"):
        decode_operation({"class": "django.db.close_old_connections", "args": [], "kwargs": {}})


def test_what_cannot_be_stored_is_told():
    with pytest.raises(TypeError, match="cannot be stored"):
        encode_operation(migrations.AddField("post", "a", StringField(default=object())))
