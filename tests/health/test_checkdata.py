"""`manage.py checkdata`: what it prints, and how it exits."""

from __future__ import annotations

import json
import re

import pytest
from django.core.management import CommandError, call_command

from datamodel import records
from tests.health.breaking import erase, put
from tests.records.conftest import comment_on
from tests.records.schemas import BLOG

pytestmark = pytest.mark.django_db(transaction=True)


def run(capsys, *args):
    """Run the command: its exit code and what it printed."""
    capsys.readouterr()
    code = 0
    try:
        call_command("checkdata", *args)
    except SystemExit as exit_:
        code = exit_.code
    return code, capsys.readouterr().out


@pytest.fixture
def broken(blog):
    post = records.create(blog, "Post", {"id": "p", "title": "P"})
    comment = records.create(blog, "Comment", {"id": "c", "content": "C", "postCommentsId": "p"})
    put(comment, createdAt="once")
    erase(post)
    return blog


def test_healthy_records_exit_with_0(blog, capsys):
    comment_on(blog, records.create(blog, "Post", {"title": "P"}))
    code, out = run(capsys)
    assert code == 0
    assert re.fullmatch(r"All promises hold: \d+ checks in \d+ ms\.\n", out)


def test_each_finding_is_a_line_with_examples(broken, capsys):
    code, out = run(capsys)
    assert code == 1
    first, second, last = out.splitlines()
    assert first == "H001 Comment.post: 1 reference names no Post (e.g. Comment 'c' -> 'p')"
    assert second == (
        "H008 Comment.createdAt: 1 record holds a value that is no AWSDateTime (e.g. Comment 'c' -> 'once')"
    )
    assert re.fullmatch(r"2 errors in \d+ checks, \d+ ms\.", last)


def test_one_model_alone(broken, capsys):
    assert run(capsys, "--model", "Post")[0] == 0
    assert run(capsys, "--model", "Comment")[0] == 1
    with pytest.raises(CommandError, match="There is no model 'Nothing'"):
        run(capsys, "--model", "Nothing")


def test_json_has_stable_keys(broken, capsys):
    code, out = run(capsys, "--json")
    report = json.loads(out)
    assert code == 1
    assert report.keys() == {"version", "is_broken", "checks", "milliseconds", "findings"}
    assert report["is_broken"] is True
    assert report["findings"][0] == {
        "code": "H001",
        "severity": "error",
        "subject": "Comment.post",
        "model": "Comment",
        "field": "post",
        "count": 1,
        "message": "1 reference names no Post",
        "examples": [{"key": {"id": "c"}, "url_key": "c", "label": "C", "value": "p", "about": None}],
        "fixes": [
            {"name": "reassign", "refusal": None},
            {"name": "create", "refusal": None},
            {"name": "clear", "refusal": None},
            {"name": "delete", "refusal": None},
        ],
    }


def test_a_note_is_no_failure_unless_it_is_asked_to_be(activate_schema, capsys):
    blog = activate_schema(BLOG, datastore=False, integrity="appsync")
    records.create(blog, "Comment", {"id": "c", "content": "C", "postCommentsId": "nobody"})
    code, out = run(capsys)
    assert code == 0
    assert out.startswith("H001 Comment.post: note: 1 reference names no Post (e.g. ")
    assert run(capsys, "--strict")[0] == 1
    assert json.loads(run(capsys, "--json", "--strict")[1])["is_broken"] is True


def test_all_are_counted_however_many(blog, capsys, monkeypatch):
    monkeypatch.setattr("datamodel.health.checking.MOST_AT_ONCE", 2)
    post = records.create(blog, "Post", {"title": "P"})
    for _ in range(4):
        comment_on(blog, post)
    erase(post)
    assert "H001 Comment.post: 4 references name no Post" in run(capsys)[1]


def test_a_database_without_a_schema_is_healthy(clean_tables, capsys):
    assert run(capsys)[0] == 0
