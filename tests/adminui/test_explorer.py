"""The explorer: people of the site run GraphQL documents with their sign-in, under the limits of any key."""

from __future__ import annotations

import gzip
import json
import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client, override_settings
from graphql import parse

from datamodel import records
from datamodel.access import Actor, acting_as
from datamodel.graphql.explorer import check_document, describe, examples_of
from datamodel.graphql.schema import build_api
from datamodel.limits import get_limit
from datamodel.models import Change

PAGE, RUN, CHECK = "/explorer/", "/explorer/run/", "/explorer/check/"
CREATE = 'mutation { createTag(input: {id: "t1", label: "joints"}) { id label } }'
SECRET = """
type Open @model @auth(rules: [{allow: public}]) { id: ID! name: String }
type Closed @model @auth(rules: [{allow: owner}]) { id: ID! name: String }
"""
KEYED = """
type Order @model {
  customer: ID! @primaryKey(sortKeyFields: ["placedOn"])
  placedOn: AWSDate!
  address: Address
  items: [Item] @hasMany
}
type Item @model { id: ID! name: String! payload: AWSJSON }
type Address { city: String! }
"""


def run(client, query, *, scope="full", body=None, **rest):
    content = json.dumps({"query": query, **rest}) if body is None else body
    return client.post(RUN, content, content_type="application/json", headers={"X-Joinery-Scope": scope})


def check(client, document):
    response = client.post(CHECK, {"document": document})
    assert response.status_code == 200
    return response.json()["problems"]


def form(client, document, variables="", **rest):
    return client.post(PAGE, {"document": document, "variables": variables, **rest})


@pytest.fixture
def editor_client(clean_tables):
    """Somebody of the staff without further rights."""
    user = get_user_model().objects.create_user("ed", password="tests-Password-1", is_staff=True)
    client = Client()
    client.force_login(user)
    return client


class TestWhoMayUseIt:
    @pytest.mark.parametrize("path", [PAGE, f"{PAGE}schema.json", f"{PAGE}examples/?model=Post"])
    def test_strangers_are_sent_to_sign_in(self, client, example, path):
        response = client.get(path)
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")

    def test_strangers_run_nothing(self, client, example):
        assert run(client, CREATE).status_code == 302
        assert not Change.objects.filter(model="Tag").exists()

    def test_users_who_are_no_staff_are_refused(self, example):
        client = Client()
        client.force_login(get_user_model().objects.create_user("visitor", password="tests-Password-1"))
        for response in (client.get(PAGE), run(client, CREATE), client.post(CHECK, {"document": "{ a }"})):
            assert response.status_code == 403

    def test_every_member_of_staff_may(self, editor_client, example):
        assert editor_client.get(PAGE).status_code == 200
        assert run(editor_client, "{ listTags { items { id } } }").json()["data"] == {
            "listTags": {"items": []}
        }

    @pytest.mark.parametrize("path", [RUN, CHECK, PAGE])
    def test_without_the_token_of_the_form_nothing_is_run(self, admin_client, example, path):
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = admin_client.cookies
        body = {"query": CREATE} if path == RUN else {"document": CREATE}
        kind = {"content_type": "application/json"} if path == RUN else {}
        assert strict.post(path, body, **kind).status_code == 403
        assert not Change.objects.filter(model="Tag").exists()

    def test_with_the_token_it_is_run(self, admin_client, example):
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = admin_client.cookies
        page = strict.get(PAGE).content.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        body = json.dumps({"query": CREATE})
        answer = strict.post(RUN, body, content_type="application/json", headers={"X-CSRFToken": token})
        assert answer.json()["data"]["createTag"]["label"] == "joints"

    @pytest.mark.parametrize("path", [RUN, CHECK])
    def test_nothing_is_run_by_get(self, admin_client, example, path):
        assert admin_client.get(path, {"query": CREATE}).status_code == 405

    def test_the_navigation_leads_to_it(self, admin_client, example):
        assert 'href="/explorer/"' in admin_client.get("/").content.decode()


