from __future__ import annotations

from pathlib import Path

from datamodel.schema import rules
from datamodel.schema.codes import Code
from datamodel.schema.rules.validating import COMPLETE_RULES, RAW_RULES
from tests.schema.checks import printed, problems_of

NO_RULES = {"__init__", "validating", "findings"}


def test_every_rule_is_run():
    folder = Path(rules.__file__).parent
    modules = {rule.__module__.rsplit(".", 1)[-1] for rule in (*RAW_RULES, *COMPLETE_RULES)}
    assert modules == {path.stem for path in folder.glob("*.py")} - NO_RULES


def test_codes_are_unique():
    assert len({code.value for code in Code}) == len(Code.__members__)


def test_all_problems_are_reported_at_once_in_order():
    text = """
    type Post @model @searchible {
      id: [ID]
      author: Auther @belongsTo
      n: Int @default(value: "abc")
      n: Int
    }
    """
    assert printed(problems_of(text)) == [
        "2:18 E010 Unknown directive '@searchible'.",
        "3:3 E031 Field 'Post.id' cannot identify records: it is a list.",
        "4:11 E022 Field 'Post.author' refers to unknown type 'Auther'.",
        "5:3 E050 Default 'abc' of 'Post.n' is not a valid Int.",
        "6:3 E021 Field 'Post.n' is defined more than once.",
    ]


def test_no_rule_reports_more_than_anybody_reads():
    text = "type A @model { " + " ".join(f"f{number}: Nope{number}" for number in range(290)) + " }"
    assert len(problems_of(text)) == 200
