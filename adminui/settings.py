"""Settings, all from the environment (12-factor). `docs/operations.md` lists every one."""

from __future__ import annotations

import os
import secrets
import warnings
from pathlib import Path

import dj_database_url

BASE_DIR = Path(__file__).resolve().parent.parent


def env_flag(name: str, default: bool) -> bool:
    """Return whether the environment variable is on: 1, true, yes or on, in any case."""
    value = os.environ.get(name)
    return default if value is None else value.strip().lower() in {"1", "true", "yes", "on"}


def env_list(name: str) -> list[str]:
    """Return the comma-separated items of an environment variable."""
    return [item.strip() for item in os.environ.get(name, "").split(",") if item.strip()]


def env_int(name: str, default: int) -> int:
    """Return the environment variable as a whole number."""
    return int(os.environ.get(name, default))


DATASTORE_CONFLICTS = os.environ.get("DATASTORE_CONFLICTS", "automerge")
"""What becomes of a DataStore client's write that knows an older version: merged, or refused."""

VAR_DIR = Path(os.environ.get("JOINERY_VAR", BASE_DIR / "var"))
DEBUG = env_flag("DEBUG", False)

SECRET_KEY_FILE = VAR_DIR / "secret_key"


def read_secret_key() -> str:
    """Return SECRET_KEY from the environment, else the one `serve` keeps in the var folder."""
    if value := os.environ.get("SECRET_KEY"):
        return value
    if SECRET_KEY_FILE.exists():
        return SECRET_KEY_FILE.read_text().strip()
    return ""


# A key made up for this process keeps commands working that sign nothing; `adminui.wsgi` refuses it.
HAS_SECRET_KEY = bool(read_secret_key())
SECRET_KEY = read_secret_key() or secrets.token_urlsafe(50)

ALLOWED_HOSTS = env_list("ALLOWED_HOSTS") or ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
CORS_ALLOWED_ORIGINS = env_list("CORS_ALLOWED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "graphene_django",
    "datamodel",
    "adminui",
]

MIDDLEWARE = [
    "adminui.middleware.SecurityHeadersMiddleware",
    "adminui.middleware.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "adminui.middleware.BodySizeMiddleware",
    "adminui.middleware.NullMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "datamodel.middleware.DataModelMiddleware",
    "adminui.middleware.StaffOnlyMiddleware",
    "adminui.middleware.FailureMiddleware",
]

ROOT_URLCONF = "adminui.urls"
ASGI_APPLICATION = "adminui.asgi.application"
WSGI_APPLICATION = "adminui.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "adminui.context.site",
            ],
        },
    },
]

DATABASE_URL = os.environ.get("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'joinery.sqlite3'}"
# Requests run in threads of their own context: a connection lasts a request, or goes back to the pool.
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=0)}

DB_STATEMENT_TIMEOUT_S = env_int("DB_STATEMENT_TIMEOUT_S", 10)

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["OPTIONS"] = {
        "options": f"-c lock_timeout=3000 -c statement_timeout={DB_STATEMENT_TIMEOUT_S * 1000}"
        " -c idle_in_transaction_session_timeout=30000"
    }
    if env_flag("JOINERY_DB_POOL", False):
        DATABASES["default"]["OPTIONS"]["pool"] = {
            "min_size": 1,
            "max_size": env_int("JOINERY_DB_POOL_SIZE", 20),
            "timeout": 5,
        }

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
LOGIN_FAILURES = env_int("LOGIN_FAILURES", 10)
# The form of a record holds each of its values twice: as it is, and as it was.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
IMPORT_MAX_BYTES = env_int("IMPORT_MAX_BYTES", 100 * 2**20)
STRING_MAX_BYTES = env_int("STRING_MAX_BYTES", 400 * 2**10)
JSON_MAX_BYTES = env_int("JSON_MAX_BYTES", 400 * 2**10)
ARRAY_MAX_ITEMS = env_int("ARRAY_MAX_ITEMS", 10_000)
TRUSTED_PROXIES = env_list("TRUSTED_PROXIES")
CSRF_FAILURE_VIEW = "adminui.views.errors.csrf_failure"

# What fails is told where gunicorn's own messages go; Django alone would mail it to nobody.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "[%(asctime)s] [%(process)d] [%(levelname)s] %(name)s: %(message)s"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "ERROR"},
        # Strangers can make any number of these.
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
    },
}

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("JOINERY_STATIC_ROOT", BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
# Collected and compressed in the container image; served from where they lie elsewhere.
STATIC_IS_COLLECTED = (STATIC_ROOT / "staticfiles.json").exists()
WHITENOISE_USE_FINDERS = not STATIC_IS_COLLECTED
if not STATIC_IS_COLLECTED:
    # WhiteNoise warns of the folder that collectstatic would make; here the finders serve the files.
    warnings.filterwarnings("ignore", "No directory at", UserWarning)
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if STATIC_IS_COLLECTED or env_flag("JOINERY_COLLECT", False)
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
