"""Uploading or pasting a schema."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict

from adminui.views.upload import SchemaChoices
from datamodel import registry
from datamodel.models import SchemaPlan, SchemaVersion

GOOD = "type Post @model {\n  title: String!\n}\n"
WRONG = "type Post @model {\n  author: Auther\n  tags: [Tagg]\n}\n"
TYPESCRIPT = """import { a } from "@aws-amplify/backend";
export const schema = a.schema({ Post: a.model({ title: a.string() }).authorization((allow) => [allow.publicApiKey()]) });
"""


def paste(client, text, name="", **more):
    return client.post("/schema/upload/", {"name": name, "text": text, **more})


def sources_of(response):
    plan = SchemaPlan.objects.get(pk=response["Location"].split("/")[-2])
    return [(source["name"], source["text"]) for source in plan.sources]


def test_a_pasted_text_leads_to_its_plan_and_changes_nothing(admin_client):
    response = paste(admin_client, GOOD)
    assert response.status_code == 302
    assert response["Location"].startswith("/schema/plans/")
    assert registry.active_version() == 0


@pytest.mark.parametrize(("text", "name"), [(GOOD, "schema.graphql"), (TYPESCRIPT, "resource.ts")])
def test_the_language_of_a_pasted_text_is_found_out(admin_client, text, name):
    assert sources_of(paste(admin_client, text)) == [(name, text)]


def test_several_files_are_one_schema(admin_client):
    files = [
        SimpleUploadedFile("a.graphql", b"type A @model { b: [B] @hasMany }"),
        SimpleUploadedFile("b.graphql", b"type B @model { c: String }"),
    ]
    response = admin_client.post("/schema/upload/", {"files": files, "name": "", "text": ""})
    assert [name for name, _ in sources_of(response)] == ["a.graphql", "b.graphql"]


def test_an_archive_is_unpacked(admin_client):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("schema.graphql", GOOD)
    file = SimpleUploadedFile("blog.zip", content.getvalue())
    response = admin_client.post("/schema/upload/", {"files": [file]})
    assert [text for _, text in sources_of(response)] == [GOOD]


def test_every_problem_is_listed_with_its_place_and_the_text_is_kept(admin_client):
    response = paste(admin_client, WRONG, "post.graphql")
    assert response.status_code == 422
    page = response.content.decode()
    assert "Auther" in page
    assert "post.graphql:2:" in page
    assert "post.graphql:3:" in page
    assert 'href="#s1-L2"' in page
    assert 'id="s1-L2" class="is-wrong"' in page
    assert "  author: Auther\n" in page
    assert not SchemaPlan.objects.exists()


def test_the_text_of_an_uploaded_file_can_be_corrected_on_the_page(admin_client):
    file = SimpleUploadedFile("post.graphql", WRONG.encode())
    response = admin_client.post("/schema/upload/", {"files": [file]})
    assert response.status_code == 422
    assert [(text.name, text.text) for text in response.context["texts"]] == [("post.graphql", WRONG)]
    assert paste(admin_client, GOOD, "post.graphql").status_code == 302


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("notes.txt", b"hello", "is not a schema file"),
        ("a.graphql", b"\xff\xfe", "is not UTF-8"),
        ("a.graphql", b"  ", "is empty"),
        ("a.zip", b"no archive", "not an archive"),
        ("a.graphql", b"#" * (2**20 + 1), "1048576 bytes"),
    ],
)
def test_what_is_no_schema_is_refused(admin_client, name, content, words):
    response = admin_client.post("/schema/upload/", {"files": [SimpleUploadedFile(name, content)]})
    assert response.status_code == 400
    assert words in response.content.decode()


def test_nothing_at_all_is_asked_for_again(admin_client):
    response = paste(admin_client, "  \n")
    assert response.status_code == 422
    assert "Choose a file or paste a text." in response.content.decode()


def test_a_pasted_text_obeys_the_same_limit(admin_client):
    text = "#" * (2**20 + 1)
    assert paste(admin_client, text).status_code == 400


def test_options_are_kept_while_problems_are_corrected(admin_client):
    page = paste(admin_client, WRONG, datastore="off", integrity="appsync").content.decode()
    assert '<option value="off" selected>' in page
    assert '<option value="appsync" selected>' in page


def test_options_reach_the_plan(admin_client):
    response = paste(admin_client, GOOD, datastore="off", integrity="appsync")
    options = SchemaPlan.objects.get().options
    assert options["schema"]["datastore"] is False
    assert options["integrity"] == "appsync"
    assert response.status_code == 302


def test_the_dialect_can_be_chosen_and_stays_while_the_text_is_edited(admin_client):
    response = paste(admin_client, GOOD, dialect="v1")
    plan = SchemaPlan.objects.get(pk=response["Location"].split("/")[-2])
    assert plan.sources[0]["dialect"] == "v1"
    page = admin_client.get(response["Location"] + "text/").content.decode()
    assert '<option value="v1" selected>' in page


def test_a_chosen_dialect_is_strict(admin_client):
    page = paste(admin_client, GOOD.replace("String!", "String! @index"), dialect="v1")
    assert "the choice below says version 1" in page.content.decode()


def project_archive(schema):
    """An Amplify project of version 1 that forms plurals as it always did."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("amplify/backend/api/blog/schema.graphql", schema)
        features = {"graphqltransformer": {"transformerversion": 1, "improvepluralization": False}}
        archive.writestr("amplify/cli.json", json.dumps({"features": features}))
    return SimpleUploadedFile("project.zip", packed.getvalue())


