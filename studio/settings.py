"""Every environment variable is read here, and README.md lists them in one table."""

import os
import socket
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from studio.core import private_files

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var"))).resolve()
private_files.keep(VAR_DIR)


def _network_address(host: str) -> str:
    """Where others find this machine when it listens everywhere; no packet is sent."""
    if host not in ("0.0.0.0", "::", ""):  # noqa: S104
        return host
    # addresses of nobody (RFC 3849, RFC 5737): they pick our interface
    family, nobody, alone = (
        (socket.AF_INET6, "2001:db8::1", "::1")
        if host == "::"
        else (socket.AF_INET, "192.0.2.1", "127.0.0.1")
    )
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((nobody, 9))
            return probe.getsockname()[0]
    except OSError:
        return alone


def _public_url(url: str) -> str:
    """The studio's address from outside, without a slash at its end."""
    url = url.rstrip("/")
    if url and (
        urlsplit(url).scheme not in ("http", "https") or urlsplit(url).path or not urlsplit(url).hostname
    ):
        raise ImproperlyConfigured(
            f"PUBLIC_URL is a scheme and a host, like https://rushes.example, and not {url!r}."
        )
    return url


def _database(url: str) -> dict:
    """The database of an address; without one, SQLite in our folder, whatever that is called."""
    if not url:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(VAR_DIR / "studio.sqlite3")}
    if "#" in url:
        raise ImproperlyConfigured("DATABASE_URL is an address: write %23 for # in it.")
    return env.dj_db_url("DATABASE_URL")


def _as_asked_for(host: str) -> str:
    """A host as browsers name it: addresses of IPv6 stand in brackets."""
    return f"[{host}]" if ":" in host else host


# --- who we are ---------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "") or private_files.secret(VAR_DIR / "secret_key")
# in VAR_DIR: what was signed opens with them, or is known by them, so a backup holds them
KEY_FILES = ["secret_key", "signing.pem"]
C2PA_CERT = env.str("C2PA_CERT", "")  # files of a certificate with which copies are signed instead of our own
C2PA_KEY = env.str("C2PA_KEY", "")
HOST = env.str("HOST", "127.0.0.1")
PORT = env.int("PORT", 8000)
PUBLIC_URL = _public_url(env.str("PUBLIC_URL", ""))
NETWORK_ADDRESS = _network_address(HOST)  # in links, where we listen everywhere
_names = [HOST] if HOST == NETWORK_ADDRESS else [HOST, socket.gethostname(), NETWORK_ADDRESS]
_names = [_as_asked_for(name) for name in _names if name]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", *_names])
if PUBLIC_URL:
    ALLOWED_HOSTS.append(_as_asked_for(urlsplit(PUBLIC_URL).hostname or ""))
    CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
ROOT_URLCONF = "studio.urls"
ASGI_APPLICATION = "studio.asgi.application"

INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",  # with a site of our own, in studio/admin.py
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "channels",
    "studio.bootstrap",
    "studio.runtime.live",
    "studio.runtime.jobs",
    "studio.people.accounts",
    "studio.people.notifications",
    "studio.planning.projects",
    "studio.planning.references",
    "studio.planning.prompts",
    "studio.planning.ledger",
    "studio.layout",
    "studio.generation.renders",
    "studio.generation.reference_pages",
    "studio.generation.grids",
    "studio.review.dailies",
    "studio.generation.queue",
    "studio.review.cut",
    "studio.review.room",
    "studio.review.library",
    "studio.review.sharing",
    "studio.oversight.provider_check",
    "studio.oversight.members",
    "studio.generation.shotlist",
    "studio.oversight.cost_reports",
    "studio.oversight.reconciliation",
    "studio.integrations.sandbox",
]

MIDDLEWARE = [
    "studio.core.health.health",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "studio.core.middleware.PageGZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "studio.core.middleware.honest_pages",
    "studio.core.middleware.taken_forms",
    "studio.people.accounts.devices.remember",
    "studio.people.accounts.second_factor_views.required",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.static",
                "studio.layout.templatetags.layout",
                "studio.generation.renders.templatetags.takes",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "studio.layout.context_processors.studio",
            ],
        },
    }
]

