"""How many records each model has, cheaply: counted again only after something was written."""

from __future__ import annotations

from itertools import batched as _batched  # noqa
