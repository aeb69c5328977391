"""The snippets of relationships: every one runs, and does what it says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from datamodel import records, registry
from datamodel.graphql.schema import describe_api
from datamodel.graphql.snippets import Action, Client, ClientSnippets, Snippet, write_snippets
from datamodel.graphql.snippets.samples import sample_value
from datamodel.graphql.snippets.story import Sample, Story, Untellable, governing, tell
from datamodel.migrator import PlanOptions, apply_plan, make_plan
from datamodel.migrator.policies import is_possible
from datamodel.modelgen import Record, coerce
from datamodel.schema import OnDelete, SchemaOptions, Source, load_schema, tell_dialect
from datamodel.schema.ir import Dialect
from tests.golden.cases import CASES
from tests.graphql.relationship_schemas import SCHEMAS

ROOT = Path(__file__).parents[2]
FILES = [ROOT / "examples" / "blog.graphql", *sorted((ROOT / "tests" / "data" / "documents").iterdir())]
POLICY_FILES = [ROOT / "examples" / "blog.graphql", *(ROOT / "tests" / "data" / "documents").glob("004-*.ts")]


def sources_of(file: Path) -> list[Source]:
    return [Source(file.name, file.read_text())]


ALL = [
    *(pytest.param(sources_of(file), {}, id=file.stem) for file in FILES),
    *(
        pytest.param(
            tell_dialect(
                [Source(case.schema_file.name, case.schema_file.read_text())],
                Dialect(json.loads((case.folder / "case.json").read_text())["dialect"]),
                "the case",
            ),
            json.loads((case.folder / "case.json").read_text()),
            id=case.name,
        )
        for case in CASES
    ),
    *(pytest.param([Source(*source)], {}, id=name) for name, source in SCHEMAS.items()),
]


@pytest.fixture
def activate(clean_tables: None) -> Callable[..., registry.DataModel]:
    """Activate sources with options of a schema."""

    def run(sources: list[Source], **options: Any) -> registry.DataModel:
        chosen = SchemaOptions(
            **{k: v for k, v in options.items() if k in {"datastore", "flags", "on_delete"}}
        )
        apply_plan(make_plan(sources, PlanOptions(schema=chosen)), allow_destructive=True)
        return registry.current()

    return run


class Play:
    """Runs the documents of one relationship against the endpoint and looks at the records."""

    def __init__(self, datamodel: registry.DataModel, story: Story, gql: Any) -> None:
        self.datamodel = datamodel
        self.story = story
        self.gql = gql
        self.known: dict[str, dict[str, Any]] = {}
        """The keys of the records by variable."""
        (self.told,) = [
            each for each in write_snippets(datamodel.schema, story.link) if each.client is Client.GRAPHQL
        ]

    def of(self, action: Action, subject: Sample | None = None) -> Iterator[Snippet]:
        for snippet in self.told.snippets:
            if snippet.action is action and (subject is None or snippet.subject == subject.variable):
                yield snippet

    def run(self, snippet: Snippet) -> dict[str, Any]:
        return self.gql(filled(snippet.code, self.told, self.known))

    def succeed(self, snippet: Snippet) -> Any:
        answer = self.run(snippet)
        assert "errors" not in answer, f"{snippet.code}\n{answer['errors']}"
        return answer["data"]

    def create(self) -> None:
        for sample, snippet in zip(self.story.samples, self.of(Action.CREATE), strict=True):
            (made,) = self.succeed(snippet).values()
            self.known[sample.variable] = {name: made[name] for name in sample.key}

    def find(self, sample: Sample) -> Record | None:
        return records.find(self.datamodel, sample.model.name, self.known[sample.variable])

    def reference(self) -> tuple[Any, ...] | None:
        """The child's reference; None where the child is gone."""
        record = self.find(self.story.child)
        return record and tuple(record.get_value(name) for name in self.story.link.reference_fields)

    def identifier(self) -> tuple[Any, ...]:
        parent = self.find(self.story.parent)
        assert parent is not None
        return tuple(parent.get_value(name) for name in self.story.link.identifier_fields)

    def clear(self) -> None:
        """Delete every record, whatever the policies."""
        with transaction.atomic():
            for model in self.datamodel.models.values():
                model.all_objects.all()._raw_delete("default")

    def again(self) -> None:
        """Start with fresh records."""
        self.clear()
        self.known.clear()
        self.create()


