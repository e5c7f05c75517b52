"""Django's settings. What differs between installations comes from the environment:

PRECEPTOR_HOME        folder for the embedded database and the secret key (default: ~/.preceptor)
DATABASE_URL          e.g. postgres://user:password@host/name (default: SQLite in PRECEPTOR_HOME)
PRECEPTOR_HOSTS       host names to answer to, separated by commas (default: this machine only)
PRECEPTOR_HTTPS       "1" where it is served over HTTPS: cookies are then sent over HTTPS alone
PRECEPTOR_SECRET_KEY  the secret key, where it should not be kept in a file
"""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, NONE, SELF

from preceptor.service.home import home, secret_key

# Whatever this program writes, the database first of all, is for the account that runs it alone.
os.umask(0o077)

HERE = Path(__file__).resolve().parent
HOME = home()
HTTPS = os.environ.get("PRECEPTOR_HTTPS") == "1"

SECRET_KEY = secret_key(HOME)
DEBUG = False
ALLOWED_HOSTS = [host for host in map(str.strip, os.environ.get("PRECEPTOR_HOSTS", "").split(",")) if host] or [
    "127.0.0.1",
    "localhost",
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "ninja",
    "preceptor.service.accounts",
    "preceptor.service.practices",
    "preceptor.service.patients",
    "preceptor.service.requests",
    "preceptor.service.oversight",
    "preceptor.service.ledger",
    "preceptor.service.symptoms",
    "preceptor.service.hooks",
    "preceptor.service.findings",
    "preceptor.service.learning",
]

MIDDLEWARE = [
    "preceptor.service.middleware.no_flood",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "preceptor.service.middleware.OwnPasswordFirst",
    "preceptor.service.middleware.never_cached",
]

ROOT_URLCONF = "preceptor.service.urls"
WSGI_APPLICATION = "preceptor.service.wsgi.application"

_CONTEXT_PROCESSORS = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "preceptor.service.practices.context.practice",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [HERE / "templates"],
        "OPTIONS": {
            "environment": "preceptor.service.jinja.environment",
            "context_processors": _CONTEXT_PROCESSORS,
        },
    },
    # allauth's and Django's own templates, where we have none of our own.
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": _CONTEXT_PROCESSORS},
    },
]

_SQLITE = f"sqlite:///{HOME / 'preceptor.sqlite3'}"
DATABASES = {"default": dj_database_url.parse(os.environ.get("DATABASE_URL") or _SQLITE, conn_max_age=60)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A write transaction takes its lock when it begins (it cannot fail half-way through for want of it),
    # and a commit has reached the disk before we say "saved".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "inbox"
ACCOUNT_TEMPLATE_EXTENSION = "jinja"
ACCOUNT_ADAPTER = "preceptor.service.accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {"change_password": "preceptor.service.accounts.forms.OwnPasswordForm"}
# Guessing is slowed down by account. By address it is only bounded: a whole practice may share one, and ten slips
# of the fingers on a Monday morning must not lock everybody out.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "100/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Preceptor"

SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0  # told over HTTPS alone
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "preceptor.service.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []
# Nothing is fetched from outside the practice's own server.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],  # the nonce: NHS.UK frontend's page has one line of script
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

FILE_UPLOAD_HANDLERS: list[str] = []  # no page takes a file

STATIC_URL = "static/"
STATICFILES_DIRS = [HERE / "static"]
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Logs name requests by id, never by what a patient wrote: see `logs`.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"wordless": {"()": "preceptor.service.logs.Wordless"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "wordless"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

# Seconds that a tool may take over one request before the request goes on without it.
TOOL_SECONDS = 5.0

# Who may call the CDS Hooks services, and how often: see `hooks.clients`. Without this file they are off.
CDS_HOOKS = HOME / "hooks.json"
