"""The addresses of what the change log tells: activity, trash, histories, undoing; and copies."""

from __future__ import annotations

from django.urls import path

from adminui.views import activity, duplicate, history, trash, undo

__all__ = ["urlpatterns"]

urlpatterns = [
    path("activity/", activity.activity, name="activity"),
    path("activity/<uuid:group>/", activity.activity_set, name="activity_set"),
    path("activity/<uuid:group>/undo/", undo.activity_undo, name="activity_undo"),
    path("activity/changes/<int:pk>/undo/", undo.change_undo, name="change_undo"),
    path("trash/", trash.trash, name="trash"),
    path("data/<str:model>/<str:key>/duplicate/", duplicate.record_duplicate, name="record_duplicate"),
    path("data/<str:model>/<str:key>/history/", history.record_history, name="record_history"),
    path("data/<str:model>/<str:key>/history/<int:change>/", history.record_revert, name="record_revert"),
]
