"""The demo's mail server: takes every message and puts it into a Maildir, sends nothing on.

`python -m core.platform.mail PORT FOLDER`
"""

import signal
import sys
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox


def main() -> None:
    """Serve on the loopback until told to stop."""
    port, folder = sys.argv[1:]
    signals = {signal.SIGTERM, signal.SIGINT}
    # Blocked before the server's thread starts, so that only the wait below takes them.
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    server = Controller(Mailbox(Path(folder)), hostname="127.0.0.1", port=int(port))
    server.start()
    signal.sigwait(signals)
    server.stop()


if __name__ == "__main__":
    main()
