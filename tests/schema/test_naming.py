from __future__ import annotations

from datamodel.schema import naming


def test_only_the_first_letter_changes():
    assert naming.upper_first("user_comments") == "User_comments"
    assert naming.lower_first("APIKey") == "aPIKey"
    assert naming.upper_first("") == ""


def test_words_are_joined_in_camel_case():
    assert naming.camel_case(("APIKey", "ownerURL", "id")) == "aPIKeyOwnerURLId"
    assert naming.camel_case(("blogPost", "user_comments", "id")) == "blogPostUser_commentsId"


def test_an_index_is_named_after_the_plural_and_its_fields():
    assert naming.default_query_name("Mouse", ("cage_id", "weight")) == "miceByCage_idAndWeight"
    assert naming.gen2_query_name("Mouse", ("cage_id", "weight")) == "listMouseByCage_idAndWeight"


def test_a_long_subscription_name_is_cut_to_fifty_characters():
    model = "ThisModelHasAnExtraordinarilyLongNameForAModel"
    cut = naming.subscription_name("onCreate", model, is_cut=True)
    assert cut == "onCreateThisModelHasAnExtraordinarilyLongName909fb"
    assert naming.subscription_name("onCreate", model, is_cut=False) == f"onCreate{model}"