class TestRunning:
    def test_a_query_is_answered_as_by_the_api(self, admin_client, example, gql):
        gql(CREATE)
        query = 'query A { getTag(id: "t1") { label } } query B($id: ID!) { getTag(id: $id) { id } }'
        response = run(admin_client, query, operationName="B", variables={"id": "t1"})
        assert response.status_code == 200
        assert response.json() == {"data": {"getTag": {"id": "t1"}}}
        assert response["Content-Type"].startswith("application/json")
        assert response["Cache-Control"] == "no-store"

    def test_what_is_written_is_noted_as_the_persons(self, admin_client, example):
        assert run(admin_client, CREATE).json()["data"]["createTag"]["id"] == "t1"
        change = Change.objects.get(model="Tag")
        assert (change.actor_kind, change.actor) == ("user", "admin")

    @pytest.mark.parametrize(
        ("document", "kind", "place"),
        [
            ("{ listTags {\n  items { id }", "InvalidSyntaxError", (2, 15)),
            ("{\n  listTgs { items { id } }\n}", "ValidationError", (2, 3)),
            ("{ listTags { items { id labl } } }", "ValidationError", (1, 25)),
        ],
    )
    def test_errors_say_where(self, admin_client, example, document, kind, place):
        error = run(admin_client, document).json()["errors"][0]
        assert error["errorType"] == kind
        assert (error["locations"][0]["line"], error["locations"][0]["column"]) == place

    def test_people_are_helped_with_names(self, admin_client, example):
        assert (
            "Did you mean" in run(admin_client, "{ listTgs { items { id } } }").json()["errors"][0]["message"]
        )

    def test_introspection_is_answered(self, admin_client, example):
        data = run(admin_client, "{ __schema { queryType { name } } }").json()["data"]
        assert data == {"__schema": {"queryType": {"name": "Query"}}}

    def test_introspection_can_be_off_for_keys_alone(self, admin_client, example, gql):
        query = "{ __schema { queryType { name } } }"
        with override_settings(GRAPHQL_INTROSPECTION="off"):
            assert "errors" in gql(query)
            assert "errors" not in run(admin_client, query).json()
            assert check(admin_client, query) == []

    def test_a_subscription_is_explained(self, admin_client, example):
        error = run(admin_client, "subscription { onCreateTag { id } }").json()["errors"][0]
        assert "WebSocket" in error["message"]

    @pytest.mark.parametrize(
        "body",
        [
            "x",
            "[]",
            "[1]",
            "1",
            "null",
            '{"query": 1}',
            '{"query": "{ a }", "variables": []}',
            '{"query": NaN}',
            "{" * 99,
        ],
    )
    def test_what_is_no_request_is_refused(self, admin_client, example, body):
        response = run(admin_client, "", body=body)
        assert response.status_code == 400
        assert response.json()["errors"][0]["errorType"] == "MalformedHttpRequestException"

    def test_half_a_surrogate_pair_is_no_failure(self, admin_client, example):
        body = '{"query": "query($a: ID!) { getTag(id: $a) { id } }", "variables": {"a": "\\ud800"}}'
        assert run(admin_client, "", body=body).status_code == 200

    def test_another_kind_of_body_is_refused(self, admin_client, example):
        assert admin_client.post(RUN, {"query": CREATE}).status_code == 415

    def test_an_unknown_scope_is_refused(self, admin_client, example):
        assert run(admin_client, "{ listTags { items { id } } }", scope="none").status_code == 400