# --- rows ---------------------------------------------------------------------------------
JOB_THREADS = env.int("JOB_THREADS", 6)
DATABASES = {"default": _database(env.str("DATABASE_URL", "").strip())}
IS_SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if IS_SQLITE:
    # A transaction that upgrades from read to write fails at once, whatever the timeout: take the
    # write lock at the start. FULL, because a webhook is answered only after a durable commit.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        transaction_mode="IMMEDIATE",
        timeout=20,
        init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    )
    DATABASES["default"]["CONN_MAX_AGE"] = None  # a new connection reads the whole schema first
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    # one that a restart of the server has ended is known by that before a page has it
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 1,
        # job threads keep theirs while they fetch; sweep, live news, callbacks and pages come on top
        "max_size": JOB_THREADS + 10,
        "timeout": 10,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "")
if REDIS_URL:
    CHANNEL_LAYERS: dict = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL]},
        }
    }
    _redis = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    CACHES: dict = {
        "default": _redis,
        "derived": {**_redis, "KEY_PREFIX": "derived"},
        "pages": {**_redis, "KEY_PREFIX": "page"},
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    _memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    CACHES = {
        "default": {**_memory, "OPTIONS": {"MAX_ENTRIES": 20_000}},
        "derived": {**_memory, "LOCATION": "derived", "OPTIONS": {"MAX_ENTRIES": 20_000}},
        "pages": {**_memory, "LOCATION": "pages", "OPTIONS": {"MAX_ENTRIES": 200}},  # some 150 KB each
    }
for _name in ("derived", "pages"):  # nothing that another build has drawn is shown
    CACHES[_name]["KEY_FUNCTION"] = "studio.core.release.cache_key"
    if DEBUG:  # whoever edits a template sees it at once
        CACHES[_name]["BACKEND"] = "django.core.cache.backends.dummy.DummyCache"

TASKS = {"default": {"BACKEND": "studio.runtime.jobs.backend.InProcessBackend", "QUEUES": []}}

# --- people -------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:signin"
LOGIN_REDIRECT_URL = "dashboard:projects"
LOGOUT_REDIRECT_URL = "accounts:signin"
PASSWORD_HASHERS = [
    "studio.people.accounts.hashers.OneAtATime",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# five wrong passwords for one address from one place, then a quarter of an hour of quiet
AXES_FAILURE_LIMIT = env.int("SIGNIN_FAILURES", 5)
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "studio.people.accounts.signin.locked_out"
AXES_USERNAME_FORM_FIELD = "username"  # what the sign-in form calls the address
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # sign-ins are written down as studio events
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_WHITELIST_CALLABLE = "studio.people.accounts.known_browsers.is_exempt"
AXES_CLIENT_IP_CALLABLE = "studio.core.client_addresses.household"
OTP_TOTP_ISSUER = "Rushes"
OTP_TOTP_THROTTLE_FACTOR = 0  # wrong codes count as wrong passwords do, so that nobody locks anybody out
PROXIES = env.int("PROXIES", 0)  # in front of us, each adding to X-Forwarded-For
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
OWNER_EMAIL = env.str("OWNER_EMAIL", "owner@rushes.local")
SIGNIN_LINK_SECONDS = 3 * 24 * 3600
PASSWORD_RESET_TIMEOUT = SIGNIN_LINK_SECONDS
INVITATION_DAYS = 14
TRASH_DAYS = 30
LOOKS_DAYS = env.int("LOOKS_DAYS", 365)  # for which it is known when a guest looked at what
MAILS_DAYS = env.int("MAILS_DAYS", 30)  # for which a mail that went out, or was given up, is kept

# --- mail ---------------------------------------------------------------------------------
# smtp://user:password@host:587?tls=true; without it mails are printed on the console, unless others come here
EMAIL_URL = env.str("EMAIL_URL", "")
if EMAIL_URL:
    _mail = env.dj_email_url("EMAIL_URL")
    EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail["EMAIL_USE_TLS"], _mail["EMAIL_USE_SSL"]
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = (
        "studio.people.mail.nowhere.NoMail"
        if PUBLIC_URL
        else "django.core.mail.backends.console.EmailBackend"
    )
SENDS_MAIL = bool(EMAIL_URL) or not PUBLIC_URL
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", "Rushes <rushes@localhost>")

# --- files --------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "studio.core.static_storage.CompressedOnce"},
}
UPLOAD_LIMIT_BYTES = 64 * 1024 * 1024
UPLOAD_LIMIT_PIXELS = 100_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6000  # all of a long shot list ticked
DATA_UPLOAD_MAX_NUMBER_FILES = 2000  # so that a folder of too many boards is refused in words

# --- providers ----------------------------------------------------------------------------
RUNWARE_API_KEY = env.str("RUNWARE_API_KEY", "")
RUNWARE_URL = env.str("RUNWARE_URL", "https://api.runware.ai/v1")
RUNWARE_RESULT_HOSTS = env.list("RUNWARE_RESULT_HOSTS", ["runware.ai"])  # and their subdomains
PROVIDER_TIMEOUT_SECONDS = env.float("PROVIDER_TIMEOUT_SECONDS", 30.0)
RESULT_LIMIT_BYTES = 2 * 1024**3
RESULT_TIMEOUT_SECONDS = 600

# --- renders ------------------------------------------------------------------------------
UNDO_SECONDS = env.float("UNDO_SECONDS", 5.0)
SWEEP_SECONDS = env.float("SWEEP_SECONDS", 1.0)
RESEND_GRACE_SECONDS = env.float("RESEND_GRACE_SECONDS", 30.0)  # before silence means "not taken"
RETRY_PACE = env.float("RETRY_PACE", 1.0)  # times the usual waits between attempts
IN_FLIGHT_LIMIT = env.int("IN_FLIGHT_LIMIT", 20)  # takes at a provider at once
BALANCE_SECONDS = env.int("BALANCE_SECONDS", 300)  # between questions about the provider's account
ENGINE = env.bool("ENGINE", True)

# --- limits, per minute; 0 turns one off --------------------------------------------------
PRESSES_PER_MINUTE = env.int("PRESSES_PER_MINUTE", 60)  # of Render, by one person
UPLOADS_PER_MINUTE = env.int("UPLOADS_PER_MINUTE", 300)  # pictures, by one person: a folder of boards
NOTES_PER_MINUTE = env.int("NOTES_PER_MINUTE", 60)  # on takes, by one person or from one guest's address
VERDICTS_PER_MINUTE = env.int("VERDICTS_PER_MINUTE", 120)
POINTS_PER_MINUTE = env.int("POINTS_PER_MINUTE", 60_000)  # of what they draw: three of the longest drawings
SIGNINS_PER_MINUTE = env.int("SIGNINS_PER_MINUTE", 30)  # tries from one address, whomever they name
GUESSES_PER_HOUR = env.int("GUESSES_PER_HOUR", 30)  # wrong passwords for one account, from wherever
MAILS_PER_HOUR = env.int("MAILS_PER_HOUR", 20)  # asked for by one person or from one address
WRONG_TOKENS_PER_MINUTE = env.int("WRONG_TOKENS_PER_MINUTE", 60)  # callbacks from one address
RATELIMIT_FAIL_OPEN = True  # a counter that cannot be read is no reason to stop somebody's work

# --- sandbox ------------------------------------------------------------------------------
SANDBOX_KEY = env.str("SANDBOX_KEY", "")  # read by `manage.py sandbox` alone
SANDBOX_WAIT_SECONDS = env.float("SANDBOX_WAIT_SECONDS", 4.0)
SANDBOX_WORKERS = env.int("SANDBOX_WORKERS", min(2, os.cpu_count() or 1))

# --- browsers -----------------------------------------------------------------------------
SECURE = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = "Lax"
if SECURE:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_SSL_HOST = PUBLIC_URL.split("//", 1)[1].split("/")[0]
    # our own sandbox calls back on loopback, without TLS; a token is the check there
    SECURE_REDIRECT_EXEMPT = [r"^hooks/"]
    SECURE_HSTS_SECONDS = 3600 * 24 * 30
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    # preloading is for good, and for every name under the domain: its owner's decision, not ours
    SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:"],
        "media-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- words and clocks ---------------------------------------------------------------------
LANGUAGE_CODE = "en"
TIME_ZONE = env.str("TIME_ZONE", "UTC")
USE_I18N = False
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "studio.core.log_redaction.Discreet",  # no tokens, no keys
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
    "loggers": {
        "studio": {"level": env.str("LOG_LEVEL", "INFO"), "handlers": ["console"], "propagate": False},
        # these come with handlers of their own, which would write past ours
        "django": {"level": "INFO", "handlers": []},
        "django.server": {"level": "INFO", "handlers": [], "propagate": True},
        "uvicorn": {"handlers": [], "propagate": True},
        "uvicorn.access": {"level": "WARNING", "handlers": [], "propagate": True},
        "httpx": {"level": "WARNING"},
    },
}