def filled(code: str, told: ClientSnippets, known: dict[str, dict[str, Any]]) -> str:
    """Put the real keys in place of the placeholders."""
    for text, (variable, name) in told.placeholders.items():
        if variable in known:
            code = code.replace(f'"{text}"', json.dumps(known[variable][name]))
    return code


def holds(answer: Any, key: dict[str, Any]) -> bool:
    """Return whether a record of that key is anywhere in the answer."""
    if isinstance(answer, dict):
        return all(answer.get(name) == value for name, value in key.items()) or any(
            holds(value, key) for value in answer.values()
        )
    return isinstance(answer, list) and any(holds(item, key) for item in answer)


def plays(datamodel: registry.DataModel, gql: Any) -> Iterator[Play]:
    """A play for every relationship whose records can be created."""
    for link in datamodel.schema.links:
        try:
            story = tell(describe_api(datamodel.schema), link)
        except Untellable:
            continue
        play = Play(datamodel, story, gql)
        if len(list(play.of(Action.CREATE))) == len(story.samples):
            yield play
            play.clear()


def check_create(play: Play) -> None:
    play.create()
    if play.story.link.is_comparable:
        assert play.reference() == play.identifier()


def check_queries(play: Play) -> None:
    for snippet in play.of(Action.QUERY):
        answer = play.succeed(snippet)
        for variable in snippet.finds:
            assert holds(answer, play.known[variable]), f"{snippet.code}\n{answer}"


def check_unlink(play: Play) -> None:
    for snippet in play.of(Action.UNLINK):
        play.succeed(snippet)
        assert None in (play.reference() or ())
        play.again()


def check_delete_of_child(play: Play) -> None:
    for snippet in play.of(Action.DELETE, play.story.child):
        play.succeed(snippet)
        assert play.find(play.story.child) is None
        assert play.find(play.story.parent) is not None
        assert play.story.far is None or play.find(play.story.far) is not None
        play.again()


def check_delete_of_parent(play: Play) -> None:
    """The delete does what the policy says, and what the comment above it says."""
    story, link = play.story, governing(play.story.schema, play.story.link)
    before = play.reference()
    for snippet in play.of(Action.DELETE, story.parent):
        answer = play.run(snippet)
        policy = link.on_delete if link.is_enforced else OnDelete.KEEP
        if policy is OnDelete.RESTRICT:
            assert [error["errorType"] for error in answer["errors"]] == ["RelatedRecordsExist"]
            assert "Refused while it has" in snippet.says[0]
            assert play.find(story.parent) is not None
            continue
        assert "errors" not in answer, answer
        assert play.find(story.parent) is None
        match policy:
            case OnDelete.CASCADE:
                assert play.reference() is None
                assert "deleted too" in snippet.says[0]
            case OnDelete.CLEAR:
                assert None in (play.reference() or ())
                assert "become null" in snippet.says[0] or "becomes null" in snippet.says[0]
            case OnDelete.KEEP:
                assert play.reference() == before
                assert "names nothing" in snippet.says[0]


def check_all(play: Play) -> None:
    check_create(play)
    check_queries(play)
    check_unlink(play)
    check_delete_of_child(play)
    check_delete_of_parent(play)


@pytest.mark.parametrize(("sources", "options"), ALL)
def test_every_document_does_what_it_says(activate, gql, sources, options):
    datamodel = activate(sources, **options)
    for play in plays(datamodel, gql):
        check_all(play)


POLICIES = [(file, policy) for file in POLICY_FILES for policy in OnDelete]


@pytest.mark.parametrize(("file", "policy"), POLICIES, ids=lambda value: getattr(value, "stem", value))
def test_every_document_does_what_it_says_under_every_policy(activate, gql, file, policy):
    sources = sources_of(file)
    links = load_schema(sources).schema.links
    on_delete = {link.name: policy for link in links if is_possible(link, policy)}
    datamodel = activate(sources, on_delete=on_delete)
    for play in plays(datamodel, gql):
        check_create(play)
        check_queries(play)
        check_delete_of_child(play)
        check_delete_of_parent(play)