class TestLimits:
    def test_a_body_has_a_length(self, admin_client, example):
        response = run(admin_client, "#" * (get_limit("GRAPHQL_MAX_BODY_BYTES") + 1))
        assert response.status_code == 413

    def test_a_body_that_the_site_does_not_take_is_refused_too(self, admin_client, example, settings):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
        assert run(admin_client, "#" * 2000).status_code == 413

    def test_a_document_has_a_depth(self, admin_client, example):
        inner = "{ id }"
        for _ in range(10):
            inner = f"{{ posts {{ items {{ author {inner} }} }} }}"
        error = run(admin_client, f"{{ getUser(id: 1) {inner} }}").json()["errors"][0]
        assert error["errorType"] == "LimitExceeded"

    def test_a_list_has_a_limit(self, admin_client, example):
        errors = run(admin_client, "{ listTags(limit: 100000) { items { id } } }").json()["errors"]
        assert errors

    def test_calls_are_counted_per_person(self, admin_client, example, tmp_path, monkeypatch):
        from datamodel.graphql import rates

        monkeypatch.setattr(rates, "_rates", rates.Rates(None))
        with override_settings(RATE_LIMIT="2/s"):
            codes = [run(admin_client, "{ listTags { items { id } } }") for _ in range(4)]
        assert codes[0].status_code == 200
        assert codes[-1].status_code == 429
        assert codes[-1]["Retry-After"]

    def test_an_unexpected_error_tells_nothing(self, admin_client, example, monkeypatch, caplog):
        def fail(*_arguments):
            raise RuntimeError("secret place")

        monkeypatch.setattr("datamodel.graphql.endpoint.answer", fail)
        response = run(admin_client, "{ listTags { items { id } } }")
        assert response.status_code == 200
        assert response.json()["errors"][0]["message"] == "Internal error"
        assert b"secret" not in response.content


class TestAsAPublicKey:
    @pytest.fixture
    def closed(self, activate_schema):
        datamodel = activate_schema(SECRET)
        with acting_as(Actor("system", "")):
            records.create(datamodel, "Open", {"id": "1", "name": "seen"})
            records.create(datamodel, "Closed", {"id": "1", "name": "hidden"})
        return datamodel

    def test_the_rules_hold(self, admin_client, closed):
        query = "{ getOpen(id: 1) { name } getClosed(id: 1) { name } }"
        full = run(admin_client, query).json()
        public = run(admin_client, query, scope="public").json()
        assert full == {"data": {"getOpen": {"name": "seen"}, "getClosed": {"name": "hidden"}}}
        assert public["data"] == {"getOpen": {"name": "seen"}, "getClosed": None}
        assert public["errors"][0]["errorType"] == "Unauthorized"

    def test_writes_are_still_the_persons(self, admin_client, closed):
        run(admin_client, 'mutation { createOpen(input: {id: "2"}) { id } }', scope="public")
        assert Change.objects.get(model="Open", key="2").actor == "admin"

    def test_the_form_takes_it_too(self, admin_client, closed):
        shown = form(admin_client, "{ getClosed(id: 1) { name } }", scope="public").context["shown"]
        assert "Unauthorized" in shown.text
        assert "hidden" not in shown.text


class TestChecking:
    def test_a_good_document_has_no_problems(self, admin_client, example):
        assert check(admin_client, "{ listTags { items { id } } }") == []

    def test_nothing_is_no_problem_yet(self, admin_client, example):
        assert check(admin_client, " \n") == []

    def test_problems_have_places(self, admin_client, example):
        problems = check(admin_client, "{\r\n  listTags { items { a b } }\r\n}")
        places = [(p["locations"][0]["line"], p["locations"][0]["column"]) for p in problems]
        assert places == [(2, 22), (2, 24)]

    def test_a_document_over_a_limit_says_so(self, admin_client, example):
        text = "{" + " ".join(f"a{n}: __typename" for n in range(60)) + "}"
        assert "aliases" in check(admin_client, text)[0]["message"]

    def test_nothing_is_run(self, admin_client, example):
        assert check(admin_client, CREATE) == []
        assert not Change.objects.filter(model="Tag").exists()

    def test_what_is_typed_pushes_nothing_out(self, example):
        from datamodel.graphql.request import prepare

        for number in range(20):
            check_document(example, f"{{ a{number} }}")
        assert not prepare(example).documents.documents


