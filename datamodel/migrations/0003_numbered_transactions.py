"""Index only the transactions that have a number: SQLite's have none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("datamodel", "0002_changes_in_commit_order")]

    operations = [
        migrations.RemoveIndex(model_name="change", name="change_in_transaction"),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(
                fields=["transaction", "id"],
                condition=models.Q(transaction__gt=0),
                name="change_in_transaction",
            ),
        ),
    ]