def test_none_of_the_schemas_is_without_a_play(data_model):
    """The tests above go over what there is: here is how much that is."""
    found = {
        "blog": 6,
        "000-comments": 1,
        "003-oneone-v1": 1,
        "004-multi-relations": 2,
        "004-post-tag": 2,
        "v1-connections": 6,
        "v2-explicit": 6,
        "gen2-relations": 5,
        "self": 1,
        "composite": 1,
        "required": 2,
        "reserved": 2,
    }
    for param in ALL:
        if param.id in found:
            sources, options = param.values
            chosen = SchemaOptions(datastore=options.get("datastore"), flags=options.get("flags", {}))
            schema = load_schema(sources, chosen).schema
            told = [write_snippets(schema, link) for link in schema.links]
            assert sum(any(each.snippets for each in clients) for clients in told) == found.pop(param.id), (
                param.id
            )
    assert found == {}


SCALARS = """
enum Level { LOW HIGH }
type Inner { text: String! inner: [Inner!] level: Level }
type Loose { a: Int b: String }
type Every @model {
  id: ID! a: ID! b: String! c: Int! d: Float! e: Boolean! f: AWSDate! g: AWSTime! h: AWSDateTime! i: AWSTimestamp!
  j: AWSEmail! k: AWSJSON! l: AWSURL! m: AWSPhone! n: AWSIPAddress! o: Level! p: Inner! q: Loose! r: [AWSDate!]!
}
"""


@pytest.mark.parametrize("number", [1, 2, 3, 12])
def test_samples_are_valid_for_every_type(number):
    schema = load_schema([Source("schema.graphql", SCALARS)]).schema
    for field in schema.model("Every").stored_fields:
        coerce(schema, field.type, sample_value(schema, field, number))


def test_samples_of_different_numbers_differ_where_they_can():
    schema = load_schema([Source("schema.graphql", SCALARS)]).schema
    fields = [field for field in schema.model("Every").stored_fields if field.name not in {"e", "o"}]
    for field in fields:
        assert sample_value(schema, field, 1) != sample_value(schema, field, 2), field.name


def snippets(text: str, link: str, client: Client, **options: Any) -> ClientSnippets:
    schema = load_schema([Source("schema.graphql", text)], SchemaOptions(**options)).schema
    (told,) = [each for each in write_snippets(schema, schema.link(link)) if each.client is client]
    return told


def codes(told: ClientSnippets, action: Action) -> list[str]:
    return [snippet.code for snippet in told.snippets if snippet.action is action]


TEAM = """
type Team @model { id: ID! name: String! members: [Member] @hasMany }
type Member @model { id: ID! name: String! role: Role! team: Team @belongsTo }
enum Role { LEAD CREW }
"""


def test_the_data_client_is_spoken_to_as_its_handbook_does():
    told = snippets(TEAM, "Member.team", Client.DATA)
    assert codes(told, Action.CREATE) == [
        """const { data: team } = await client.models.Team.create({ name: "My name" });

const { data: member } = await client.models.Member.create({
  name: "My name",
  role: "LEAD",
  teamMembersId: team.id,
});"""
    ]
    assert codes(told, Action.QUERY)[:2] == [
        """const { data: team } = await client.models.Team.get({ id: "MY_TEAM_ID" });
const { data: members } = await team.members();""",
        """const { data: teamWithMembers } = await client.models.Team.get(
  { id: "MY_TEAM_ID" },
  { selectionSet: ["id", "members.*"] },
);""",
    ]
    assert codes(told, Action.UNLINK) == [
        """await client.models.Member.update({
  id: "MY_MEMBER_ID",
  teamMembersId: null,
});"""
    ]
    assert codes(told, Action.DELETE)[1] == (
        '// Its members are deleted too.\nawait client.models.Team.delete({ id: "MY_TEAM_ID" });'
    )


