"""The explorer in Chromium: completing, running, reading the documentation, history, code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import assert_accessible, screenshot
from tests.server import API_KEY, PASSWORD, Server

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install -e '.[test]'")
expect = playwright.expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GET = """query GetPost($id: ID!) {
  getPost(id: $id) {
    title
  }
}
"""

FITTING = {
    "{ getPost(id: 1) { author { | } } }": {"username", "profile", "__typename"},
    "{ listPosts(filter: { status: { | } }) { items { id } } }": {"eq", "ne"},
    "mutation { createPost(input: { title: \"x\", status: | }) { id } }": {"DRAFT", "ACTIVE", "INACTIVE"},
    "mutation { createUser(input: { address: { city: \"x\", | } }) { id } }": {"street", "country"},
    "query ($a: Model|) { a }": {"ModelPostFilterInput", "ModelSortDirection"},
    "query ($a: ID, $b: Int) { getPost(id: $|) { id } }": {"$a"},
    "{ getPost(id: 1) { id @| } }": {"@include", "@skip"},
    "{ getPost(id: 1) { id @include(|) } }": {"if"},
    "{ getPost(id: 1) { ...| } } fragment P on Post { id } fragment U on User { id }": {"on", "P"},
    "{ getPost(id: 1) { ... on | } }": {"Post"},
    "fragment P on Po|": {"Post"},
    "subscription { onCreateT|": {"onCreateTag"},
    "{ __s|": {"__schema"},
}  # fmt: skip
NOTHING_FITS = ["# a |", '{ getPost(id: "|") { id } }', "{ nothing { | } }", "{ a(limit: 1|"]

LAID_OUT = {
    '{"a":1.0,"b":[],"c":{}}': '{\n  "a": 1.0,\n  "b": [],\n  "c": {}\n}',
    '[[1,"{"],{"a":null}]': '[\n  [\n    1,\n    "{"\n  ],\n  {\n    "a": null\n  }\n]',
    '{"big":12345678901234567890}': '{\n  "big": 12345678901234567890\n}',
}
UGLY = [
    "query A($id:ID!,$f:[String!]!=[\"a\"]@x){getPost(id:$id){...U @include(if:$f)... on Post{id}}} fragment U on User{id}",
    'mutation{createPost(input:{title:"""block\n text""" status:ACTIVE links:["a" "b"]}){id}}',
    "{a(b:{cccccccccccccccccccccccccccc:{eq:1},dddddddddddddddddddddddddddddddd:{eq:[1,2]}}){id}}",
]  # fmt: skip


@pytest.fixture
def explorer(page: playwright.Page) -> playwright.Page:
    """The explorer with its schema loaded."""
    page.goto("/explorer/")
    expect(page.get_by_role("tabpanel", name="Documentation").get_by_text("listPosts")).to_be_visible()
    return page


def operation(page: playwright.Page) -> playwright.Locator:
    return page.get_by_role("textbox", name="Operation")


def variables(page: playwright.Page) -> playwright.Locator:
    return page.get_by_role("textbox", name="Variables")


def answer(page: playwright.Page) -> playwright.Locator:
    return page.locator("#answer-text")


def write(page: playwright.Page, text: str) -> None:
    """Put a text into the operation; ``|`` is where the cursor goes."""
    operation(page).fill(text.replace("|", ""))
    if "|" in text:
        operation(page).evaluate("(area, at) => area.setSelectionRange(at, at)", text.index("|"))


def options(page: playwright.Page) -> list[str]:
    found = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    return [text.split("\n")[0] for text in found.all_inner_texts()]


def suggested(page: playwright.Page, text: str) -> list[str]:
    """What the schema has for the place of ``|`` in a document."""
    found: list[str] = page.evaluate(
        """async ([text, offset]) => {
          const root = document.getElementById("explorer");
          const schema = await (await fetch(`${root.dataset.schema}?v=${root.dataset.schemaKey}`)).json();
          return window.joinery.explorer.suggest(schema, text, offset).items.map((item) => item.label);
        }""",
        [text.replace("|", ""), text.index("|")],
    )
    return found


def in_page(page: playwright.Page, function: str, text: str) -> Any:
    return page.evaluate(f"(text) => window.joinery.explorer.{function}(text)", text)


class TestCompleting:
    def test_an_operation_is_written_with_the_keyboard_alone(self, explorer: playwright.Page) -> None:
        write(explorer, "")
        area = operation(explorer)
        area.press("Control+Space")
        assert options(explorer) == ["query", "mutation", "subscription", "fragment"]
        expect(area).to_have_attribute("aria-activedescendant", re.compile("option-0$"))
        area.press("Escape")
        expect(explorer.get_by_role("listbox")).to_be_hidden()
        area.press_sequentially("{")
        area.press("Enter")
        area.press_sequentially("listPo")
        assert options(explorer) == ["listPosts", "listPostTags"]
        area.press("ArrowDown")
        expect(area).to_have_attribute("aria-activedescendant", re.compile("option-1$"))
        area.press("ArrowUp")
        area.press("Enter")
        area.press_sequentially("ite")
        area.press("Tab")
        area.press_sequentially("tit")
        area.press("Tab")
        expect(area).to_be_focused()
        area.press("Control+Enter")
        expect(answer(explorer)).to_contain_text("How dovetails hold")

    def test_arguments_and_values_are_completed(self, explorer: playwright.Page) -> None:
        write(explorer, "query A($word: String) {\n  listPosts(|) { items { id } }\n}")
        area = operation(explorer)
        area.press("Control+Space")
        assert options(explorer) == ["filter", "limit", "nextToken"]
        area.press("Enter")
        assert options(explorer) == ["{…}", "null"]
        area.press("Enter")
        area.press_sequentially("tit")
        area.press("Enter")
        area.press("Enter")
        area.press_sequentially("eq")
        area.press("Control+Space")
        area.press("Enter")
        assert options(explorer) == ["$word", "null"]
        area.press("Enter")
        expect(area).to_have_value(re.compile(re.escape("listPosts(filter: { title: { eq: $word } })")))

    def test_a_suggestion_is_chosen_with_the_mouse(self, explorer: playwright.Page) -> None:
        write(explorer, "{ getPost(id: 1) { | } }")
        operation(explorer).press("Control+Space")
        explorer.get_by_role("option", name="publishedOn").click()
        expect(operation(explorer)).to_have_value("{ getPost(id: 1) { publishedOn } }")
        expect(operation(explorer)).to_be_focused()

    def test_what_was_inserted_can_be_undone(self, explorer: playwright.Page) -> None:
        write(explorer, "{ getPost(id: 1) { | } }")
        operation(explorer).press("Control+Space")
        operation(explorer).press("Enter")
        expect(operation(explorer)).to_have_value("{ getPost(id: 1) { id } }")
        operation(explorer).press("Control+z")
        expect(operation(explorer)).to_have_value("{ getPost(id: 1) {  } }")

    def test_what_is_suggested_fits_its_place(self, explorer: playwright.Page) -> None:
        for text, expected in FITTING.items():
            assert expected <= set(suggested(explorer, text)), text
        for text in NOTHING_FITS:
            assert suggested(explorer, text) == [], text
        assert suggested(explorer, "query ($a: ID, $b: Int) { listPosts(limit: $|) { id } }") == ["$b"]


class TestProblems:
    def test_they_are_marked_before_running(self, explorer: playwright.Page) -> None:
        write(explorer, "{\n  listPosts { items { titel } }\n}")
        problem = explorer.get_by_role("list", name="Problems of the operation").get_by_role("listitem")
        expect(problem).to_contain_text("Did you mean 'title'")
        expect(explorer.locator(".marked")).to_have_text("titel")
        problem.get_by_role("button", name="Go to line 2, column 23").click()
        assert operation(explorer).evaluate("a => a.value.slice(a.selectionStart, a.selectionEnd)") == "titel"
        screenshot(explorer, "explorer-problem")

    def test_another_schema_version_is_followed(self, explorer: playwright.Page) -> None:
        told = {"problems": [], "schema": "another"}
        explorer.route("**/explorer/check/", lambda route: route.fulfill(json=told))
        with explorer.expect_response("**/schema.json?v=another"):
            write(explorer, "{ listTags { items { id } } }")
        expect(explorer.locator("#messages")).to_contain_text("Another schema version is active")

    def test_they_go_once_all_is_well(self, explorer: playwright.Page) -> None:
        write(explorer, "{ listPosts { items { ")
        problems = explorer.get_by_role("list", name="Problems of the operation")
        expect(problems).to_contain_text("Syntax Error")
        write(explorer, "{ listPosts { items { id } } }")
        expect(problems).to_be_hidden()

    def test_broken_variables_say_where(self, explorer: playwright.Page) -> None:
        variables(explorer).fill('{\n  "id": "x",\n}')
        expect(explorer.locator("#variables-problem")).to_contain_text(
            "Line 3, column 1: There is a comma too much"
        )
        expect(variables(explorer)).to_have_attribute("aria-invalid", "true")
        explorer.get_by_role("button", name="Run").click()
        expect(variables(explorer)).to_be_focused()
        expect(answer(explorer)).to_be_hidden()
        assert_accessible(explorer)


class TestRunning:
    def test_variables_are_sent_and_the_answer_is_measured(self, explorer: playwright.Page) -> None:
        write(explorer, GET)
        variables(explorer).fill('{"id": "post-dovetails"}')
        explorer.get_by_role("button", name="Run").click()
        expect(answer(explorer)).to_contain_text("How dovetails hold")
        expect(explorer.locator("#figures")).to_have_text(re.compile(r"^200 [\d,]+ ms \d+ bytes$"))
        expect(explorer.locator("#announce")).to_have_text(re.compile("Answered 200"))
        assert json.loads(answer(explorer).inner_text())["data"]["getPost"]["title"]

    def test_an_operation_is_chosen_among_several(self, explorer: playwright.Page) -> None:
        write(explorer, "query One { a: __typename }\nquery Two { b: __typename }")
        explorer.get_by_label("Operation to run").select_option("Two")
        explorer.keyboard.press("Control+Enter")
        expect(answer(explorer)).to_contain_text('"b": "Query"')

    def test_what_is_written_shows_on_the_site_as_mine(self, explorer: playwright.Page) -> None:
        write(explorer, 'mutation { createTag(input: { id: "tag-explored", label: "explored" }) { id } }')
        explorer.keyboard.press("Control+Enter")
        expect(answer(explorer)).to_contain_text("tag-explored")
        explorer.goto("/data/Tag/tag-explored/history/")
        expect(explorer.get_by_role("main")).to_contain_text("admin")

    def test_answers_are_laid_out_with_their_numbers_as_sent(self, explorer: playwright.Page) -> None:
        for text, laid in LAID_OUT.items():
            assert in_page(explorer, "layJson", text) == laid

    def test_prettify_keeps_comments(self, explorer: playwright.Page) -> None:
        write(explorer, "# all\nquery  A{listPosts(limit:3){items{id # key\n title}}}")
        explorer.get_by_role("button", name="Prettify").click()
        expect(operation(explorer)).to_have_value(
            "# all\nquery A {\n  listPosts(limit: 3) {\n    items {\n      id\n      # key\n      title\n    }\n  }\n}\n"
        )

    def test_prettify_changes_nothing_but_blanks(self, explorer: playwright.Page) -> None:
        for text in UGLY:
            pretty = in_page(explorer, "prettify", text)
            tokens = [
                [token["value"] for token in in_page(explorer, "tokensOf", each)] for each in (text, pretty)
            ]
            assert tokens[0] == tokens[1]
            assert in_page(explorer, "prettify", pretty) == pretty

    def test_prettify_leaves_what_is_broken(self, explorer: playwright.Page) -> None:
        write(explorer, "{ a { b }")
        explorer.get_by_role("button", name="Prettify").click()
        expect(operation(explorer)).to_have_value("{ a { b }")
        expect(explorer.locator("#messages")).to_contain_text("a bracket is missing")

    def test_an_ended_sign_in_is_told(self, explorer: playwright.Page) -> None:
        explorer.context.clear_cookies(name="sessionid")
        write(explorer, "{ listPosts { items { id } } }")
        explorer.keyboard.press("Control+Enter")
        expect(answer(explorer)).to_contain_text(re.compile("sign-in has"))
        expect(operation(explorer)).to_have_value("{ listPosts { items { id } } }")


class TestListening:
    def test_events_show_until_it_is_stopped(self, explorer: playwright.Page, server: Server) -> None:
        write(explorer, "subscription { onCreateTag { label } }")
        explorer.keyboard.press("Control+Enter")
        expect(explorer.locator("#figures")).to_have_text("listening 0 events")
        for label in ("first", "second"):
            server.graphql(f'mutation {{ createTag(input: {{ label: "heard {label}" }}) {{ label }} }}')
            expect(answer(explorer)).to_contain_text(f"heard {label}")
        expect(explorer.locator("#figures")).to_have_text("listening 2 events")
        assert_accessible(explorer)
        screenshot(explorer, "explorer-listening")
        explorer.get_by_role("button", name="Stop").click()
        expect(explorer.locator("#figures")).to_have_text("stopped 2 events")
        expect(explorer.get_by_role("button", name="Run")).to_be_visible()

    def test_what_cannot_be_listened_to_is_told(self, explorer: playwright.Page) -> None:
        write(explorer, "subscription { onCreateTag { labl } }")
        explorer.keyboard.press("Control+Enter")
        expect(answer(explorer)).to_contain_text("labl")
        expect(explorer.locator("#figures")).to_have_text("refused")
        expect(explorer.get_by_role("button", name="Run")).to_be_visible()


class TestDocumentation:
    def test_types_are_walked_through(self, explorer: playwright.Page) -> None:
        pane = explorer.get_by_role("tabpanel", name="Documentation")
        pane.get_by_role("button", name="PostStatus", exact=True).first.click()
        expect(pane.get_by_role("heading", name="PostStatus")).to_be_focused()
        expect(pane).to_contain_text("Where a post stands.")
        expect(pane).to_contain_text("INACTIVE")
        pane.get_by_role("button", name="Post", exact=True).click()
        expect(pane.get_by_role("heading", name="Post")).to_be_visible()
        pane.get_by_role("button", name="Schema", exact=True).click()
        expect(pane).to_contain_text("Queries")

    def test_names_are_searched(self, explorer: playwright.Page) -> None:
        pane = explorer.get_by_role("tabpanel", name="Documentation")
        pane.get_by_role("searchbox").fill("postsbyau")
        expect(pane).to_contain_text("1 found")
        pane.get_by_role("searchbox").fill("publishedOn")
        pane.get_by_role("button", name="Post.publishedOn", exact=True).click()
        expect(pane.get_by_role("heading", name="Post")).to_be_visible()
        pane.get_by_role("searchbox").fill("post")
        expect(pane.get_by_role("listitem").first).to_have_text("Post")
        pane.get_by_role("searchbox").fill("nothing at all")
        expect(pane).to_contain_text("Nothing has that in its name.")

    def test_a_root_field_becomes_an_operation(self, explorer: playwright.Page) -> None:
        explorer.get_by_role("button", name="Insert an example of getPost", exact=True).click()
        expect(operation(explorer)).to_have_value(
            re.compile(r"^query GetPost\(\$id: ID!\) \{\n  getPost\(id: \$id\) \{")
        )
        expect(variables(explorer)).to_have_value('{\n  "id": ""\n}')

    def test_examples_of_a_model_run(self, explorer: playwright.Page) -> None:
        explorer.get_by_role("tab", name="Examples").click()
        explorer.get_by_label("Model", exact=True).select_option("User")
        explorer.get_by_role("link", name="Get an user by its key").or_(
            explorer.get_by_role("link", name="Get a user by its key")
        ).click()
        explorer.keyboard.press("Control+Enter")
        expect(answer(explorer)).to_contain_text('"username"')


class TestHistory:
    def test_what_was_run_comes_back(self, explorer: playwright.Page) -> None:
        write(explorer, GET)
        variables(explorer).fill('{"id": "post-glue"}')
        explorer.keyboard.press("Control+Enter")
        expect(answer(explorer)).to_contain_text("glue")
        write(explorer, "{ listTags { items { id } } }")
        explorer.reload()
        expect(operation(explorer)).to_have_value("{ listTags { items { id } } }")
        explorer.get_by_role("tab", name="History").click()
        explorer.get_by_role("button", name=re.compile("^query GetPost")).click()
        expect(operation(explorer)).to_have_value(GET)
        expect(variables(explorer)).to_have_value('{"id": "post-glue"}')

    def test_it_holds_no_answers_and_can_be_deleted(self, explorer: playwright.Page) -> None:
        for number in range(3):
            write(explorer, f"query Q{number} {{ listPosts {{ items {{ title }} }} }}")
            explorer.keyboard.press("Control+Enter")
            expect(explorer.locator("#busy")).to_be_hidden()
        expect(answer(explorer)).to_contain_text("dovetails")
        kept = explorer.evaluate("JSON.stringify(localStorage)")
        assert "Q2" in kept
        assert "dovetails" not in kept
        explorer.get_by_role("tab", name="History").click()
        pane = explorer.get_by_role("tabpanel", name="History")
        pane.get_by_role("button", name="Delete query Q1 from the history").click()
        expect(pane.get_by_role("listitem")).to_have_count(2)
        pane.get_by_role("button", name="Delete all").click()
        expect(pane).to_contain_text("kept in this browser")
        assert "Q2 " not in explorer.evaluate(
            "JSON.stringify(JSON.parse(Object.values(localStorage)[0]).past)"
        )

    def test_it_is_bounded(self, explorer: playwright.Page) -> None:
        explorer.evaluate(
            """() => {
              const past = Array.from({ length: 80 }, (_, n) => ({ document: `{ a${n} }`, variables: "", operation: "", at: n }));
              localStorage.setItem("joinery.explorer.admin", JSON.stringify({ past }));
            }"""
        )
        explorer.reload()
        write(explorer, "{ __typename }")
        explorer.keyboard.press("Control+Enter")
        expect(answer(explorer)).to_contain_text("Query")
        assert explorer.evaluate("JSON.parse(localStorage['joinery.explorer.admin']).past.length") == 50


class TestCode:
    def test_it_has_the_address_and_no_key(self, explorer: playwright.Page, server: Server) -> None:
        write(explorer, GET)
        variables(explorer).fill('{"id": "it\'s \\"one\\""}')
        explorer.get_by_role("tab", name="Code").click()
        for language in ("curl", "JavaScript", "Python"):
            explorer.get_by_role("button", name=language, exact=True).click()
            code = explorer.locator("#code-text").inner_text()
            assert f"{server.url}/graphql" in code
            assert "YOUR-API-KEY" in code
            assert API_KEY not in code

    def test_the_python_runs(self, explorer: playwright.Page, capsys: pytest.CaptureFixture[str]) -> None:
        write(explorer, 'query A($id: ID!) { getPost(id: $id) { title } } # "quoted" \\n """')
        variables(explorer).fill('{"id": "post-dovetails"}')
        explorer.get_by_role("tab", name="Code").click()
        explorer.get_by_role("button", name="Python", exact=True).click()
        code = explorer.locator("#code-text").text_content() or ""
        exec(code.replace("YOUR-API-KEY", API_KEY), {})  # noqa: S102  the code that people copy
        assert "How dovetails hold" in capsys.readouterr().out

    def test_a_subscription_is_told_as_a_socket(self, explorer: playwright.Page) -> None:
        write(explorer, "subscription { onCreateTag { id } }")
        explorer.get_by_role("tab", name="Code").click()
        explorer.get_by_role("button", name="JavaScript", exact=True).click()
        expect(explorer.locator("#code-text")).to_contain_text("graphql-transport-ws")


