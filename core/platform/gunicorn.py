"""How gunicorn serves `wsgi:app`: `gunicorn -c python:core.platform.gunicorn wsgi:app`."""

import gc
import os
import socket
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from config.settings import home_folder, load
from core.catalogue import reader
from core.platform import production
from core.platform.homes import figures_folder
from core.platform.launch import die_with_parent
from core.web import logs
from core.web.language import LANGUAGES, merged_words
from tenants.cli import application
from tenants.database import db

# The loopback only: a demo has known passwords, production has its proxy on the way.
bind = f"127.0.0.1:{os.environ.get('PORT') or 8000}"
if listener := os.environ.get("MIKHAK_LISTENER"):  # the supervisor's, which stays open
    bind = f"fd://{listener}"
worker_class = "gthread"
# Alone; the supervisor keeps two servers of one worker each instead.
workers = 2
# Most of them wait: `core.web.turnstile` lets two or three in at once, office by office.
threads = 16
# Imported once, before the fork: a killed worker is back in a moment, and memory is shared.
preload_app = True
# What is read before the fork stays for ever: nothing of it is worth being looked through.
gc.disable()
# A worker is replaced now and then; not both at the same time.
max_requests, max_requests_jitter = 20_000, 2_000
timeout = 60
graceful_timeout = 10
keepalive = 5
SILENT_SECONDS = 10
# Each worker counts in files of its own; /metrics sums them. Servers that run side by side are told
# one folder by whoever started them.
if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(figures_folder(home_folder(os.environ)))
# The control socket would be opened in the home folder.
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Production does not start on what a demo left behind. Raises RuntimeError."""
    settings = load(os.environ)
    if not settings.production:
        return
    with application():
        try:
            found = production.faults(settings)
        except SQLAlchemyError:
            return  # not there yet; the gate asks again before the first request
        finally:
            db.engine.dispose()
    if found:
        raise RuntimeError("; ".join(found))


def post_fork(server: Any, worker: Any) -> None:
    """A killed master leaves no worker behind: they finish what they are at and free the port."""
    die_with_parent("SIGQUIT", worker.ppid)


def child_exit(server: Any, worker: Any) -> None:
    """What a worker that has gone had open is open no more."""
    # Imported here: the package looks at the environment above when it is imported first.
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)


def when_ready(server: Any) -> None:
    """What every page needs is read before the workers are made, so nobody waits for it.

    A connection that says nothing stays in the kernel: else each would hold a thread for seconds.
    """
    from core.web.metrics import forget_the_dead  # here for the same reason as above

    forget_the_dead()
    logs.configure(server.app.wsgi().extensions["settings"])
    for service in reader.load_all().values():
        _ = service.hash
    for language in LANGUAGES:
        merged_words(language)
    pages = server.app.wsgi().jinja_env
    for name in pages.list_templates(extensions=["html"]):
        pages.get_template(name)
    if hasattr(socket, "TCP_DEFER_ACCEPT"):
        for listener in server.LISTENERS:
            listener.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, SILENT_SECONDS)
    gc.freeze()
    gc.enable()