def test_datastore_is_spoken_to_as_its_handbook_does():
    told = snippets(TEAM, "Member.team", Client.DATASTORE)
    assert codes(told, Action.SETUP) == [
        'import { DataStore } from "aws-amplify/datastore";\nimport { Team, Member, Role } from "./models";'
    ]
    assert codes(told, Action.CREATE) == [
        """const team = await DataStore.save(new Team({ name: "My name" }));

const member = await DataStore.save(
  new Member({ name: "My name", role: Role.LEAD, team }),
);"""
    ]
    assert codes(told, Action.QUERY) == [
        """const team = await DataStore.query(Team, "YOUR_TEAM_ID");
const members = await team.members.toArray();""",
        """const members = await DataStore.query(
  Member,
  (member) => member.team.id.eq("YOUR_TEAM_ID"),
);""",
        """const member = await DataStore.query(Member, "YOUR_MEMBER_ID");
const team = await member.team;""",
    ]
    assert codes(told, Action.UNLINK) == [
        """const member = await DataStore.query(Member, "YOUR_MEMBER_ID");
await DataStore.save(
  Member.copyOf(member, (updated) => {
    updated.team = null;
  }),
);"""
    ]


def test_comments_say_what_datastore_does_by_itself():
    told = snippets(TEAM, "Member.team", Client.DATASTORE, on_delete={"Member.team": OnDelete.RESTRICT})
    assert codes(told, Action.DELETE)[1].splitlines()[:2] == [
        "// DataStore itself deletes the members that it holds. On the server:",
        "// refused while it has members.",
    ]


def test_datastore_that_is_switched_off_is_told_as_such():
    told = snippets(TEAM, "Member.team", Client.DATASTORE, datastore=False)
    assert "switched off" in told.notes[0]
    assert told.snippets


def test_models_that_need_each_other_have_no_snippets_and_a_reason():
    text = """
    type Hen @model { id: ID! eggID: ID! egg: Egg @hasOne(fields: ["eggID"]) }
    type Egg @model { id: ID! henID: ID! hen: Hen @hasOne(fields: ["henID"]) }
    """
    for client in Client:
        told = snippets(text, "Hen.egg", client)
        assert told.snippets == ()
        assert told.notes == ("An egg needs a hen and a hen needs an egg, so none can be created first.",)


def test_a_model_that_needs_itself_has_no_snippets_and_a_reason():
    text = 'type Node @model { id: ID! nextID: ID! next: Node @hasOne(fields: ["nextID"]) }'
    assert snippets(text, "Node.next", Client.GRAPHQL).notes == (
        "A node needs another node, so none can be created first.",
    )


def test_operations_that_the_schema_leaves_out_are_not_used():
    text = """
    type Post @model(queries: null, mutations: { create: "makePost", update: null, delete: null }) {
      id: ID! tags: [Tag] @hasMany
    }
    type Tag @model(queries: { list: "allTags", get: null }) { id: ID! label: String }
    """
    told = snippets(text, "Post.tags", Client.GRAPHQL)
    assert "makePost(input: {})" in codes(told, Action.CREATE)[0]
    assert codes(told, Action.QUERY) == []
    assert told.notes == (
        "The schema has no query for a post by its key.",
        "The schema lets nobody delete a post.",
    )
    assert codes(snippets(text, "Post.tags", Client.DATA), Action.CREATE) == []


def test_a_model_that_counts_its_versions_says_which_one_is_meant():
    text = """
    type Owner @model { id: ID! ferries: [Ferry] @connection(name: "O") }
    type Ferry @model @versioned { id: ID! owner: Owner @connection(name: "O") }
    """
    assert "expectedVersion: 1" in codes(snippets(text, "Ferry.owner", Client.GRAPHQL), Action.DELETE)[0]
    told = snippets(text, "Ferry.owner", Client.DATA)
    assert any("sends no expected version" in note for note in told.notes)


@pytest.mark.parametrize("client", Client)
def test_names_that_javascript_keeps_are_no_variables(client):
    file, text = SCHEMAS["reserved"]
    schema = load_schema([Source(file, text)]).schema
    variables = {
        snippet.subject
        for link in schema.links
        for told in write_snippets(schema, link)
        if told.client is client
        for snippet in told.snippets
    }
    assert not variables & {"class", "new", "data", "default", "client"}
