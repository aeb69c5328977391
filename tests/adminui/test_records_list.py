"""List pages: columns, filters, search, order, pages, and a fixed number of queries."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adminui.options import options_for
from datamodel import records

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def blog(example):
    """Three posts by two users, tagged and commented."""
    nadia = records.create(example, "User", {"username": "Nadia"})
    rene = records.create(example, "User", {"username": "Rene"})
    wood = records.create(example, "Tag", {"label": "wood"})
    for number, (title, author, rating) in enumerate(
        [("Oak", nadia, 9), ("Glue & nails", rene, 7), ("Ash", None, None)]
    ):
        post = records.create(
            example,
            "Post",
            {
                "id": f"p{number}",
                "title": title,
                "rating": rating,
                "status": "ACTIVE" if number else "DRAFT",
                "authorID": author and author.get_value("id"),
            },
        )
        for count in range(number):
            records.create(example, "Comment", {"content": f"word {count}", "postID": post.get_value("id")})
        if number < 2:
            records.link_many(example, "Post", "tags", post.key_dict, wood.key_dict)
    return example


def titles(response):
    return [row.label for row in response.context["table"].rows]


def test_columns_begin_with_the_label_and_show_relationships(blog):
    columns = [(c.name, c.kind.value) for c in options_for(blog, "Post").columns]
    assert columns == [
        ("title", "label"),
        ("author", "one"),
        ("status", "enum"),
        ("tags", "chips"),
        ("comments", "count"),
        ("rating", "number"),
        ("updatedAt", "moment"),
    ]


def test_the_list_shows_labels_of_related_records(blog, admin_client):
    text = admin_client.get("/data/Post/").content.decode()
    assert "Glue &amp; nails" in text
    assert '<span class="cut">Nadia</span>' in text
    assert '<span class="cut">wood</span>' in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("title__contains=oa", {"Oak"}),
        ("title=Oak", {"Oak"}),
        ("title__lacks=l", {"Oak", "Ash"}),
        ("rating__gte=8", {"Oak"}),
        ("rating__isnull=true", {"Ash"}),
        ("rating__isnull=false", {"Oak", "Glue & nails"}),
        ("status=DRAFT", {"Oak"}),
        ("status__in=DRAFT,ACTIVE", {"Oak", "Glue & nails", "Ash"}),
        ("status__ne=DRAFT", {"Glue & nails", "Ash"}),
        ("author__isnull=true", {"Ash"}),
        ("author__notnull=true", {"Oak", "Glue & nails"}),
        ("comments__isnull=true", {"Oak"}),
        ("tags__isnull=true", {"Ash"}),
        ("q=oak", {"Oak"}),
        ("q=nadia", {"Oak"}),
        ("q=glue+rene", {"Glue & nails"}),
        ("rating__gte=abc", {"Oak", "Glue & nails", "Ash"}),
        ("nothing__at=all", {"Oak", "Glue & nails", "Ash"}),
        ("q=%00", {"Oak", "Glue & nails", "Ash"}),
    ],
)
def test_the_query_string_filters(blog, admin_client, query, found):
    assert set(titles(admin_client.get(f"/data/Post/?{query}"))) == found


def test_related_records_filter_from_every_side(blog, admin_client):
    nadia = blog.model("User").objects.get(username="Nadia").url_key
    wood = blog.model("Tag").objects.get().url_key
    assert titles(admin_client.get(f"/data/Post/?author={nadia}")) == ["Oak"]
    assert set(titles(admin_client.get(f"/data/Post/?tags={wood}"))) == {"Oak", "Glue & nails"}
    assert titles(admin_client.get("/data/Comment/?post=p1")) == ["word 0"]
    assert titles(admin_client.get("/data/User/?posts=p0")) == ["Nadia"]


def test_a_filter_that_cannot_be_read_says_so_and_can_be_removed(blog, admin_client):
    response = admin_client.get("/data/Post/?rating__gte=abc&title=Oak")
    assert "&#x27;abc&#x27; is not a whole number." in response.content.decode()
    [one] = [f for f in response.context["query"].filters if f.problem]
    assert one.without == "?title=Oak"


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("title", ["Ash", "Glue & nails", "Oak"]),
        ("-title", ["Oak", "Glue & nails", "Ash"]),
        ("rating", ["Glue & nails", "Oak", "Ash"]),
        ("-rating", ["Oak", "Glue & nails", "Ash"]),
        ("author", ["Oak", "Glue & nails", "Ash"]),
        ("nonsense", ["Ash", "Glue & nails", "Oak"]),
    ],
)
def test_columns_sort_and_missing_values_come_last(blog, admin_client, sort, order):
    assert titles(admin_client.get(f"/data/Post/?_sort={sort}")) == order


def test_the_small_form_becomes_a_plain_address(blog, admin_client):
    response = admin_client.get("/data/Post/?q=a&_filter=rating&_op=gte&_value=7")
    assert response.status_code == 302
    assert response["Location"] == "/data/Post/?q=a&rating__gte=7"


def test_choosing_a_field_shows_its_operators(blog, admin_client):
    text = admin_client.get("/data/Post/?_filter=status").content.decode()
    assert '<option value="DRAFT">' in text
    text = admin_client.get("/data/Post/?_filter=author").content.decode()
    assert ">Nadia</option>" in text


def test_pages_follow_each_other(example, admin_client):
    for number in range(51):
        records.create(example, "Tag", {"label": f"tag {number:02}"})
    first = admin_client.get("/data/Tag/?_sort=label")
    assert (len(titles(first)), first.context["table"].count) == (50, 51)
    assert "_sort=label&amp;_page=2" in first.content.decode()
    second = admin_client.get("/data/Tag/?_sort=label&_page=2")
    assert titles(second) == ["tag 50"]
    assert titles(admin_client.get("/data/Tag/?_page=9")) == []


def test_htmx_gets_the_table_alone(blog, admin_client):
    response = admin_client.get("/data/Post/?q=oak", headers={"HX-Request": "true"})
    text = response.content.decode()
    assert text.lstrip().startswith('<div id="results"')
    assert "<html" not in text
    assert "HX-Request" in response["Vary"]


def test_an_empty_model_and_an_empty_answer_are_different_pages(example, admin_client):
    assert "No post yet" in admin_client.get("/data/Post/").content.decode()
    records.create(example, "Post", {"title": "Oak", "status": "DRAFT"})
    assert "No post matches" in admin_client.get("/data/Post/?q=elm").content.decode()


def test_an_unknown_model_is_not_found(example, admin_client):
    assert admin_client.get("/data/Nothing/").status_code == 404
    assert admin_client.get("/data/Nothing/new/").status_code == 404
    assert admin_client.get("/data/Post/nothing/").status_code == 404
    assert admin_client.get("/data/Post/a,b/").status_code == 404


def count_queries(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_number_of_queries_does_not_depend_on_the_number_of_rows(blog, admin_client):
    admin_client.get("/data/Post/")
    few = count_queries(admin_client, "/data/Post/?_sort=title")
    wood = blog.model("Tag").objects.get()
    for number in range(30):
        post = records.create(blog, "Post", {"title": f"More {number}", "status": "DRAFT"})
        records.link_many(blog, "Post", "tags", post.key_dict, wood.key_dict)
        records.create(blog, "Comment", {"content": "word", "postID": post.get_value("id")})
    admin_client.get("/data/Post/")
    assert count_queries(admin_client, "/data/Post/?_sort=title") == few
    assert few <= 10


def test_a_short_word_is_not_looked_for_inside_ids(example, admin_client):
    for key, label in (("a12b-99", "wood"), ("c", "glue 12")):
        records.create(example, "Tag", {"id": key, "label": label})

    def found(text):
        table = admin_client.get("/data/Tag/", {"q": text}).context["table"]
        return [row.label for row in table.rows]

    assert found("12") == ["glue 12"]
    assert found("c") == ["glue 12"]
    assert found("A12b") == ["wood"]


def test_a_join_record_is_called_by_what_it_joins(blog, admin_client):
    tag = blog.model("Tag").objects.get()
    for number in range(2):
        post = records.create(blog, "Post", {"title": f"Post {number}", "status": "DRAFT"})
        records.link_many(blog, "Post", "tags", post.key_dict, tag.key_dict)
    page = admin_client.get("/data/PostTag/").content.decode()
    assert f"Post 1 · {tag.label}" in page
    assert "post · tag" in page
    few = count_queries(admin_client, "/data/PostTag/")
    for number in range(20):
        post = records.create(blog, "Post", {"title": f"More {number}", "status": "DRAFT"})
        records.link_many(blog, "Post", "tags", post.key_dict, tag.key_dict)
    admin_client.get("/data/PostTag/")
    assert count_queries(admin_client, "/data/PostTag/") == few
    join = blog.model("PostTag").objects.last()
    assert f"<h1>More 19 · {tag.label}" in admin_client.get(f"/data/PostTag/{join.url_key}/").content.decode()


def test_strangers_are_sent_to_sign_in(example, client):
    assert client.get("/data/Post/").status_code == 302


def test_a_reference_has_no_column_beside_its_relationship(activate_schema, admin_client):
    datamodel = activate_schema(
        """
        type Person @model {
          name: String! @primaryKey(sortKeyFields: ["born"])
          born: AWSDate!
          posts: [Post] @hasMany(references: ["personName", "personBorn"])
        }
        type Post @model {
          title: String!
          personName: String
          personBorn: AWSDate
          person: Person @belongsTo(references: ["personName", "personBorn"])
        }
        """
    )
    assert [c.name for c in options_for(datamodel, "Post").columns] == ["title", "person", "updatedAt"]
    assert admin_client.get("/data/Post/").status_code == 200
