"""The addresses of the site. They are fixed: a model's name is an argument, looked up in the data model."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import include, path

from adminui.views import accounts, errors, health, home, keys, outputs, plan, relationships, schema, upload
from adminui.views.data_health import health_urlpatterns
from adminui.views.explorer import explorer_urlpatterns
from adminui.views.records import record_urlpatterns
from datamodel.graphql import explorer
from datamodel.graphql.outputs import amplify_outputs, aws_exports
from datamodel.graphql.snippets import snippets_of

urlpatterns = [
    path("", home.home, name="home"),
    path("data/", include(record_urlpatterns)),
    path("health/data/", include(health_urlpatterns)),
    path("", include("adminui.trail.urls")),
    path("schema/", schema.schema, name="schema"),
    path("schema/upload/", upload.upload, name="schema_upload"),
    path("schema/plans/<uuid:pk>/", plan.plan, name="schema_plan"),
    path("schema/plans/<uuid:pk>/text/", plan.plan_text, name="schema_plan_text"),
    path("schema/relationships/", relationships.relationships, name="schema_relationships"),
    path(
        "schema/relationships/<str:name>/",
        relationships.relationship_view(snippets_of),
        name="schema_relationship",
    ),
    path("schema/versions/", schema.versions, name="schema_versions"),
    path("schema/versions/<int:number>/download/", schema.download, name="schema_download"),
    path("explorer/", include(explorer_urlpatterns(explorer))),
    path("settings/keys/", keys.keys, name="keys"),
    path("settings/keys/<int:pk>/revoke/", keys.revoke_key, name="key_revoke"),
    path("accounts/login/", accounts.SignInView.as_view(), name="login"),
    path("accounts/logout/", login_not_required(LogoutView.as_view()), name="logout"),
    path(
        "amplify_outputs.json",
        outputs.outputs_view(amplify_outputs, "amplify_outputs.json"),
        name="amplify_outputs",
    ),
    path("aws-exports.json", outputs.outputs_view(aws_exports, "aws-exports.json"), name="aws_exports"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
