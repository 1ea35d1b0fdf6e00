"""The one tree's settings: everything out of the box, more by environment variables (docs/settings.md)."""

import django_stubs_ext
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from meet.env import BASE_DIR, allowed_hosts, data_dir, env, public_url, secret_key, sign_in_providers

django_stubs_ext.monkeypatch()  # ModelAdmin[Room] and its kind, at run time too

DEBUG = env.bool("MEET_DEBUG", default=False)
DATA_DIR = data_dir()
SECRET_KEY = secret_key(DATA_DIR)

# Where it listens and what people type
HOST = env.str("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
TLS = env.str("MEET_TLS", default="")
if TLS not in {"", "self-signed"}:
    raise ImproperlyConfigured("MEET_TLS is either empty or self-signed.")
WEB_PROCESSES = env.int("WEB_PROCESSES", default=1)
TRUSTED_PROXIES = env.str("MEET_TRUSTED_PROXIES", default="")
PUBLIC_URL = public_url(HOST, PORT, tls=bool(TLS))
HTTPS = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = allowed_hosts(HOST, PUBLIC_URL)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "daphne",
    "meet",
    "signaling",
    "bookings",
    "chat",
    "rooms",
    "organizations",
    "accounts",
    "mail",
    "jobs",
    "audit",
    "realtime",
    "heroicons",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.openid_connect",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.forms",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "meet.middleware.access_lines",
    "django.middleware.security.SecurityMiddleware",
    "meet.middleware.permissions_policy",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.personal_settings",
    "audit.middleware.origin_of_changes",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "meet.urls"
ASGI_APPLICATION = "meet.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["heroicons.templatetags.heroicons", "django.templatetags.static"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    }
]

FORM_RENDERER = "meet.forms.FormRenderer"

# Data
SQLITE = {
    "timeout": 5,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;",
}
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'meet.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE
    DATABASES["default"]["CONN_MAX_AGE"] = None  # opening one reads the whole schema
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
else:
    DATABASES["default"]["OPTIONS"] = {
        "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", default=10), "timeout": 10}
    }
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL], "prefix": "meet"},
        }
    }
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
else:
    if WEB_PROCESSES > 1:
        raise ImproperlyConfigured(
            "WEB_PROCESSES above 1 needs REDIS_URL: processes tell each other events through it."
        )
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 10_000}}}
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Files
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "uploads"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "meet.storage.StaticStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
CHAT_FILE_LIMIT_MB = env.int("CHAT_FILE_LIMIT_MB", default=10)
CHAT_QUOTA_MB = env.int("CHAT_QUOTA_MB", default=200)
if not 1 <= CHAT_FILE_LIMIT_MB <= 11:
    raise ImproperlyConfigured("CHAT_FILE_LIMIT_MB is between 1 and 11: no request is larger than 12 MB.")
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
] + [{"NAME": "accounts.passwords.MaximumLengthValidator"}]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/rooms/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.signup.SignUpDetails"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "signup": "accounts.forms.SignUpForm",
    "add_email": "accounts.forms.ChangeEmailForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
# A school or an office is one address; what stops guessing is the limit on failures.
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "signup": "60/m/ip", "login_failed": "10/m/ip,5/5m/key"}
SOCIALACCOUNT_ADAPTER = "accounts.adapters.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS, SIGN_IN_ORIGINS = sign_in_providers()

# Cookies, headers
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# A browser that met HSTS refuses a certificate nobody signed, so a self-signed server does not ask for it.
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS and not TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = bool(SECURE_HSTS_SECONDS)
SECURE_SSL_REDIRECT = False
# security.W008: whoever ends TLS redirects from HTTP; this server listens on one port and speaks one of the two.
SILENCED_SYSTEM_CHECKS = ["security.W008"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF, *SIGN_IN_ORIGINS],
        "frame-ancestors": [NONE],
    }
}

# Language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

# Mail
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Meet <meet@localhost>")
EMAIL_TIMEOUT = 20  # seconds

# Background work
JOB_WORKERS = env.int("JOB_WORKERS", default=1)
if not 0 <= JOB_WORKERS <= 16:
    raise ImproperlyConfigured("JOB_WORKERS is from 0, for none beside this server, to 16.")
# Each worker has a thread for each queue.
TASKS = {"default": {"BACKEND": "jobs.backend.RetryingBackend", "QUEUES": ["default", "upkeep", "mail"]}}

# Audit
AUDIT_RETENTION_DAYS = env.int("AUDIT_RETENTION_DAYS", default=400)
if AUDIT_RETENTION_DAYS < 90:
    raise ImproperlyConfigured("AUDIT_RETENTION_DAYS is at least 90.")

# Media
RELAY_WORKERS = env.int("RELAY_WORKERS", default=1)
RELAY_PORT = env.int("RELAY_PORT", default=3479)
RELAY_ADDRESSES = env.list("RELAY_ADDRESSES", default=[])
RELAY_DIR = DATA_DIR / "relay"  # of the workers' control sockets
if not 0 <= RELAY_WORKERS <= 64:
    raise ImproperlyConfigured("RELAY_WORKERS is from 0, for no relay, to 64.")
STUN_URLS = env.list("STUN_URLS", default=[])
TURN_URLS = env.list("TURN_URLS", default=[])
TURN_SECRET = env.str("TURN_SECRET", default="")
if TURN_URLS and len(TURN_SECRET) < 16:
    raise ImproperlyConfigured("TURN_URLS needs TURN_SECRET, the static-auth-secret of coturn, 16 characters or more.")

# Operation
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
if METRICS_TOKEN and len(METRICS_TOKEN) < 16:
    raise ImproperlyConfigured("METRICS_TOKEN is at least 16 characters.")

LOG_FORMAT = env.str("LOG_FORMAT", default="line")
if LOG_FORMAT not in {"line", "json"}:
    raise ImproperlyConfigured("LOG_FORMAT is either line or json.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"routes": {"()": "meet.logs.RoutesForPaths"}},
    "formatters": {"line": {"()": "meet.logs.Lines"}, "json": {"()": "meet.logs.JsonLines"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["routes"]},
        "failures": {"class": "meet.logs.Failures", "level": "ERROR", "filters": ["routes"]},
    },
    "root": {"handlers": ["console", "failures"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"level": "INFO"},  # without Django's own handlers
        # Paths of rooms are invitations, so what is not found is not written down.
        "django.request": {"level": "ERROR"},
        "django.server": {"level": "INFO"},
        # They tell every address that they try.
        "aioice": {"level": "WARNING"},
        "aiortc": {"level": "WARNING"},
    },
}
