"""What the change log tells people: sets of changes in words, differences of values, histories."""

from __future__ import annotations
