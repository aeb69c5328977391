"""The schemas of the documents, and the ways to the records: the two clients and the site."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from datamodel.registry import DataModel
from tests.documents.clients import DataClient, DataStore, Gql
from tests.documents.site import Site

FOLDER = Path(__file__).parents[1] / "data" / "documents"


@pytest.fixture
def document(activate_schema: Callable[..., DataModel]) -> Callable[..., DataModel]:
    """Activate a schema of the documents, as it is written there: ``document("003-oneone-v1.graphql")``."""

    def activate(name: str, **options: object) -> DataModel:
        return activate_schema((FOLDER / name).read_text(), name, **options)

    return activate


@pytest.fixture
def data_client(gql: Gql) -> Callable[[DataModel], DataClient]:
    """`generateClient()` for a data model."""
    return lambda datamodel: DataClient(datamodel, gql)


@pytest.fixture
def data_store(gql: Gql) -> Callable[[DataModel], DataStore]:
    """DataStore for a data model."""
    return lambda datamodel: DataStore(datamodel, gql)


@pytest.fixture
def site(admin_client: Client) -> Site:
    """The site, signed in, scripts turned off."""
    return Site(admin_client)
