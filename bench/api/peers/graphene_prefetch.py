"""graphene-django as a careful team uses it: each level of a document is fetched at once.

`DjangoObjectType` for the types; what a document selects decides about `select_related` and sliced `Prefetch`es. It
has AppSync's shape, so it is asked what Joinery is asked.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import graphene
from django.db.models import Model, Prefetch, QuerySet
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from graphene_django import DjangoObjectType
from graphene_django.views import GraphQLView
from graphql import FieldNode, GraphQLResolveInfo, IntValueNode

from bench.api.peers import models

__all__ = ["urlpatterns"]

DEFAULT_LIMIT = 100


# Types


def page_of(kind: type[graphene.ObjectType]) -> type[graphene.ObjectType]:
    """Return the connection of a type."""
    fields = {"items": graphene.List(kind), "next_token": graphene.String()}
    return type(f"{kind.__name__}Page", (graphene.ObjectType,), fields)


def list_of(page: type[graphene.ObjectType], **arguments: Any) -> graphene.Field:
    return graphene.Field(page, limit=graphene.Int(default_value=DEFAULT_LIMIT), **arguments)


class Tag(DjangoObjectType):
    class Meta:
        model, fields = models.Tag, ["id", "label"]


class Comment(DjangoObjectType):
    class Meta:
        model, fields = models.Comment, ["id", "content"]


class ArticleTag(DjangoObjectType):
    tag = graphene.Field(Tag)

    class Meta:
        model, fields = models.ArticleTag, ["id"]


class ArticlePublication(DjangoObjectType):
    class Meta:
        model, fields = models.Publication, ["id", "name"]


class Article(DjangoObjectType):
    publication_id = graphene.ID()
    publication = graphene.Field(ArticlePublication)
    tags = list_of(page_of(ArticleTag))
    comments = list_of(page_of(Comment))

    class Meta:
        model = models.Article
        fields = ["id", "title", "body", "rating", "status", "created_at", "updated_at"]

    def resolve_tags(self, info: GraphQLResolveInfo, limit: int) -> dict[str, Any]:
        return page(self.prefetched_tags, limit)

    def resolve_comments(self, info: GraphQLResolveInfo, limit: int) -> dict[str, Any]:
        return page(self.prefetched_comments, limit)


class Publication(DjangoObjectType):
    articles = list_of(page_of(Article))

    class Meta:
        model, fields = models.Publication, ["id", "name"]

    def resolve_articles(self, info: GraphQLResolveInfo, limit: int) -> dict[str, Any]:
        return page(self.prefetched_articles, limit)


class IntFilter(graphene.InputObjectType):
    gt = graphene.Int()


class IDFilter(graphene.InputObjectType):
    gt = graphene.ID()


class ArticleFilter(graphene.InputObjectType):
    rating = IntFilter()


class PublicationFilter(graphene.InputObjectType):
    id = IDFilter()


class Query(graphene.ObjectType):
    get_article = graphene.Field(Article, id=graphene.ID(required=True))
    list_articles = list_of(page_of(Article), filter=ArticleFilter())
    list_publications = list_of(page_of(Publication), filter=PublicationFilter())

    def resolve_get_article(self, info: GraphQLResolveInfo, id: str) -> models.Article | None:
        return with_selected(models.Article.objects.filter(pk=id), info.field_nodes[0], info).first()

    def resolve_list_articles(self, info: GraphQLResolveInfo, **arguments: Any) -> dict[str, Any]:
        return listed(models.Article.objects.all(), info, **arguments)

    def resolve_list_publications(self, info: GraphQLResolveInfo, **arguments: Any) -> dict[str, Any]:
        return listed(models.Publication.objects.all(), info, **arguments)


# Fetching


def listed(
    rows: QuerySet[Any],
    info: GraphQLResolveInfo,
    limit: int,
    filter: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    conditions = {
        f"{name}__{how}": value for name, given in (filter or {}).items() for how, value in given.items()
    }
    rows = with_selected(rows.filter(**conditions), items_in(info.field_nodes[0]), info)
    return page(rows[: limit + 1], limit)


def page(found: Sequence[Model] | QuerySet[Any], limit: int) -> dict[str, Any]:
    """Return a connection out of the rows of a page and the one after."""
    rows = list(found)
    token = base64.b64encode(str(rows[limit - 1].pk).encode()).decode() if len(rows) > limit else None
    return {"items": rows[:limit], "next_token": token}


def with_selected(rows: QuerySet[Any], node: FieldNode, info: GraphQLResolveInfo) -> QuerySet[Any]:
    """Return a query that fetches the relations selected below a field, too."""
    for field in selected(node):
        if not field.selection_set:
            continue
        relation = rows.model._meta.get_field(field.name.value)
        if relation.one_to_many:
            children = relation.related_model.objects.all()
            children = with_selected(children, items_in(field), info)[: limit_of(field, info) + 1]
            fetched = Prefetch(relation.name, children, to_attr=f"prefetched_{relation.name}")
            rows = rows.prefetch_related(fetched)
        else:
            rows = rows.select_related(relation.name)
    return rows


def selected(node: FieldNode) -> list[FieldNode]:
    chosen = node.selection_set.selections if node.selection_set else ()
    return [each for each in chosen if isinstance(each, FieldNode)]


def items_in(node: FieldNode) -> FieldNode:
    return next(field for field in selected(node) if field.name.value == "items")


def limit_of(node: FieldNode, info: GraphQLResolveInfo) -> int:
    given = next((each.value for each in node.arguments if each.name.value == "limit"), None)
    if given is None:
        return DEFAULT_LIMIT
    return int(given.value if isinstance(given, IntValueNode) else info.variable_values[given.name.value])


schema = graphene.Schema(query=Query)
urlpatterns = [path("graphql", csrf_exempt(GraphQLView.as_view(schema=schema)))]
