from __future__ import annotations

import pytest

from datamodel.schema import pluralize
from datamodel.schema.plural import IRREGULAR, UNCOUNTABLE

MEASURED = {
    "Category": "Categories",
    "Person": "People",
    "Mouse": "Mice",
    "Series": "Series",
    "Data": "Data",
    "Bus": "Buses",
    "Box": "Boxes",
    "Knife": "Knives",
    "Status": "Statuses",
    "Criterion": "Criteria",
    "Users": "Users",
    "todo": "todos",
    "API": "APIS",
    "A": "AS",
    "blog_post": "blog_posts",
    "post2": "post2s",
    "Child": "Children",
    "Leaf": "Leaves",
    "Hero": "Heroes",
    "Analysis": "Analyses",
    "UserProduct": "UserProducts",
    "OrderStatus": "OrderStatuses",
    "ProductSeries": "ProductSeries",
    "Fish": "Fish",
    "MyPerson": "MyPeople",
    "Quiz": "Quizzes",
    "WHISKEY": "WHISKEYS",
    "Woman": "Women",
    "": "",
}
"""What the library answers."""


@pytest.mark.parametrize(("word", "plural"), MEASURED.items())
def test_it_forms_the_plural_that_the_library_forms(word, plural):
    assert pluralize(word) == plural


@pytest.mark.parametrize("word", sorted(UNCOUNTABLE))
def test_an_uncountable_word_stays(word):
    assert pluralize(word) == word
    assert pluralize(word.upper()) == word.upper()


@pytest.mark.parametrize(("word", "plural"), IRREGULAR.items())
def test_an_irregular_word_keeps_its_letter_case(word, plural):
    assert pluralize(word) == plural
    assert pluralize(word.title()) == ("WE" if word == "i" else plural.title())
