"""The settings of Django, all from the environment, so that no secret stands in a file of the program.

`tieout serve` fills the environment in. Whoever runs the application by other means gives:

TIEOUT_WORKSPACE      the folder of the workspace
TIEOUT_DATABASE       or TIEOUT_DATABASE_FILE: postgres://USER:PASSWORD@HOST/NAME; by default SQLite in `app/`
TIEOUT_SECRET_KEY     or TIEOUT_SECRET_KEY_FILE: what sessions are signed with
TIEOUT_HOSTS          host names it answers to, with commas between; by default this machine only
TIEOUT_HTTPS          1 where people reach it by https: cookies are then for https only, and HSTS is sent
TIEOUT_QUESTION_MEMORY   what one question may take, by default 2GB
TIEOUT_OIDC_...       single sign-on: people/single_sign_on.py
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF

from tieout.basics.workspace import Workspace
from tieout.show.web.environment import given
from tieout.show.web.logs import log_settings
from tieout.show.web.people.single_sign_on import origins_of, providers_of
from tieout.version import VERSION as PROGRAM

WORKSPACE = Workspace(Path(os.environ.get("TIEOUT_WORKSPACE", ".")).absolute())
HTTPS = os.environ.get("TIEOUT_HTTPS") == "1"


SECRET_KEY = given("TIEOUT_SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = [host.strip() for host in os.environ.get("TIEOUT_HOSTS", "localhost,127.0.0.1,[::1]").split(",")]
ROOT_URLCONF = "tieout.show.web.urls"
WSGI_APPLICATION = "tieout.show.web.wsgi.application"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.humanize",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "tieout.operate.people",
    "tieout.show.web",
]
MIDDLEWARE = [
    "tieout.show.web.health.Health",
    "tieout.show.web.logs.RequestLog",
    "tieout.show.web.errors.NotAllowed",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "tieout.show.web.limits.limit_bodies",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tieout.show.web.chrome.chrome",
            ],
            "libraries": {"words": "tieout.show.web.words"},
        },
    }
]

# -- what people decide

DATABASES = {
    "default": dj_database_url.parse(
        given("TIEOUT_DATABASE") or f"sqlite:///{WORKSPACE.app / 'tieout.db'}",
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "pragma journal_mode = wal; pragma synchronous = normal",
    }
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    DATABASES["default"].setdefault("OPTIONS", {})["connect_timeout"] = 5
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"

# -- who is there

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_ADAPTER = "tieout.show.web.people.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "tieout.show.web.people.adapters.SingleSignOn"
SOCIALACCOUNT_PROVIDERS = providers_of(os.environ)
# An identity signs in to the account of its verified address, and is linked to it by that.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
OIDC_DOMAIN = os.environ.get("TIEOUT_OIDC_DOMAIN", "").strip().lower()
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
# What limits the tries of signing in is counted where all web workers see it.
# Counts are culled only far beyond what anybody could fill: else filling it would wash the counts of others out.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "tieout_limits",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if HTTPS else 0
MFA_TOTP_ISSUER = "Tieout"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 12}  # type: ignore[assignment]

# -- what a browser may do

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF, *origins_of(os.environ)],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

# -- what does not change

STATIC_URL = "static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "tieout.show.web.files.NamedByContent"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 31_536_000
VERSION = PROGRAM
API_RATE = 600
LOGGING = log_settings()
CSRF_FAILURE_VIEW = "tieout.show.web.errors.csrf_failed"
