"""strawberry-django with its optimizer, which prefetches nested pages by window functions, and its document caches."""

from __future__ import annotations

import strawberry
import strawberry_django
from django.db.models import Q
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from strawberry import auto
from strawberry.django.views import GraphQLView
from strawberry.extensions import ParserCache, ValidationCache
from strawberry_django.optimizer import DjangoOptimizerExtension

from bench.api.peers import models

__all__ = ["urlpatterns"]


@strawberry_django.type(models.Tag)
class Tag:
    id: strawberry.ID
    label: auto


@strawberry_django.type(models.ArticleTag, pagination=True)
class ArticleTag:
    id: strawberry.ID
    tag: Tag


@strawberry_django.type(models.Comment, pagination=True)
class Comment:
    id: strawberry.ID
    content: auto


@strawberry_django.type(models.Article, pagination=True)
class Article:
    id: strawberry.ID
    title: auto
    body: auto
    rating: auto
    status: auto
    # Without `only` the optimizer leaves the column out and reads it row by row.
    publication_id: strawberry.ID = strawberry_django.field(only=["publication_id"])
    created_at: auto
    updated_at: auto
    publication: Publication
    tags: list[ArticleTag]
    comments: list[Comment]


@strawberry_django.type(models.Publication, pagination=True)
class Publication:
    id: strawberry.ID
    name: auto
    articles: list[Article]


@strawberry_django.filter_type(models.Article, lookups=True)
class ArticleFilter:
    rating: auto


@strawberry_django.filter_type(models.Publication)
class PublicationFilter:
    @strawberry_django.filter_field
    def id_gt(self, value: strawberry.ID, prefix: str) -> Q:
        return Q(**{f"{prefix}id__gt": value})


@strawberry.type
class Query:
    articles: list[Article] = strawberry_django.field(filters=ArticleFilter)
    publications: list[Publication] = strawberry_django.field(filters=PublicationFilter)

    @strawberry_django.field
    def article(self, id: strawberry.ID) -> Article | None:
        return models.Article.objects.filter(pk=id).first()


schema = strawberry.Schema(query=Query, extensions=[DjangoOptimizerExtension, ParserCache, ValidationCache])
urlpatterns = [path("graphql", csrf_exempt(GraphQLView.as_view(schema=schema, graphql_ide=None)))]
