"""What a record is called, its key and its values, as SQL: equal to what Python makes of the same row."""

from __future__ import annotations

from datamodel.modelgen.in_sql.forms import Forms, forms_of
from datamodel.modelgen.in_sql.sqlite import teach

__all__ = ["Forms", "forms_of", "teach"]
