"""Settings by environment. Nothing else in the program reads the environment."""

from enum import StrEnum
from functools import lru_cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

DEVELOPMENT_SECRET = "huiyuan-development-secret-do-not-use"  # noqa: S105  (refused in production, see `checked`)
SECRET_LENGTH_MIN = 32


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
    secret_key: str = Field(default=DEVELOPMENT_SECRET, description="Signs member tokens; 32 characters or more.")
    host: str = Field(default="127.0.0.1", description="Address that the server listens on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port that the server listens on.")
    env: Environment = Field(default=Environment.DEVELOPMENT, description="`development` or `production`.")

    @property
    def is_production(self) -> bool:
        """Whether this is a production server."""
        return self.env is Environment.PRODUCTION

    def checked(self) -> "Settings":
        """Return these settings, or raise `SettingsError` when production would run on a weak secret."""
        if self.is_production and (self.secret_key == DEVELOPMENT_SECRET or len(self.secret_key) < SECRET_LENGTH_MIN):
            raise SettingsError(
                f"HUIYUAN_SECRET_KEY must be set to {SECRET_LENGTH_MIN} characters or more when HUIYUAN_ENV=production."
            )
        return self


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the process's settings, read once."""
    return Settings().checked()
