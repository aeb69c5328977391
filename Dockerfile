# syntax=docker/dockerfile:1
FROM python:3.12-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
# Dependencies first: this layer stays cached while only the code changes.
COPY pyproject.toml README.md ./
RUN mkdir adminui datamodel \
    && touch adminui/__init__.py datamodel/__init__.py \
    && python -m venv /venv \
    && /venv/bin/pip install -e .
COPY manage.py ./
COPY adminui ./adminui
COPY datamodel ./datamodel
COPY templates ./templates
COPY static ./static
COPY examples ./examples
# Hashed names, gzip and brotli copies, made once here and served by whitenoise.
RUN JOINERY_COLLECT=1 /venv/bin/python manage.py collectstatic --noinput \
    && /venv/bin/python -m compileall -q adminui datamodel

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin joinery \
    && mkdir /var/lib/joinery \
    && chown joinery:joinery /var/lib/joinery
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    JOINERY_VAR=/var/lib/joinery \
    JOINERY_CONTAINER=1
WORKDIR /app
USER 10001
VOLUME /var/lib/joinery
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0", "--port", "8000"]
