"""The limit's statements: written by hand, one for each operation, each answering with the finished JSON.

Of several spellings these are the quickest known; `limit.py` puts nothing around them but HTTP.
"""

# ruff: noqa: S608  every statement is written here, nothing comes into it from outside

from __future__ import annotations

__all__ = ["LOG", "LOGGED", "STATEMENTS", "TABLES"]

TABLES = {
    "Publication": ("publication", {"id": "id", "name": "name"}),
    "Tag": ("tag", {"id": "id", "label": "label"}),
    "Article": (
        "article",
        {
            "id": "id",
            "title": "title",
            "body": "body",
            "rating": "rating",
            "status": "status",
            "publicationId": "publication_id",
        },
    ),
    "ArticleTag": ("article_tag", {"id": "id", "articleId": "article_id", "tagId": "tag_id"}),
    "Comment": ("comment", {"id": "id", "content": "content", "articleId": "article_id"}),
}
"""Table and columns of each model; the times come on top."""

_ARTICLE = (
    "'id',a.id,'title',a.title,'body',a.body,'rating',a.rating,'status',a.status,'publicationId',"
    "a.publication_id,'createdAt',a.created_at,'updatedAt',a.updated_at"
)

_STORED = _ARTICLE.replace("a.", "")
_COLUMNS = "title,body,rating,status,publication_id"

_SQLITE = {
    "M1": f"""INSERT INTO article(id,{_COLUMNS},created_at,updated_at) VALUES(lower(hex(randomblob(16))),?,?,?,?,?,
        strftime('%Y-%m-%dT%H:%M:%fZ'),strftime('%Y-%m-%dT%H:%M:%fZ')) RETURNING json_object({_STORED})""",
    "M2": f"""UPDATE article SET title=?,rating=?,updated_at=strftime('%Y-%m-%dT%H:%M:%fZ') WHERE id=?
        RETURNING json_object({_STORED})""",
    "Q1": f"SELECT json_object({_ARTICLE}) FROM article a WHERE a.id=?",
    "Q2": f"""SELECT '{{"items":['||group_concat(j,',')||']}}' FROM (SELECT json_object({_ARTICLE}) AS j
        FROM article a WHERE a.rating>? ORDER BY a.id LIMIT 100)""",
    "Q3": """SELECT '{"items":['||group_concat(j,',')||']}' FROM (SELECT '{"id":'||json_quote(a.id)
        ||',"title":'||json_quote(a.title)||',"publication":{"name":'||json_quote(p.name)||'},"tags":{"items":['||
        coalesce((SELECT group_concat(j,',') FROM (SELECT '{"tag":{"label":'||json_quote(t.label)||'}}' AS j
          FROM article_tag x JOIN tag t ON t.id=x.tag_id WHERE x.article_id=a.id ORDER BY x.id LIMIT 10)),'')
        ||']},"comments":{"items":['||
        coalesce((SELECT group_concat(j,',') FROM (SELECT '{"id":'||json_quote(c.id)||',"content":'
          ||json_quote(c.content)||'}' AS j FROM comment c WHERE c.article_id=a.id ORDER BY c.id LIMIT 20)),'')
        ||']}}' AS j FROM article a JOIN publication p ON p.id=a.publication_id
        WHERE a.rating>? ORDER BY a.id LIMIT 50)""",
    "Q4": """SELECT '{"items":['||group_concat(j,',')||']}' FROM (SELECT '{"id":'||json_quote(p.id)
        ||',"name":'||json_quote(p.name)||',"articles":{"items":['||coalesce((SELECT group_concat(j,',') FROM
          (SELECT '{"id":'||json_quote(a.id)||',"title":'||json_quote(a.title)||',"comments":{"items":['||
            coalesce((SELECT group_concat(j,',') FROM (SELECT '{"id":'||json_quote(c.id)||',"content":'
              ||json_quote(c.content)||'}' AS j FROM comment c WHERE c.article_id=a.id ORDER BY c.id LIMIT 10)),'')
          ||']}}' AS j FROM article a WHERE a.publication_id=p.id ORDER BY a.id LIMIT 50)),'')||']}}' AS j
        FROM publication p WHERE p.id>? ORDER BY p.id LIMIT 10)""",
}

