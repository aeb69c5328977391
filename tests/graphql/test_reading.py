"""Reading: pages, keys, nested relations, and the number of statements they take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from datamodel import records
from datamodel.registry import DataModel

from .conftest import Statements
from .schemas import READING, TEAM

Gql = Callable[..., dict[str, Any]]
Activate = Callable[..., DataModel]

NESTED = """
query($limit: Int) {
  listTeams(limit: $limit) {
    items {
      id mantra
      badge { text }
      members(limit: 10) { items { name team { mantra } tasks(limit: 10) { items { title member { name } } nextToken } } nextToken }
    }
    nextToken
  }
}
"""


def make_teams(datamodel: DataModel, teams: int, members: int = 3, tasks: int = 2) -> None:
    for t in range(teams):
        records.create(datamodel, "Team", {"id": f"t{t}", "mantra": f"Go {t}"})
        records.create(datamodel, "Badge", {"id": f"b{t}", "text": f"Badge {t}", "teamId": f"t{t}"})
        for m in range(members):
            key = f"t{t}m{m}"
            records.create(datamodel, "Member", {"id": key, "name": f"M{m}", "age": m, "teamId": f"t{t}"})
            for k in range(tasks):
                records.create(datamodel, "Task", {"id": f"{key}k{k}", "title": f"K{k}", "memberId": key})


@pytest.fixture
def teams(activate_schema: Activate) -> DataModel:
    return activate_schema(TEAM)


def count(statements: Statements) -> int:
    """How many statements read records; the key and the version are looked up besides."""
    return sum('"data_' in sql for sql in statements)


def test_a_query_takes_one_statement(teams: DataModel, gql: Gql, statements: Statements) -> None:
    make_teams(teams, 2)
    statements.clear()
    gql(NESTED)
    few = count(statements)
    make_teams_more(teams)
    statements.clear()
    answer = gql(NESTED)
    assert len(answer["data"]["listTeams"]["items"]) == 7
    assert count(statements) == few == 1


def make_teams_more(datamodel: DataModel) -> None:
    for t in range(2, 7):
        records.create(datamodel, "Team", {"id": f"t{t}", "mantra": "more"})
        for m in range(4):
            records.create(datamodel, "Member", {"id": f"t{t}m{m}", "name": "x", "teamId": f"t{t}"})


def test_nested_records_are_the_right_ones(teams: DataModel, gql: Gql) -> None:
    make_teams(teams, 2, members=2, tasks=1)
    items = gql(NESTED)["data"]["listTeams"]["items"]
    assert [team["badge"] for team in items] == [{"text": "Badge 0"}, {"text": "Badge 1"}]
    assert items[1]["members"] == {
        "nextToken": None,
        "items": [
            {
                "name": f"M{m}",
                "team": {"mantra": "Go 1"},
                "tasks": {"items": [{"title": "K0", "member": {"name": f"M{m}"}}], "nextToken": None},
            }
            for m in range(2)
        ],
    }


def test_a_missing_record_and_an_empty_relation_are_no_errors(teams: DataModel, gql: Gql) -> None:
    records.create(teams, "Team", {"id": "t", "mantra": "alone"})
    records.create(teams, "Member", {"id": "m", "name": "alone"})
    answer = gql(
        '{ a: getTeam(id: "nobody") { id } b: getTeam(id: "t") { badge { id } members { items { id } nextToken } }'
        ' c: getMember(id: "m") { team { id } } }'
    )
    assert answer == {
        "data": {
            "a": None,
            "b": {"badge": None, "members": {"items": [], "nextToken": None}},
            "c": {"team": None},
        }
    }


def test_pages_follow_each_other_without_gaps(teams: DataModel, gql: Gql) -> None:
    make_teams(teams, 5, members=0)
    seen, token = [], None
    query = "query($t: String) { listTeams(limit: 2, nextToken: $t) { items { id } nextToken } }"
    while True:
        page = gql(query, t=token)["data"]["listTeams"]
        seen.append([item["id"] for item in page["items"]])
        token = page["nextToken"]
        if token is None:
            break
    assert seen == [["t0", "t1"], ["t2", "t3"], ["t4"]]


def test_a_full_last_page_has_no_token(teams: DataModel, gql: Gql) -> None:
    make_teams(teams, 2, members=0)
    assert gql("{ listTeams(limit: 2) { nextToken } }")["data"]["listTeams"] == {"nextToken": None}


@pytest.mark.parametrize("change", ["tampered", "other filter", "other field"])
def test_a_token_belongs_to_its_query(teams: DataModel, gql: Gql, change: str) -> None:
    make_teams(teams, 3, members=1)
    token = gql("{ listTeams(limit: 1) { nextToken } }")["data"]["listTeams"]["nextToken"]
    query = {
        "tampered": f'{{ listTeams(nextToken: "{token[:-2]}xx") {{ nextToken }} }}',
        "other filter": f'{{ listTeams(filter: {{mantra: {{ne: "x"}}}}, nextToken: "{token}") {{ nextToken }} }}',
        "other field": f'{{ listMembers(nextToken: "{token}") {{ nextToken }} }}',
    }[change]
    assert gql(query)["errors"][0]["errorType"] == "BadRequestException"


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_limit_out_of_range_is_refused(teams: DataModel, gql: Gql, limit: int) -> None:
    answer = gql("query($l: Int) { listTeams(limit: $l) { items { id } } }", l=limit)
    assert answer["data"] == {"listTeams": None}
    assert answer["errors"][0]["errorType"] == "BadRequestException"


def test_null_arguments_mean_not_given(teams: DataModel, gql: Gql) -> None:
    make_teams(teams, 1, members=0)
    query = "query($f: ModelTeamFilterInput, $l: Int, $t: String) { listTeams(filter: $f, limit: $l, nextToken: $t) { items { id } } }"
    assert gql(query, f=None, l=None, t=None)["data"]["listTeams"]["items"] == [{"id": "t0"}]


def test_a_nested_list_has_pages_filters_and_direction(teams: DataModel, gql: Gql) -> None:
    make_teams(teams, 2, members=4, tasks=0)
    query = """
      query($t: String) { getTeam(id: "t1") {
        page: members(limit: 3, nextToken: $t) { items { id } nextToken }
        old: members(filter: {age: {ge: 2}}, sortDirection: DESC) { items { id } nextToken } } }
    """
    team = gql(query)["data"]["getTeam"]
    assert [m["id"] for m in team["page"]["items"]] == ["t1m0", "t1m1", "t1m2"]
    assert [m["id"] for m in team["old"]["items"]] == ["t1m3", "t1m2"]
    team = gql(query, t=team["page"]["nextToken"])["data"]["getTeam"]
    assert team["page"] == {"items": [{"id": "t1m3"}], "nextToken": None}


def test_the_limit_of_a_nested_list_counts_per_parent(teams: DataModel, gql: Gql) -> None:
    make_teams(teams, 2, members=3, tasks=0)
    answer = gql("{ listTeams { items { members(limit: 2) { items { id } nextToken } } } }")
    for team in answer["data"]["listTeams"]["items"]:
        assert len(team["members"]["items"]) == 2
        assert team["members"]["nextToken"]


def test_a_token_of_one_parent_is_refused_for_another(teams: DataModel, gql: Gql) -> None:
    make_teams(teams, 2, members=2, tasks=0)
    query = (
        "query($id: ID!, $t: String) { getTeam(id: $id) { members(limit: 1, nextToken: $t) { nextToken } } }"
    )
    token = gql(query, id="t0")["data"]["getTeam"]["members"]["nextToken"]
    assert gql(query, id="t1", t=token)["errors"][0]["errorType"] == "BadRequestException"
    many = "query($t: String) { listTeams { items { members(limit: 1, nextToken: $t) { nextToken } } } }"
    assert gql(many, t=token)["errors"][0]["errorType"] == "BadRequestException"


def test_equal_reads_under_other_aliases_run_once(teams: DataModel, gql: Gql, statements: Statements) -> None:
    make_teams(teams, 1)
    statements.clear()
    fields = " ".join(
        f"a{n}: listTeams {{ items {{ id m{n}: members {{ items {{ name }} }} }} }}" for n in range(3)
    )
    gql(f"{{ {fields} }}")
    assert len(statements.reading("data_team")) == 3
    statements.clear()
    same = " ".join(
        f"a{n}: listTeams {{ items {{ id m: members {{ items {{ name }} }} }} }}" for n in range(20)
    )
    answer = gql(f"{{ {same} }}")
    assert len(answer["data"]) == 20
    assert count(statements) == 1
    statements.clear()
    gql("{ listTeams { items { a: members { items { name } } b: members { items { name } } } } }")
    assert count(statements) == 1


def test_fragments_aliases_and_directives_are_followed(teams: DataModel, gql: Gql) -> None:
    make_teams(teams, 1, members=1, tasks=0)
    answer = gql(
        """
        query($no: Boolean!) { listTeams { ...page __typename } }
        fragment page on ModelTeamConnection { list: items { ... on Team { ...team } again: mantra } }
        fragment team on Team { mantra @skip(if: $no) __typename members { items { ...member } } }
        fragment member on Member { who: name team @include(if: $no) { id } }
        """,
        no=True,
    )
    assert answer["data"]["listTeams"] == {
        "__typename": "ModelTeamConnection",
        "list": [
            {
                "__typename": "Team",
                "again": "Go 0",
                "members": {"items": [{"who": "M0", "team": {"id": "t0"}}]},
            }
        ],
    }


# Keys


@pytest.fixture
def readings(activate_schema: Activate) -> DataModel:
    datamodel = activate_schema(READING)
    for device, day, seq, status in (
        ("a", "2026-01-02", 10, "OPEN"),
        ("a", "2026-01-02", 9, "DONE"),
        ("a", "2026-01-01", 3, "OPEN"),
        ("b", "2026-01-03", 1, "OPEN"),
        ("b", "2026-02-01", 1, None),
    ):
        values = {"device": device, "day": day, "seq": seq, "status": status}
        records.create(datamodel, "Reading", values)
    return datamodel


def seqs(answer: dict[str, Any]) -> list[int]:
    (connection,) = answer["data"].values()
    return [item["seq"] for item in connection["items"]]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ('device: "a"', [3, 9, 10]),
        ('device: "a", sortDirection: DESC', [10, 9, 3]),
        ('device: "a", daySeq: {eq: {day: "2026-01-02", seq: 9}}', [9]),
        ('device: "a", daySeq: {eq: {day: "2026-01-02"}}', [9, 10]),
        ('device: "a", daySeq: {gt: {day: "2026-01-02", seq: 9}}', [10]),
        ('device: "a", daySeq: {ge: {day: "2026-01-02"}}', [9, 10]),
        ('device: "a", daySeq: {lt: {day: "2026-01-02", seq: 10}}', [3, 9]),
        ('device: "a", daySeq: {beginsWith: {day: "2026-01-02"}}', [9, 10]),
        (
            'device: "a", daySeq: {between: [{day: "2026-01-01", seq: 4}, {day: "2026-01-02", seq: 9}]}',
            [9],
        ),
        ('device: "a", daySeq: {between: [null, {day: "2026-01-02"}]}', []),
        ("filter: {seq: {gt: 8}}", [10, 9]),
        ("device: null, sortDirection: null, daySeq: null", [10, 9, 3, 1, 1]),
    ],
)
def test_a_list_takes_the_custom_key(
    readings: DataModel, gql: Gql, arguments: str, expected: list[int]
) -> None:
    assert seqs(gql(f"{{ listReadings({arguments}) {{ items {{ seq }} }} }}")) == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            "sortDirection: ASC",
            "When providing argument 'sortDirection' you must also provide argument 'device'.",
        ),
        (
            'daySeq: {eq: {day: "2026-01-02"}}',
            "When providing argument 'daySeq' you must also provide argument 'device'.",
        ),
        (
            'device: "a", daySeq: {gt: {day: "2026-01-01"}, lt: {day: "2026-01-02"}}',
            "Argument daySeq must specify at most one key condition operation.",
        ),
        (
            'device: "a", daySeq: {eq: {seq: 1}}',
            "When providing argument 'daySeq.seq' you must also provide 'daySeq.day'.",
        ),
    ],
)
def test_key_arguments_that_do_not_go_together(
    readings: DataModel, gql: Gql, arguments: str, message: str
) -> None:
    answer = gql(f"{{ listReadings({arguments}) {{ items {{ seq }} }} }}")
    assert answer["errors"][0]["errorType"] == "InvalidArgumentsError"
    assert answer["errors"][0]["message"] == message


def test_an_index_query_is_ordered_by_its_sort_key(readings: DataModel, gql: Gql) -> None:
    query = "{ readingsByStatus(status: OPEN%s) { items { seq } nextToken } }"
    assert seqs(gql(query % "")) == [3, 10, 1]
    assert seqs(gql(query % ", sortDirection: DESC")) == [1, 10, 3]
    assert seqs(gql(query % ', day: {gt: "2026-01-01"}, filter: {device: {eq: "a"}}')) == [10]


def test_a_key_query_has_pages_in_its_order(readings: DataModel, gql: Gql) -> None:
    query = """query($t: String) { readingsByStatus(status: OPEN, sortDirection: DESC, limit: 2, nextToken: $t)
      { items { seq } nextToken } }"""
    first = gql(query)
    token = first["data"]["readingsByStatus"]["nextToken"]
    assert seqs(first) + seqs(gql(query, t=token)) == [1, 10, 3]


def test_get_takes_the_whole_key(readings: DataModel, gql: Gql) -> None:
    answer = gql('{ getReading(device: "a", day: "2026-01-02", seq: 9) { status } }')
    assert answer["data"]["getReading"] == {"status": "DONE"}


# DataStore


def test_datastore_metadata_and_deleted_parents_are_shown(activate_schema: Activate, gql: Gql) -> None:
    datamodel = activate_schema(TEAM, datastore=True, integrity="appsync")
    make_teams(datamodel, 1, members=1, tasks=0)
    gql('mutation { deleteTeam(input: {id: "t0"}) { id } }')
    answer = gql(
        '{ listTeams { items { id } } getMember(id: "t0m0") { _version _deleted _lastChangedAt team { id _deleted } }'
        ' plain: getMember(id: "t0m0") { team { id } }'
        " syncTeams { items { id _deleted _version } startedAt nextToken } }"
    )["data"]
    assert answer["listTeams"] == {"items": []}
    assert answer["getMember"]["_version"] == 1
    assert answer["getMember"]["_deleted"] is None
    assert answer["getMember"]["_lastChangedAt"] > 10**12
    assert answer["getMember"]["team"] == {"id": "t0", "_deleted": True}
    assert answer["plain"] == {"team": None}
    assert answer["syncTeams"]["items"] == [{"id": "t0", "_deleted": True, "_version": 2}]
    assert answer["syncTeams"]["startedAt"] > 10**12


def test_a_tombstone_shows_its_deleted_parents(activate_schema: Activate, gql: Gql) -> None:
    """Apps on Android ask for no more of a parent than its key."""
    datamodel = activate_schema(
        """
        type Post @model { id: ID! tags: [Tag] @manyToMany(relationName: "PostTag") }
        type Tag @model { id: ID! posts: [Post] @manyToMany(relationName: "PostTag") }
        """,
        datastore=True,
    )
    records.create(datamodel, "Post", {"id": "p"})
    records.create(datamodel, "Tag", {"id": "t"})
    records.create(datamodel, "PostTag", {"id": "pt", "postId": "p", "tagId": "t"})
    gql('mutation { deleteTag(input: {id: "t", _version: 1}) { id } }')
    answer = gql("{ syncPostTags { items { id _deleted post { id } tag { id } } } }")
    tombstone = {"id": "pt", "_deleted": True, "post": {"id": "p"}, "tag": {"id": "t"}}
    assert answer == {"data": {"syncPostTags": {"items": [tombstone]}}}
    again = gql(
        'mutation { deletePostTag(input: {id: "pt", _version: 1}) { id _deleted post { id } tag { id } } }'
    )
    assert again == {"data": {"deletePostTag": tombstone}}


def test_many_to_many_is_read_through_the_join_model(activate_schema: Activate, gql: Gql) -> None:
    datamodel = activate_schema(
        """
        type Post @model { id: ID! title: String tags: [Tag] @manyToMany(relationName: "PostTags") }
        type Tag @model { id: ID! name: String posts: [Post] @manyToMany(relationName: "PostTags") }
        """
    )
    records.create(datamodel, "Post", {"id": "p"})
    for name in ("x", "y"):
        records.create(datamodel, "Tag", {"id": name, "name": name})
        records.create(datamodel, "PostTags", {"postId": "p", "tagId": name})
    answer = gql('{ getPost(id: "p") { tags { items { tag { name posts { items { post { id } } } } } } } }')
    assert answer["data"]["getPost"]["tags"]["items"] == [
        {"tag": {"name": name, "posts": {"items": [{"post": {"id": "p"}}]}}} for name in ("x", "y")
    ]


def test_a_required_relation_to_a_missing_record_says_so(activate_schema: Activate, gql: Gql) -> None:
    datamodel = activate_schema(
        """
        type Post @model { id: ID! comments: [Comment] @hasMany }
        type Comment @model { id: ID! post: Post! @belongsTo }
        """,
        integrity="appsync",
    )
    records.create(datamodel, "Comment", {"id": "c", "postCommentsId": "gone"})
    answer = gql('{ getComment(id: "c") { id post { id } } }')
    assert answer["data"] == {"getComment": None}
    assert answer["errors"][0]["message"].startswith("Cannot return null for non-nullable type")
    assert answer["errors"][0]["path"] == ["getComment", "post"]


def test_composite_references_are_followed_both_ways(
    activate_schema: Activate, gql: Gql, statements: Statements
) -> None:
    datamodel = activate_schema(
        """
        type Person @model {
          name: String! @primaryKey(sortKeyFields: ["born", "seq"])
          born: AWSDate!
          seq: Int!
          posts: [Post] @hasMany(references: ["authorName", "authorBorn", "authorSeq"])
        }
        type Post @model {
          id: ID!
          authorName: String
          authorBorn: AWSDate
          authorSeq: Int
          author: Person @belongsTo(references: ["authorName", "authorBorn", "authorSeq"])
        }
        """
    )
    for seq in (1, 2):
        records.create(datamodel, "Person", {"name": "Ada", "born": "1815-12-10", "seq": seq})
        values = {"authorName": "Ada", "authorBorn": "1815-12-10", "authorSeq": seq}
        records.create(datamodel, "Post", {"id": f"p{seq}", **values})
    records.create(datamodel, "Post", {"id": "alone"})
    statements.clear()
    answer = gql("{ listPosts { items { id author { seq posts { items { id } } } } } }")
    assert answer["data"]["listPosts"]["items"] == [
        {"id": "p1", "author": {"seq": 1, "posts": {"items": [{"id": "p1"}]}}},
        {"id": "p2", "author": {"seq": 2, "posts": {"items": [{"id": "p2"}]}}},
        {"id": "alone", "author": None},
    ]
    assert count(statements) == 1


def test_generated_keys_of_version_1_are_followed_and_sorted(activate_schema: Activate, gql: Gql) -> None:
    datamodel = activate_schema(
        """
        type Post @model {
          id: ID!
          comments: [Comment] @connection(name: "PostComments", sortField: "at")
        }
        type Comment @model {
          id: ID!
          at: Int
          post: Post @connection(name: "PostComments", sortField: "at")
        }
        """,
        datastore=False,
    )
    records.create(datamodel, "Post", {"id": "p"})
    for key, at in (("b", 2), ("a", 1), ("none", None)):
        create = "mutation($i: CreateCommentInput!) { createComment(input: $i) { post { id } } }"
        answer = gql(create, i={"id": key, "at": at, "commentPostId": "p"})
        assert answer["data"]["createComment"] == {"post": {"id": "p"}}
    query = """query($t: String, $d: ModelSortDirection) { getPost(id: "p") {
      comments(sortDirection: $d, limit: 2, nextToken: $t) { items { id } nextToken } } }"""
    for direction, expected in (("ASC", ["none", "a", "b"]), ("DESC", ["b", "a", "none"])):
        first = gql(query, d=direction)["data"]["getPost"]["comments"]
        rest = gql(query, d=direction, t=first["nextToken"])["data"]["getPost"]["comments"]
        assert [item["id"] for item in first["items"] + rest["items"]] == expected
    answer = gql('{ getPost(id: "p") { comments(at: {gt: 1}) { items { id } } } }')
    assert answer["data"]["getPost"]["comments"]["items"] == [{"id": "b"}]


def test_a_model_may_refer_to_itself(activate_schema: Activate, gql: Gql) -> None:
    datamodel = activate_schema(
        """
        type Employee @model {
          id: ID!
          managerId: ID
          manager: Employee @belongsTo(references: ["managerId"])
          reports: [Employee] @hasMany(references: ["managerId"])
        }
        """
    )
    records.create(datamodel, "Employee", {"id": "boss"})
    records.create(datamodel, "Employee", {"id": "worker", "managerId": "boss"})
    answer = gql('{ getEmployee(id: "boss") { manager { id } reports { items { id manager { id } } } } }')
    assert answer["data"]["getEmployee"] == {
        "manager": None,
        "reports": {"items": [{"id": "worker", "manager": {"id": "boss"}}]},
    }


def test_names_that_databases_dislike_are_read_and_filtered(activate_schema: Activate, gql: Gql) -> None:
    names = ("save", "pk", "a__b", "Meta", "select", "items", "ID", "class", "get")
    fields = " ".join(f"{name}: String" for name in names)
    activate_schema(f"type Thing @model {{ id: ID! {fields} }}")
    values = {name: f"v-{name}" for name in names}
    create = f"mutation($i: CreateThingInput!) {{ createThing(input: $i) {{ {' '.join(names)} }} }}"
    assert gql(create, i=values)["data"]["createThing"] == values
    query = "query($f: ModelThingFilterInput) { listThings(filter: $f) { items { pk } } }"
    for name in names:
        assert len(gql(query, f={name: {"eq": f"v-{name}"}})["data"]["listThings"]["items"]) == 1
        assert gql(query, f={name: {"beginsWith": "x"}})["data"]["listThings"]["items"] == []


@pytest.mark.parametrize("filled", ["1", "null"])
def test_ends_of_different_kinds_are_never_compared(
    activate_schema: Activate, gql: Gql, statements: Any, filled: str
) -> None:
    activate_schema(
        """
        type Post @model { id: ID! comments: [Comment] @hasMany }
        type Comment @model { id: ID! postCommentsId: Int post: Post @belongsTo }
        """
    )
    gql('mutation { createPost(input: {id: "1"}) { id } }')
    gql(f'mutation {{ createComment(input: {{id: "c", postCommentsId: {filled}}}) {{ id }} }}')
    posts = gql("{ listPosts { items { comments { items { id } nextToken } } } }")
    assert posts == {"data": {"listPosts": {"items": [{"comments": {"items": [], "nextToken": None}}]}}}
    statements.clear()
    comments = gql("{ listComments { items { post { id } } } }")
    assert comments == {"data": {"listComments": {"items": [{"post": None}]}}}
    assert statements.reading("data_post") == []
