"""checkschema, planschema, applyschema, printschema: what they print, and how they exit."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from datamodel import registry
from datamodel.models import SchemaVersion
from datamodel.schema import OnDelete

ROOT = Path(__file__).resolve().parents[1]
POST = "type Post @model {\n  id: ID!\n  title: String\n}\n"
OPEN_POST = POST.replace("@model", "@model @auth(rules: [{ allow: public }])")
CLOSED_POST = (
    ":1:6: schema.N001 Closed to public API keys, because no rule says who may use them: 'Post'. "
    "Add '@auth(rules: [{ allow: public }])', or open all models without rules with '--open' or the upload's option."
)
LINKED = """
type Post @model { id: ID! comments: [Comment] @hasMany(indexName: "byPost", fields: ["id"]) }
type Comment @model { id: ID! postID: ID @index(name: "byPost") }
"""


@pytest.fixture
def schema_file(tmp_path):
    def write(text, name="schema.graphql"):
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    return write


@pytest.fixture
def run(capsys):
    """Run a command: what it printed."""

    def call(*args):
        capsys.readouterr()
        call_command(*args)
        return capsys.readouterr().out

    return call


@pytest.fixture
def active(clean_tables, schema_file, run):
    """Post is active, with one record."""
    run("applyschema", schema_file(POST), "--yes")
    post = registry.current().model("Post")(title="One")
    post.save()


class TestCheckschema:
    def test_a_good_schema_exits_with_0(self, run, schema_file):
        assert run("checkschema", schema_file(OPEN_POST)) == "0 errors, 0 warnings.\n"

    def test_a_model_that_is_closed_to_keys_is_noted(self, run, schema_file):
        path = schema_file(POST)
        note, *_, last = run("checkschema", path).splitlines()
        assert note == path + CLOSED_POST
        assert last == "0 errors, 0 warnings, 1 note."

    def test_every_problem_has_its_place(self, capsys, schema_file):
        path = schema_file(POST.replace("String", "Strin").replace("ID!", "ID!\n  other: Nothing"))
        with pytest.raises(SystemExit) as caught:
            call_command("checkschema", path)
        assert caught.value.code == 1
        first, *excerpt, second, _, _, last = capsys.readouterr().out.splitlines()
        assert re.match(rf"{re.escape(path)}:3:\d+: schema\.E\d+ .*'Nothing'", first)
        assert re.match(rf"{re.escape(path)}:4:\d+: schema\.E\d+ .*'Strin'", second)
        assert excerpt == ["    3 |   other: Nothing", "      |          ^"]
        assert last == "2 errors, 0 warnings."

    def test_a_syntax_error_has_its_place(self, capsys, schema_file):
        path = schema_file("type Post @model {\n  id ID!\n}")
        with pytest.raises(SystemExit):
            call_command("checkschema", path)
        assert capsys.readouterr().out.startswith(f"{path}:2:")

    def test_several_files_are_one_schema(self, run, schema_file):
        one = schema_file(OPEN_POST.replace("title: String", "state: State"))
        other = schema_file("enum State { ON }", "enums.graphql")
        assert run("checkschema", one, other) == "0 errors, 0 warnings.\n"

    def test_what_is_no_file_is_told(self):
        with pytest.raises(CommandError, match=r"There is no file 'nothing\.graphql'"):
            call_command("checkschema", "nothing.graphql")

    def test_a_dialect_can_be_told(self, capsys, schema_file):
        path = schema_file(LINKED)
        with pytest.raises(SystemExit):
            call_command("checkschema", path, "--dialect", "v1")
        assert "and the option '--dialect' says version 1." in capsys.readouterr().out


class TestPlanschema:
    def test_it_says_what_would_happen_and_changes_nothing(self, active, run, schema_file):
        path = schema_file(POST.replace("title: String", "rating: Int!"))
        out = run("planschema", path)
        assert out.splitlines() == [
            "Plan for version 1:",
            "  risky        add required field rating to Post: 1 record needs a value",
            "  destructive  drop field title from Post: 1 of 1 record holds a value",
            "  question     1 record of Post needs a value for the required field 'rating'. Which one? "
            "Answer with --default Post.rating=JSON.",
            f"note: {path}{CLOSED_POST}",
        ]
        assert registry.active_version() == 1

    def test_it_prints_json(self, active, run, schema_file):
        plan = json.loads(run("planschema", schema_file(POST), "--json"))
        assert plan["is_empty"] is True
        assert plan["steps"] == []

    def test_a_bad_schema_is_an_error(self, active, schema_file):
        path = schema_file(POST.replace("String", "Strin"))
        with pytest.raises(CommandError, match=re.escape(f"{path}:3:")):
            call_command("planschema", path)

    @pytest.mark.parametrize(
        "option",
        [
            "--rename=Post.title",
            "--rename=title=name",
            "--rename-model=Post",
            "--default=Post.title=text",
            "--on-delete=Post.title=vanish",
            "--integrity=none",
            "--datastore=maybe",
            "--flag=nothing=true",
            "--flag=improvePluralization=perhaps",
        ],
    )
    def test_an_option_of_another_form_is_an_error(self, schema_file, option):
        with pytest.raises(CommandError, match=option.split("=")[0]):
            call_command("planschema", schema_file(POST), option)


class TestApplyschema:
    def test_it_applies_and_activates(self, clean_tables, run, schema_file):
        path = schema_file(POST)
        out = run("applyschema", path, "--yes")
        assert out.splitlines() == [
            "Plan for an empty database:",
            "  safe         create table Post",
            f"note: {path}{CLOSED_POST}",
            "Version 1 is active.",
        ]
        assert SchemaVersion.objects.get().created_by == "command line"

    def test_the_same_schema_again_does_nothing(self, active, run, schema_file):
        assert run("applyschema", schema_file(POST)) == "Nothing to do: version 1 is this schema.\n"

    def test_without_anybody_to_ask_it_needs_yes(self, active, schema_file):
        with pytest.raises(CommandError, match=r"Confirm with --yes\."):
            call_command("applyschema", schema_file(POST + "type Tag @model { id: ID! }"))
        assert registry.active_version() == 1

    @pytest.mark.parametrize("answer", ["y", "YES"])
    def test_a_person_agrees(self, active, run, schema_file, monkeypatch, answer):
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
        monkeypatch.setattr("builtins.input", lambda prompt: answer)
        run("applyschema", schema_file(POST + "type Tag @model { id: ID! }"))
        assert registry.active_version() == 2

    @pytest.mark.parametrize("answer", ["", "n", "what"])
    def test_a_person_declines(self, active, run, schema_file, monkeypatch, answer):
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
        monkeypatch.setattr("builtins.input", lambda prompt: answer)
        with pytest.raises(CommandError, match=r"^Nothing was changed\.$"):
            run("applyschema", schema_file(POST + "type Tag @model { id: ID! }"))
        assert registry.active_version() == 1

    def test_losing_data_needs_consent(self, active, run, schema_file):
        path = schema_file("type Tag @model { id: ID! }")
        with pytest.raises(
            CommandError, match=r"1 step loses data. Agree to that with --allow-destructive\."
        ):
            run("applyschema", path, "--yes")
        assert "Version 2 is active." in run("applyschema", path, "--yes", "--allow-destructive")

    def test_an_open_question_names_the_option_that_answers_it(self, active, run, schema_file):
        path = schema_file(POST.replace("String", "String rating: Int!"))
        with pytest.raises(CommandError, match=r"Answer with --default Post\.rating=JSON\."):
            run("applyschema", path, "--yes")
        run("applyschema", path, "--yes", "--default", "Post.rating=5")
        assert registry.current().model("Post").objects.get().get_value("rating") == 5

    def test_a_rename_keeps_the_values(self, active, run, schema_file):
        run("applyschema", schema_file(POST.replace("title", "name")), "--yes", "--rename", "Post.title=name")
        assert registry.current().model("Post").objects.get().get_value("name") == "One"

    def test_a_renamed_model_keeps_its_records(self, active, run, schema_file):
        run(
            "applyschema",
            schema_file(POST.replace("Post", "Article")),
            "--yes",
            "--rename-model",
            "Post=Article",
        )
        assert registry.current().model("Article").objects.get().get_value("title") == "One"

    def test_a_rename_of_nothing_is_told(self, active, schema_file):
        with pytest.raises(CommandError, match="the active version has no such field"):
            call_command("applyschema", schema_file(POST), "--yes", "--rename", "Post.nothing=title")

    def test_its_choices_stay(self, clean_tables, run, schema_file):
        path = schema_file(LINKED)
        run(
            "applyschema",
            path,
            "--yes",
            "--on-delete",
            "Post.comments=restrict",
            "--datastore",
            "off",
            "--open",
        )
        run("applyschema", schema_file(LINKED + "type Tag @model { id: ID! }"), "--yes")
        schema = registry.current().schema
        assert [link.on_delete for link in schema.links] == [OnDelete.RESTRICT]
        assert not schema.has_datastore
        assert schema.global_auth is not None
        run("applyschema", path, "--yes", "--integrity", "appsync", "--datastore", "on", "--no-open")
        schema = registry.current().schema
        assert schema.has_datastore
        assert schema.global_auth is None

    def test_a_choice_is_told_and_taken_back(self, clean_tables, run, schema_file):
        path = schema_file(LINKED)
        run("applyschema", path, "--yes", "--on-delete", "Post.comments=restrict")
        told = "choice       on delete of Post, Comment by Post.comments: restrict, as chosen before"
        assert told in run("planschema", path)
        assert told in run("planschema", schema_file(LINKED + "type Tag @model { id: ID! }"))
        assert "  choice  " not in run("applyschema", path, "--yes", "--on-delete", "Post.comments=default")
        assert [link.on_delete for link in registry.current().schema.links] == [OnDelete.CASCADE]

    def test_the_last_of_several_policies_counts(self, clean_tables, run, schema_file):
        policies = ["--on-delete=Post.comments=default", "--on-delete=Post.comments=clear"]
        run("applyschema", schema_file(LINKED), "--yes", *policies)
        assert [link.on_delete for link in registry.current().schema.links] == [OnDelete.CLEAR]

    def test_its_flags_stay(self, clean_tables, run, schema_file):
        text = "type Post @model { id: ID! title: String @index }"
        flag = "--flag=enableAutoIndexQueryNames=false"
        run("applyschema", schema_file(text), "--yes", flag)
        assert "postsByTitle" not in run("printschema")
        run("applyschema", schema_file(text + "type Tag @model { id: ID! }"), "--yes")
        assert "postsByTitle" not in run("printschema")
        assert "postsByTitle" in run("printschema", flag.replace("false", "true"))

    def test_appsync_integrity_keeps_dangling_references(self, clean_tables, run, schema_file):
        run("applyschema", schema_file(LINKED), "--yes", "--integrity", "appsync")
        assert [link.on_delete for link in registry.current().schema.links] == [OnDelete.KEEP]

    def test_a_policy_for_nothing_is_told(self, clean_tables, schema_file):
        with pytest.raises(CommandError, match=r"There is no relationship 'Post\.nothing'"):
            call_command("applyschema", schema_file(LINKED), "--yes", "--on-delete", "Post.nothing=keep")

    def test_a_schema_is_chosen_by_name(self, clean_tables, run, schema_file):
        path = schema_file(
            "import { a } from '@aws-amplify/data-schema';\n"
            "export const schemas = {\n"
            "  one: a.schema({ Post: a.model({ title: a.string() }) }).authorization((allow) => allow.publicApiKey()),\n"
            "  two: a.schema({ Tag: a.model({ name: a.string() }) }).authorization((allow) => allow.publicApiKey()),\n"
            "};\n",
            "several.mjs",
        )
        assert "create table Tag" in run("applyschema", f"{path}#two", "--yes")
        assert SchemaVersion.objects.get().select == "two"


class TestPrintschema:
    def test_it_prints_the_api_of_a_file_without_a_database(self, run, schema_file):
        out = run("printschema", schema_file(POST))
        assert "type Post" in out
        assert "_version" in out

    def test_the_switch_is_chosen(self, run, schema_file):
        assert "_version" not in run("printschema", schema_file(POST), "--datastore", "off")

    def test_a_flag_of_the_project_is_chosen(self, run, schema_file):
        path = schema_file("type Post @model { id: ID! title: String @index }")
        assert "postsByTitle" in run("printschema", path)
        assert "postsByTitle" not in run("printschema", path, "--flag", "enableautoindexquerynames=false")

    def test_it_prints_the_active_api(self, active, run, schema_file):
        assert run("printschema") == run("printschema", schema_file(POST))
        assert run("printschema", "--datastore", "off") == run(
            "printschema", schema_file(POST), "--datastore", "off"
        )

    def test_without_a_schema_it_says_how_to_get_one(self, clean_tables):
        with pytest.raises(CommandError, match="No schema is active"):
            call_command("printschema")

    def test_a_bad_schema_is_an_error(self, schema_file):
        with pytest.raises(CommandError, match="The schema has errors"):
            call_command("printschema", schema_file("type Post @model { id: Nothing }"))


def test_a_reader_that_has_seen_enough_is_no_failure(tmp_path):
    schema = tmp_path / "many.graphql"
    schema.write_text("type A @model {\n" + "\n".join(f"  f{n}: Nope{n}" for n in range(190)) + "\n}\n")
    command = [sys.executable, "manage.py", "checkschema", str(schema)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as done:
        done.stdout.close()
        assert done.stderr.read() == ""
    assert done.returncode == 1
