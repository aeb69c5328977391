"""The limit's tables as Django models, for the rivals that are built on Django."""

from __future__ import annotations

from django.db import models

__all__ = ["Article", "ArticleTag", "Comment", "Publication", "Tag"]


class Row(models.Model):
    """What all tables have. Times are kept as the text that they are answered with."""

    id = models.TextField(primary_key=True)
    created_at = models.TextField()
    updated_at = models.TextField()

    class Meta:
        abstract = True
        managed = False
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.pk)


class Publication(Row):
    name = models.TextField()

    class Meta(Row.Meta):
        db_table = "publication"


class Tag(Row):
    label = models.TextField()

    class Meta(Row.Meta):
        db_table = "tag"


class Article(Row):
    title = models.TextField()
    body = models.TextField()
    rating = models.IntegerField()
    status = models.TextField()
    publication = models.ForeignKey(Publication, models.CASCADE, related_name="articles")

    class Meta(Row.Meta):
        db_table = "article"


class ArticleTag(Row):
    article = models.ForeignKey(Article, models.CASCADE, related_name="tags")
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="articles")

    class Meta(Row.Meta):
        db_table = "article_tag"


class Comment(Row):
    content = models.TextField()
    article = models.ForeignKey(Article, models.CASCADE, related_name="comments")

    class Meta(Row.Meta):
        db_table = "comment"
