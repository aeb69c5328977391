"""The pages of the active schema."""

from __future__ import annotations

import io
import zipfile

from datamodel.migrator import apply_plan, make_plan
from datamodel.schema import Source


def test_before_the_first_schema_it_offers_the_upload(admin_client):
    page = admin_client.get("/schema/").content.decode()
    assert "No schema yet" in page


def test_it_shows_the_text_with_line_numbers(admin_client, example):
    page = admin_client.get("/schema/").content.decode()
    assert 'id="s1-L14"' in page
    assert "blog.graphql" in page


def test_it_tells_the_relationships_in_words(admin_client, example):
    page = admin_client.get("/schema/").content.decode()
    assert "has many Comment" in page
    assert "belongs to User" in page
    assert "many to many with Tag through PostTag" in page


def test_versions_are_listed_the_newest_first(admin_client, example):
    apply_plan(make_plan([Source("b.graphql", "type A @model { b: String }")]), allow_destructive=True)
    page = admin_client.get("/schema/versions/").content.decode()
    assert page.index("b.graphql") < page.index("blog.graphql")
    assert page.count("active</span>") == 1


def test_a_version_of_one_file_is_downloaded_as_it_was_written(admin_client, activate_schema):
    text = "type Ä @model { b: String }".replace("Ä", "A")
    activate_schema(text, name='../../etc/pa"ss.graphql')
    response = admin_client.get("/schema/versions/1/download/")
    assert response.content.decode() == text
    assert response["Content-Disposition"] == 'attachment; filename="etc_pa_ss.graphql"'
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_version_of_several_files_is_downloaded_as_an_archive(admin_client, clean_tables):
    sources = [
        Source("a.graphql", "type A @model { b: String }"),
        Source("b.graphql", "type B @model { a: Int }"),
    ]
    apply_plan(make_plan(sources))
    archive = zipfile.ZipFile(io.BytesIO(admin_client.get("/schema/versions/1/download/").content))
    assert archive.namelist() == ["a.graphql", "b.graphql"]


def test_a_version_that_is_not_there_answers_404(admin_client):
    response = admin_client.get("/schema/versions/7/download/")
    assert response.status_code == 404
    assert "There is no schema version 7." in response.content.decode()


def test_comments_of_the_schema_are_escaped(admin_client, activate_schema):
    activate_schema('"<script>alert(1)</script>" type A @model { b: String } # <img src=x>')
    page = admin_client.get("/schema/").content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page
