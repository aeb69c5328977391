"""THE write path: the site, the API, import and undo all write records here.

Every function is one transaction, inside another one a part of it, and takes names and values as the API
has them. Who writes is said by ``access.acting_as``.
"""

from __future__ import annotations

from datamodel.modelgen.errors import (
    Blocked,
    ConditionFailed,
    DatabaseBusy,
    RecordError,
    RecordExists,
    RecordNotFound,
    RelatedRecordNotFound,
    RelatedRecordTaken,
    RestrictedDelete,
    ValidationFailed,
    VersionConflict,
)
from datamodel.records.forms import StagedLinks, save_with_links
from datamodel.records.linking import link, link_many, unlink, unlink_many
from datamodel.records.merging import Conflicts
from datamodel.records.together import delete_together, update_together
from datamodel.records.transactions import transact
from datamodel.records.writing import create, delete, find, update
from datamodel.registry import SchemaChanged

__all__ = [
    "Blocked",
    "ConditionFailed",
    "Conflicts",
    "DatabaseBusy",
    "RecordError",
    "RecordExists",
    "RecordNotFound",
    "RelatedRecordNotFound",
    "RelatedRecordTaken",
    "RestrictedDelete",
    "SchemaChanged",
    "StagedLinks",
    "ValidationFailed",
    "VersionConflict",
    "create",
    "delete",
    "delete_together",
    "find",
    "link",
    "link_many",
    "save_with_links",
    "transact",
    "unlink",
    "unlink_many",
    "update",
    "update_together",
]
