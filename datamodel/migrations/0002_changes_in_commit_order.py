import secrets

from django.apps.registry import Apps as StateApps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Min

import datamodel.models


def order_groups(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give the groups there are the uuids that tell their order."""
    changes = apps.get_model("datamodel", "Change").objects
    for group, at in changes.values_list("group").annotate(at=Min("at")).order_by("at").iterator():
        changes.filter(group=group).update(group=datamodel.models.group_at(at, 0, secrets.randbits(62)))


class Migration(migrations.Migration):
    dependencies = [
        ("datamodel", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="change",
            name="record_pk",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="change",
            name="transaction",
            field=models.BigIntegerField(db_default=datamodel.models.CurrentTransaction()),
        ),
        migrations.AlterField(
            model_name="change",
            name="group",
            field=models.UUIDField(default=datamodel.models.new_group),
        ),
        migrations.RunPython(order_groups, migrations.RunPython.noop, elidable=True),
        migrations.RemoveIndex(
            model_name="change",
            name="change_of_model",
        ),
        migrations.RemoveIndex(
            model_name="change",
            name="change_of_group",
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["group", "model", "action", "id"], name="change_in_group"),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["model", "action", "group"], name="change_of_kind"),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(
                fields=["actor_kind", "actor", "model", "action", "group"], name="change_by_actor"
            ),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["transaction", "id"], name="change_in_transaction"),
        ),
    ]
