"""PostgreSQL and Redis for the tests: those that run here, or else ones of our own for as long as the tests run.

What can be had in neither way is left out, said loudly at the end, and fails the run in CI.
"""

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

POSTGRES = "HUIYUAN_TEST_POSTGRES_URL"
REDIS = "HUIYUAN_TEST_REDIS_URL"
POSTGRES_DEFAULT = "postgres://root@127.0.0.1:5432/postgres"
REDIS_DEFAULT = "redis://127.0.0.1:6379/9"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ensure(stops: list[Callable[[], None]]) -> list[str]:
    """Set the two addresses in the environment; return what could not be had. `stops` gains what ends our own."""
    missing = []
    url = os.environ.setdefault(POSTGRES, POSTGRES_DEFAULT)
    if not asyncio.run(_postgres_answers(url)):
        own = _own_postgres(stops)
        missing += [] if own else [f"PostgreSQL does not answer at {url}, and initdb is not installed"]
        os.environ[POSTGRES] = own or url
    url = os.environ.setdefault(REDIS, REDIS_DEFAULT)
    if not _listens(url):
        own = _own_redis(stops)
        missing += [] if own else [f"Redis does not answer at {url}, and redis-server is not installed"]
        os.environ[REDIS] = own or url
    return missing


async def _postgres_answers(url: str) -> bool:
    try:
        await (await asyncpg.connect(url, timeout=5)).close()
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    return True


def _listens(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 6379), timeout=5).close()
    except OSError:
        return False
    return True


def _own_postgres(stops: list[Callable[[], None]]) -> str | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = shutil.which("initdb") or (str(found[-1]) if found else None)
    if initdb is None:
        return None
    folder = Path(tempfile.mkdtemp(prefix="huiyuan-postgres-"))
    # The server refuses to run as root; Debian's package brings a user for it.
    drop = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    if drop:
        shutil.chown(folder, "postgres", "postgres")
    port = free_port()
    data = folder / "data"
    pg_ctl = str(Path(initdb).with_name("pg_ctl"))
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
    subprocess.run([*drop, initdb, "-D", data, "-U", "root", "-A", "trust"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(
        [*drop, pg_ctl, "-D", data, "-w", "-l", folder / "log", "-o", options, "start"],
        check=True,
        stdout=subprocess.DEVNULL,
    )

    def stop() -> None:
        subprocess.run([*drop, pg_ctl, "-D", data, "-m", "immediate", "stop"], check=False, stdout=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)

    stops.append(stop)
    return f"postgres://root@127.0.0.1:{port}/postgres"


def _own_redis(stops: list[Callable[[], None]]) -> str | None:
    if shutil.which("redis-server") is None:
        return None
    port = free_port()
    folder = tempfile.mkdtemp(prefix="huiyuan-redis-")
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
        stdout=subprocess.DEVNULL,
    )

    def stop() -> None:
        server.kill()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)

    stops.append(stop)
    return f"redis://127.0.0.1:{port}/9"