class TestLooks:
    @pytest.fixture(params=["light", "dark"])
    def coloured(self, request: Any, browser: Any, server: Server) -> Iterator[playwright.Page]:
        context = browser.new_context(
            base_url=server.url, color_scheme=request.param, viewport={"width": 1280, "height": 900}
        )
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.goto("/accounts/login/")
        page.get_by_label("Username").fill("admin")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.goto("/explorer/")
        expect(page.get_by_role("tabpanel", name="Documentation").get_by_text("listPosts")).to_be_visible()
        yield page
        context.close()

    def test_it_is_accessible(self, coloured: playwright.Page) -> None:
        coloured.keyboard.press("Control+Enter")
        expect(answer(coloured)).to_be_visible()
        for tab in ("Documentation", "Examples", "History", "Code"):
            coloured.get_by_role("tab", name=tab).click()
            assert_accessible(coloured)
        write(coloured, "{ getPost(id: 1) { | } }")
        for width in (1920, 1280, 360):
            coloured.set_viewport_size({"width": width, "height": 800})
            expect(coloured.get_by_role("listbox")).to_be_hidden()
            assert coloured.evaluate("document.documentElement.scrollWidth") <= width
            operation(coloured).press("Control+Space")
            expect(coloured.get_by_role("listbox")).to_be_visible()
            assert_accessible(coloured)
            screenshot(coloured, f"explorer-{width}")

    def test_numbers_and_colours_follow_a_long_text(self, explorer: playwright.Page) -> None:
        write(explorer, "{\n" + "\n".join(f"  field{number}" for number in range(80)) + "\n}")
        operation(explorer).evaluate("(area) => { area.scrollTop = 700; }")
        number = explorer.locator(".editor").first.get_by_text("45", exact=True)
        beside = explorer.locator(".paint").first.get_by_text("field43", exact=True)
        expect(number).to_be_in_viewport()
        expect(beside).to_be_in_viewport()
        assert number.bounding_box()["y"] == pytest.approx(beside.bounding_box()["y"], abs=6)

    def test_the_tabs_are_walked_with_arrows(self, explorer: playwright.Page) -> None:
        explorer.get_by_role("tab", name="Documentation").focus()
        explorer.keyboard.press("ArrowRight")
        expect(explorer.get_by_role("tab", name="Examples")).to_be_focused()
        expect(explorer.get_by_role("tabpanel", name="Examples")).to_be_visible()
        explorer.keyboard.press("End")
        expect(explorer.get_by_role("tabpanel", name="Code")).to_be_visible()

    def test_it_works_without_scripts(self, no_javascript: playwright.Page) -> None:
        no_javascript.goto("/explorer/?model=Tag&example=list")
        no_javascript.get_by_role("button", name="Run").click()
        expect(no_javascript.locator("#answer-text")).to_contain_text("listTags")
        no_javascript.get_by_role("textbox", name="Variables").fill("{")
        no_javascript.get_by_role("button", name="Run").click()
        expect(no_javascript.locator("#variables-problem")).to_contain_text("not JSON")
        no_javascript.get_by_role("link", name="Create a tag").click()
        expect(operation(no_javascript)).to_have_value(re.compile("mutation CreateTag"))