def chosen_options(response):
    """The options of the form that are not left open."""
    choices = response.context["options"]
    return {"dialect": choices.dialect, **dict(choices.flags)}


def test_what_a_project_tells_stays_while_its_text_is_corrected(admin_client):
    wrong = admin_client.post("/schema/upload/", {"files": project_archive(WRONG)})
    assert wrong.status_code == 422
    told = {"dialect": "v1", "improvePluralization": False}
    assert chosen_options(wrong) == told
    corrected = paste(admin_client, GOOD, **{"dialect": "v1", "flag.improvePluralization": "off"})
    plan = SchemaPlan.objects.get(pk=corrected["Location"].split("/")[-2])
    assert chosen_options_of(plan) == told


def chosen_options_of(plan):
    choices = SchemaChoices.of_plan(plan)
    return {"dialect": choices.dialect, **dict(choices.flags)}


def test_the_text_of_a_version_can_be_edited(admin_client, example):
    page = admin_client.get("/schema/upload/?edit=1").content.decode()
    assert "type Post @model" in page
    assert "blog.graphql" in page


def test_markup_in_a_text_stays_text(admin_client):
    page = paste(admin_client, "</textarea><script>alert(1)</script>").content.decode()
    assert "<script>alert" not in page


def test_a_chosen_schema_with_a_nul_is_no_failure_of_ours(admin_client):
    assert paste(admin_client, GOOD, select="a\0").status_code == 302


def test_the_switch_that_opens_models_is_kept_with_a_version(admin_client, activate_schema):
    assert SchemaChoices.read(QueryDict("text=x")).is_open is None
    assert SchemaChoices.read(QueryDict("open.offered=1")).is_open is False
    assert SchemaChoices.read(QueryDict("open.offered=1&open=on")).is_open is True
    response = paste(admin_client, GOOD, **{"open.offered": "1", "open": "on"})
    admin_client.post(response["Location"], {"action": "apply"})
    form = admin_client.get("/schema/upload/?edit=1").content.decode()
    assert 'name="open" value="on" checked' in form
    assert SchemaChoices.of_version(SchemaVersion.objects.get()).is_open is True


def test_the_form_says_what_of_the_active_schema_is_closed(admin_client, activate_schema):
    activate_schema(GOOD)
    page = admin_client.get("/schema/upload/").content.decode()
    assert "In the active schema: Closed to public API keys" in page
    assert "schema.N001" in page