class TestTheDescription:
    def test_it_holds_the_api(self, admin_client, example):
        told = admin_client.get(f"{PAGE}schema.json").json()
        schema = build_api(example).graphql_schema
        assert told["roots"] == {"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}
        assert told["types"].keys() == schema.type_map.keys()
        post = told["types"]["Query"]["fields"]["getPost"]
        assert post == {"type": "Post", "args": {"id": {"type": "ID!"}}}
        assert told["types"]["PostStatus"]["about"] == "Where a post stands."
        assert list(told["types"]["PostStatus"]["values"]) == ["DRAFT", "ACTIVE", "INACTIVE"]
        assert "FIELD" in told["directives"]["include"]["places"]

    def test_its_address_lasts(self, admin_client, example):
        key = describe(example).key
        lasting = admin_client.get(f"{PAGE}schema.json?v={key}")
        assert "immutable" in lasting["Cache-Control"]
        assert "private" in lasting["Cache-Control"]
        assert "no-cache" in admin_client.get(f"{PAGE}schema.json?v=old")["Cache-Control"]

    def test_it_is_sent_once(self, admin_client, example):
        etag = admin_client.get(f"{PAGE}schema.json")["ETag"]
        assert admin_client.get(f"{PAGE}schema.json", headers={"If-None-Match": etag}).status_code == 304

    def test_it_is_compressed(self, admin_client, example):
        packed = admin_client.get(f"{PAGE}schema.json", headers={"Accept-Encoding": "gzip"})
        assert packed["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.content) == describe(example).text

    def test_another_schema_has_another_key(self, admin_client, activate_schema):
        before = describe(activate_schema("type A @model { id: ID! }")).key
        after = describe(activate_schema("type A @model { id: ID! b: String }")).key
        assert before != after


class TestTheExamples:
    def test_all_kinds_are_there(self, example):
        names = [each.name for each in examples_of(example, "Post")]
        assert names == [
            "list", "get", "filter", "nested", "index-postsByAuthor",
            "create", "update", "delete", "on-created", "on-changed", "on-deleted",
        ]  # fmt: skip

    @pytest.mark.parametrize("schema", ["example", "keyed"])
    def test_each_is_valid(self, schema, request, activate_schema):
        datamodel = request.getfixturevalue("example") if schema == "example" else activate_schema(KEYED)
        for model in datamodel.schema.models:
            for each in examples_of(datamodel, model.name):
                assert check_document(datamodel, each.document) == [], each.document
                parse(each.document)

    def test_each_runs(self, admin_client, example):
        run(admin_client, 'mutation { createUser(input: {id: "u", username: "nadia"}) { id } }')
        run(
            admin_client,
            'mutation { createPost(input: {id: "p", title: "Glue up", status: ACTIVE, authorID: "u"}) { id } }',
        )
        for each in examples_of(example, "Post"):
            if each.name.startswith("on-"):
                continue
            answer = run(admin_client, each.document, variables=each.variables).json()
            assert "errors" not in answer, (each.name, answer)
        updated = Change.objects.filter(model="Post", key="p", action="update")
        assert all(change.after["title"] == "Glue up" for change in updated)
        assert not Change.objects.filter(action="delete").exists()

    def test_they_name_records_that_exist(self, admin_client, example):
        run(admin_client, 'mutation { createUser(input: {id: "u", username: "nadia"}) { id } }')
        told = {each.name: each.variables for each in examples_of(example, "User")}
        assert told["get"] == {"id": "u"}
        assert told["filter"]["filter"] == {"username": {"contains": "nadia"}}
        created = {each.name: each.variables for each in examples_of(example, "Post")}["create"]["input"]
        assert created == {"title": "My title", "status": "DRAFT", "authorID": "u"}

    def test_another_model_is_chosen(self, admin_client, example):
        part = admin_client.get(f"{PAGE}examples/?model=Tag").content.decode()
        assert "Get a tag by its key" in part
        assert "<html" not in part
        page = admin_client.get(f"{PAGE}?model=Tag&example=get")
        assert page.context["asked"].document.startswith("query GetTag($id: ID!)")

    def test_a_model_that_is_gone_is_no_failure(self, admin_client, example):
        assert admin_client.get(f"{PAGE}examples/?model=Gone").status_code == 404
        assert admin_client.get(f"{PAGE}?model=Gone&example=gone").status_code == 200


class TestWithoutScripts:
    def test_the_form_shows_the_answer(self, admin_client, example):
        run(admin_client, CREATE)
        response = form(
            admin_client, "query A($id: ID!) {\r\n getTag(id: $id) { label }\r\n}", '{"id": "t1"}'
        )
        assert response.status_code == 200
        assert json.loads(response.context["shown"].text) == {"data": {"getTag": {"label": "joints"}}}
        assert "joints" in response.content.decode()

    def test_one_of_several_operations_is_chosen(self, admin_client, example):
        document = "query A { a: __typename } query B { b: __typename }"
        assert '"b"' in form(admin_client, document, operation="B").context["shown"].text
        assert "errors" in form(admin_client, document).context["shown"].text

    def test_a_long_answer_is_cut(self, admin_client, example, monkeypatch):
        monkeypatch.setattr("adminui.views.explorer.SHOWN_CHARACTERS", 10)
        response = form(admin_client, "{ __typename }")
        assert len(response.context["shown"].text) == 10
        assert "its beginning" in response.content.decode()

    @pytest.mark.parametrize(
        ("variables", "words"),
        [
            ('{"id": }', "Line 1, column 8"),
            ('{\n  "id": "x",\n}', "Line 3, column 1"),
            ("[1]", "JSON object"),
            ("[" * 100_000, "not JSON"),
        ],
    )
    def test_broken_variables_are_told(self, admin_client, example, variables, words):
        response = form(admin_client, CREATE, variables)
        assert response.status_code == 422
        assert words in response.context["asked"].problem
        assert response.context["asked"].document == CREATE
        assert not Change.objects.filter(model="Tag").exists()

    def test_what_people_write_stays_text(self, admin_client, example):
        response = form(admin_client, "</textarea><script>alert(1)</script>", '{"a": "<script>"}')
        assert b"<script>alert" not in response.content
        assert b'"<script>' not in response.content


class TestTheSite:
    def test_no_schema_is_told(self, admin_client):
        response = admin_client.get(PAGE)
        assert response.status_code == 200
        assert "Upload a schema" in response.content.decode()
        assert form(admin_client, "{ a }").status_code == 200
        assert run(admin_client, "{ a }").json()["errors"]
        assert check(admin_client, "{ a }") == []
        assert admin_client.get(f"{PAGE}schema.json").status_code == 200

    def test_no_key_is_in_the_page(self, admin_client, example, api_key, monkeypatch):
        monkeypatch.setenv("JOINERY_API_KEY", api_key)
        assert api_key not in admin_client.get(PAGE).content.decode()

    def test_the_page_has_no_script_or_style_of_its_own(self, admin_client, example):
        page = admin_client.get(PAGE).content.decode()
        assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
        assert "<style" not in page
        assert " style=" not in page
        assert re.findall(r'(?:src|href)="(?:https?:)?//', page) == []

    def test_it_names_the_servers_address(self, admin_client, example):
        assert 'data-endpoint="http://testserver/graphql"' in admin_client.get(PAGE).content.decode()

    def test_a_session_alone_does_not_open_the_api(self, admin_client, example):
        assert (
            admin_client.post("/graphql", {"query": CREATE}, content_type="application/json").status_code
            == 404
        )

    def test_the_page_takes_few_queries(self, admin_client, example, django_assert_max_num_queries):
        admin_client.get(PAGE)
        with django_assert_max_num_queries(16):
            admin_client.get(PAGE)
