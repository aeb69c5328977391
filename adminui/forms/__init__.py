"""Forms for records: controls per type, and the form that holds them and the relationships."""

from __future__ import annotations

from adminui.forms.record import RecordForm

__all__ = ["RecordForm"]
