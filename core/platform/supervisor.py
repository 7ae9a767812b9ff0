"""`make run`: sets up what is missing, starts every part, keeps them alive, stops them all.

Whatever a setting names is used as it is; the rest is started here, inside MIKHAK_HOME.
"""

import http.client
import json
import os
import signal
import socket
import sys
import tempfile
import time
from types import FrameType

from config import settings as settings_module
from config.settings import SettingsError, home_folder
from core.platform import assets, production
from core.platform.homes import figures_folder, private_folder
from core.platform.lock import lock_home
from core.platform.nursery import Programs
from core.platform.parts import Kept, MailSink, Program, Server
from core.platform.postgres import EmbeddedPostgres
from core.platform.processes import PlatformError, last_lines, stop
from core.platform.valkey import EmbeddedValkey
from tenants import registry
from tenants.cli import application
from tenants.migrations import runner

LARGEST_LOG = 20_000_000
BOOT_PATIENCE = 180.0
# People who may wait for a web server that is being started.
BACKLOG = 2048


class Stopped(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal."""


class Supervisor:
    """One run: from the first progress line to the last process ended."""

    def __init__(self) -> None:
        self.home = home_folder(os.environ)
        self.environ = os.environ
        self.parts: list[Kept] = []
        self.programs = Programs(self.home / "log" / "nursery.log")
        self.stopping = False

    def run(self) -> int:
        """Set up, serve, stop. The exit status."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # else nobody could wait for a child
        try:
            self.set_up()
            self.serve()
        except Stopped:
            self.say("Stopping")
        except (PlatformError, SettingsError) as error:
            print(error, file=sys.stderr, flush=True)
            return 1
        finally:
            self.stop()
        return 0

    def set_up(self) -> None:
        """Everything before our own programs: settings, assets, servers, schema, demo."""
        private_folder(self.home)
        lock_home(self.home, self.say)
        (self.home / "run" / "embedded.json").unlink(missing_ok=True)
        settings_module.check(self.environ)
        self.port = int(self.environ.get("MIKHAK_PORT") or self.environ.get("PORT") or 8000)
        self.environ |= {"MIKHAK_HOME": str(self.home), "PORT": str(self.port)}
        # Before the programs are loaded: what counts looks for it when it is imported.
        self.environ["PROMETHEUS_MULTIPROC_DIR"] = str(figures_folder(self.home))
        self.listener = self._take_port()
        self._trim_logs()
        self.programs.wake()
        self.say("Front-end assets")
        assets.ensure()
        self.start_servers()
        self.settings = settings_module.load(self.environ)
        self.say("Database schema")
        self.migrate()
        self.refuse_a_demo()
        self.sign_ins = ""
        if self.settings.env == "demo":
            self.say("Demo offices, people and requests")
            self.sign_ins = self._command("demo", "load")

    def migrate(self) -> None:
        """Bring the shared schema and every office to the head of their lines."""
        report = runner.migrate(self.settings.owner_database_url)
        for slug, why in report.skipped.items():
            self.say(f"{slug} is not up to date: {why}")

    def refuse_a_demo(self) -> None:
        """Production does not start on what a demo left behind."""
        with application():
            found = production.faults(self.settings)
        if found:
            raise PlatformError("\n".join(["Mikhak cannot start:", *(f"  {why}" for why in found)]))

    def start_servers(self) -> None:
        """The embedded parts for the addresses that no setting names."""
        found: dict[str, str] = {"MIKHAK_PORT": str(self.port)}
        if not self.environ.get("MIKHAK_DATABASE_URL"):
            postgres = EmbeddedPostgres(self.home)
            self.keep("PostgreSQL", postgres)
            found["MIKHAK_DATABASE_URL"] = postgres.app_url
            found["MIKHAK_OWNER_DATABASE_URL"] = postgres.owner_url
        if not self.environ.get("MIKHAK_REDIS_URL"):
            valkey = EmbeddedValkey(self.home)
            self.keep("Valkey", valkey)
            found["MIKHAK_REDIS_URL"] = valkey.url
        if not self.environ.get("MIKHAK_SMTP_URL"):
            mail = MailSink(self.home, self.programs)
            self.keep("Mail", mail)
            found["MIKHAK_SMTP_URL"] = f"smtp://127.0.0.1:{mail.port}"
        if not self.environ.get("MIKHAK_STORAGE_URL"):
            found["MIKHAK_STORAGE_URL"] = private_folder(self.home / "storage").as_uri()
        self.environ |= found
        self._leave_addresses(found)

    def serve(self) -> None:
        """Start our programs, say READY when they answer, and watch over everything."""
        webs = self._webs()
        for number, web in enumerate(webs, 1):
            self.keep(f"Web server {number}", web)
        self.keep("Relay", self._program("relay", "core.outbox.relay:main"))
        self.keep("Worker", self._program("worker", "core.cli:main", "worker"))
        self._wait_until_it_answers(webs)
        self._print_addresses()
        print("READY", flush=True)
        while True:
            time.sleep(0.2)
            for part in self.parts:
                part.look()
            running = (part.server.process for part in self.parts)
            self.programs.bury([process.pid for process in running if process])

    def stop(self) -> None:
        """Our programs first and together, then the servers that they use."""
        self.stopping = True
        programs = [part for part in self.parts if isinstance(part.server, Program)]
        for part in programs:
            part.ask_to_stop()
        for part in reversed(programs):
            part.server.stop()
        for part in reversed(self.parts):
            part.server.stop()
        self.programs.close()
        (self.home / "run" / "embedded.json").unlink(missing_ok=True)

    def keep(self, name: str, server: Server) -> None:
        """Start a part and look after it from now on."""
        self.say(name)
        part = Kept(name, server, self.say)
        self.parts.append(part)
        part.start()

    def say(self, what: str) -> None:
        print(f"  · {what}", flush=True)

    def _program(self, name: str, entry: str, *arguments: str) -> Program:
        return Program(name, entry, arguments, self.home, self.programs)

    def _command(self, *arguments: str) -> str:
        """Run `mikhak …` to its end and return what it printed."""
        with tempfile.TemporaryFile("w+") as printed:
            command = self.programs.start(
                "core.cli:main",
                arguments,
                output=printed.fileno(),
                errors=sys.stderr.fileno(),
                environ=dict(self.environ),
            )
            try:
                status = command.wait()
            finally:
                stop(command, signal.SIGTERM)
            if status != 0:
                raise PlatformError(f"mikhak {' '.join(arguments)} failed; see above.")
            printed.seek(0)
            return printed.read()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if not self.stopping:
            self.stopping = True  # a second Ctrl-C must not disturb the stopping
            raise Stopped

    def _take_port(self) -> socket.socket:
        """The port for as long as we run; a killed run needs a moment to let go of it."""
        deadline = time.monotonic() + 5
        while True:
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", self.port))
                return listener
            except OSError as error:
                listener.close()
                if time.monotonic() > deadline:
                    raise self._port_is_taken(error) from error
            time.sleep(0.1)

    def _webs(self) -> list[Program]:
        """Two web servers at one port: when one is killed the other answers meanwhile.

        The port stays ours: were both killed, nobody would be turned away, and who comes
        meanwhile waits in the kernel.
        """
        try:
            self.listener.listen(BACKLOG)
        except OSError as error:
            raise self._port_is_taken(error) from error
        arguments = ["-c", "python:core.platform.gunicorn", "--workers", "1", "wsgi:app"]
        entry, handed = "gunicorn.app.wsgiapp:run", {"MIKHAK_LISTENER": self.listener.fileno()}
        return [
            Program(name, entry, arguments, self.home, self.programs, handed)
            for name in ("web-1", "web-2")
        ]

    def _port_is_taken(self, error: OSError) -> PlatformError:
        return PlatformError(
            f"Port {self.port} cannot be used ({error.strerror}); "
            "choose another one: make run PORT=8001"
        )

    def _trim_logs(self) -> None:
        for log in (self.home / "log").glob("*.log"):
            if log.stat().st_size > LARGEST_LOG:
                log.replace(log.with_suffix(".log.1"))

    def _leave_addresses(self, found: dict[str, str]) -> None:
        """For `mikhak …` in a second terminal; only the owner may read it, passwords are inside."""
        path = self.home / "run" / "embedded.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(found, indent=1))

    def _wait_until_it_answers(self, webs: list[Program]) -> None:
        self.say("Waiting for the first answer")
        deadline = time.monotonic() + BOOT_PATIENCE
        while not self._answers():
            ended = [web for web in webs if web.process and web.process.poll() is not None]
            if ended or time.monotonic() > deadline:
                lines = last_lines((ended or webs)[0].log, 15)
                raise PlatformError(f"The web server did not start:\n{lines}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/health/live", headers={"Host": self.settings.base_domain})
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def _print_addresses(self) -> None:
        base = self.settings.base_domain
        rows = [("Find an office", base)]
        with application():
            for office in registry.all_offices():
                rows.extend((office.name["en"], host) for host in office.hosts[:1])
        rows.append(("Ministry", f"ministry.{base}"))
        if self.settings.env == "demo":
            rows.append(("Mail of the demo", f"mail.{base}"))
        width = max(len(what) for what, _ in rows)
        print()
        for what, host in rows:
            print(f"  {what:<{width}}  {self.settings.origin(host)}/")
        print(f"\n{self.sign_ins}\n  Data and logs: {self.home}\n  Ctrl-C stops everything.\n")


if __name__ == "__main__":
    sys.exit(Supervisor().run())
