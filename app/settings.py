"""Settings by environment. Nothing else in the program reads the environment."""

from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

DEVELOPMENT_SECRET = "huiyuan-development-secret-do-not-use"  # noqa: S105  (refused in production, see `checked`)
SECRET_LENGTH_MIN = 32
SECRET_CHARACTERS_MIN = 8
"""Different ones. Of texts of 32 random hexadecimal digits, which are 128 bits, one in twenty million has fewer; of
words that are repeated to fill the length, most have."""
SECRET_EXAMPLE = "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"  # noqa: S105  (makes one)


class Environment(StrEnum):
    """Where the server runs; production refuses default secrets and turns introspection and the IDE off."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class SettingsError(Exception):
    """The settings cannot be served with; the message says which one and why."""


class Settings(BaseSettings):
    """Each field is the environment variable `HUIYUAN_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix="HUIYUAN_", frozen=True)

    database_url: str = Field(
        default="sqlite://var/huiyuan.db",
        description="`sqlite://path` (one server process) or `postgres://user:password@host:port/name` (any number).",
    )
    bus_url: str = Field(
        default="memory://",
        description="Wake-up hints between server processes: `memory://`, `redis://host:port/0` or `postgres://…`.",
    )
    secret_key: str = Field(
        default=DEVELOPMENT_SECRET, description="Signs member tokens; in production 32 random characters or more."
    )
    host: str = Field(default="127.0.0.1", description="Address that the server listens on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port that the server listens on.")
    seal_file: Path | None = Field(
        default=None, description="File to which the hash of each new block of transfers is appended; none by default."
    )
    env: Environment = Field(default=Environment.DEVELOPMENT, description="`development` or `production`.")

    @property
    def is_production(self) -> bool:
        """Whether this is a production server."""
        return self.env is Environment.PRODUCTION

    def checked(self) -> "Settings":
        """Return these settings, or raise `SettingsError` when production would run on a weak secret."""
        if self.is_production and is_weak(self.secret_key):
            raise SettingsError(
                f"HUIYUAN_SECRET_KEY must be set to {SECRET_LENGTH_MIN} characters or more, and to random ones, when "
                f"HUIYUAN_ENV=production. This makes one: {SECRET_EXAMPLE}"
            )
        return self


def is_weak(secret: str) -> bool:
    """Whether a secret is the default, too short, or of a form that no random text has.

    Nothing can tell a guessable text from a random one by its looks; this finds what was typed to have the length.
    """
    return (
        secret == DEVELOPMENT_SECRET
        or len(secret) < SECRET_LENGTH_MIN
        or len(set(secret)) < SECRET_CHARACTERS_MIN
        or secret in (secret + secret)[1:-1]  # a piece, repeated
    )


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the process's settings, read once."""
    return Settings().checked()
