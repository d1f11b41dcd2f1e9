"""A PostgreSQL of one's own, from Debian's binaries: started for a test, stopped and started again in it, and ended."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Self

import psycopg
from psycopg import sql


def binaries() -> Path | None:
    """Give the newest PostgreSQL of this machine."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


class Postgres:
    """A server on a port of loopback, in a folder of its own; where a test is root, it is somebody else."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="tieout-postgres-"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"postgres://tieout:a-secret-of-tests@127.0.0.1:{self.port}/postgres"
        self.become = None
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self.become = nobody.pw_uid
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)

    def __enter__(self) -> Self:
        try:
            self.make()
            self.start()
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, program: str, *options: str) -> None:
        """Run one of its programs to its end."""
        command = [str(self.programs / program), *options]
        done = subprocess.run(
            command, user=self.become, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout

    def make(self) -> None:
        """Make its files."""
        (self.folder / "password").write_text("a-secret-of-tests")
        (self.folder / "password").chmod(0o644)
        self.run(
            "initdb", "--pgdata=data", "--username=tieout", "--pwfile=password", "--auth=scram-sha-256", "--no-sync",
            "--encoding=UTF8", "--locale=C",
        )  # fmt: skip

    def another(self, name: str) -> str:
        """Make one more database in it, and give its address."""
        with psycopg.connect(self.url, autocommit=True) as server:
            server.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        return self.url.removesuffix("/postgres") + f"/{name}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        self.run("pg_ctl", "start", "-w", "-D", "data", "-l", "log", "-o", options)

    def stop(self) -> None:
        """Stop it at once, whoever is connected."""
        self.run("pg_ctl", "stop", "-w", "-D", "data", "-m", "immediate")