_NOW = """to_char(now() AT TIME ZONE 'UTC','YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""

_POSTGRESQL = {
    "M1": f"""INSERT INTO article(id,{_COLUMNS},created_at,updated_at)
        VALUES(gen_random_uuid()::text,%s,%s,%s,%s,%s,{_NOW},{_NOW}) RETURNING json_build_object({_STORED})::text""",
    "M2": f"""UPDATE article SET title=%s,rating=%s,updated_at={_NOW} WHERE id=%s
        RETURNING json_build_object({_STORED})::text""",
    "Q1": f"SELECT json_build_object({_ARTICLE})::text FROM article a WHERE a.id=%s",
    "Q2": f"""SELECT json_build_object('items',json_agg(j))::text FROM (SELECT json_build_object({_ARTICLE}) AS j
        FROM article a WHERE a.rating>%s ORDER BY a.id LIMIT 100) a""",
    "Q3": """SELECT json_build_object('items',json_agg(j))::text FROM (SELECT json_build_object('id',a.id,
        'title',a.title,'publication',json_build_object('name',p.name),
        'tags',(SELECT json_build_object('items',coalesce(json_agg(j),'[]')) FROM
          (SELECT json_build_object('tag',json_build_object('label',t.label)) AS j
           FROM article_tag x JOIN tag t ON t.id=x.tag_id WHERE x.article_id=a.id ORDER BY x.id LIMIT 10) r),
        'comments',(SELECT json_build_object('items',coalesce(json_agg(j),'[]')) FROM
          (SELECT json_build_object('id',c.id,'content',c.content) AS j
           FROM comment c WHERE c.article_id=a.id ORDER BY c.id LIMIT 20) r)) AS j
        FROM article a JOIN publication p ON p.id=a.publication_id WHERE a.rating>%s ORDER BY a.id LIMIT 50) r""",
    "Q4": """SELECT '{"items":['||string_agg(j,',')||']}' FROM (SELECT '{"id":'||to_json(p.id)||',"name":'
        ||to_json(p.name)||',"articles":{"items":['||coalesce((SELECT string_agg(j,',') FROM
          (SELECT '{"id":'||to_json(a.id)||',"title":'||to_json(a.title)||',"comments":{"items":['||
            coalesce((SELECT string_agg(j,',') FROM (SELECT '{"id":'||to_json(c.id)||',"content":'
              ||to_json(c.content)||'}' AS j FROM comment c WHERE c.article_id=a.id ORDER BY c.id LIMIT 10) r),'')
          ||']}}' AS j FROM article a WHERE a.publication_id=p.id ORDER BY a.id LIMIT 50) r),'')||']}}' AS j
        FROM publication p WHERE p.id>%s ORDER BY p.id LIMIT 10) r""",
}

LOG = (
    """CREATE TABLE change (id {serial}, "group" {text} NOT NULL, version integer NOT NULL, model {text} NOT NULL,
        "key" {text} NOT NULL, label {text} NOT NULL, action {text} NOT NULL, "before" {json}, "after" {json},
        record_version integer NOT NULL, is_tombstone boolean NOT NULL, actor_kind {text} NOT NULL,
        actor {text} NOT NULL, cause {text} NOT NULL, at bigint NOT NULL)""",
    'CREATE INDEX change_of_record ON change (model, "key", id)',
    'CREATE INDEX change_in_group ON change ("group", model, action, id)',
    'CREATE INDEX change_of_kind ON change (model, action, "group")',
    'CREATE INDEX change_by_actor ON change (actor_kind, actor, model, action, "group")',
    "CREATE INDEX change_at ON change (at)",
)
"""A change log as Joinery keeps one, with the indexes that it has on both databases."""

_LOGGED = '"group",version,model,"key",label,action,"before","after",record_version,is_tombstone,actor_kind,actor,cause,at'
_SQLITE_MS = "CAST((julianday('now')-2440587.5)*86400000 AS integer)"
_SQLITE_LOG = f"""INSERT INTO change({_LOGGED}) SELECT lower(hex(randomblob(16))),1,'Article',id,title,{{action}},
        {{before}},json_object({_STORED}),1,0,'api_key','bench','',{_SQLITE_MS} FROM article WHERE"""

LOGGED = {
    "L1": (
        _SQLITE["M1"],
        _SQLITE_LOG.format(action="'create'", before="NULL") + " rowid=last_insert_rowid()",
    ),
    "L2": (
        f"SELECT json_object({_STORED}),id FROM article WHERE id=:id",
        "UPDATE article SET title=:title,rating=:rating,updated_at=strftime('%Y-%m-%dT%H:%M:%fZ') WHERE id=:id"
        f" RETURNING json_object({_STORED})",
        _SQLITE_LOG.format(action="'update'", before=":before") + " id=:id",
    ),
}
"""SQLite's writes that are logged: several statements, in a transaction."""

_POSTGRESQL_LOG = f"""INSERT INTO change({_LOGGED}) SELECT gen_random_uuid()::text,1,'Article',id,title,{{action}},
        {{before}},to_jsonb(made),1,false,'api_key','bench','',(extract(epoch from now())*1000)::bigint FROM made"""
_POSTGRESQL["L1"] = f"""WITH made AS ({_POSTGRESQL["M1"].partition(" RETURNING ")[0]} RETURNING *),
        logged AS ({_POSTGRESQL_LOG.format(action="'create'", before="NULL")})
        SELECT json_build_object({_STORED})::text FROM made"""
_POSTGRESQL["L2"] = f"""WITH given AS (SELECT %s::text AS title,%s::integer AS rating,%s::text AS id),
        old AS (SELECT article.* FROM article JOIN given USING (id) FOR NO KEY UPDATE OF article),
        made AS (UPDATE article SET title=given.title,rating=given.rating,updated_at={_NOW} FROM given
          WHERE article.id=given.id RETURNING article.*),
        logged AS ({_POSTGRESQL_LOG.format(action="'update'", before="(SELECT to_jsonb(old) FROM old)")})
        SELECT json_build_object({_STORED})::text FROM made"""

STATEMENTS = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}
