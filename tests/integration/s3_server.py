"""A real S3 server for tests: SeaweedFS, started when a test asks for it."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.documents import storage
from core.platform.parts import free_port
from core.platform.processes import spawn

BUCKET, ACCESS, SECRET = "mikhak-test", "test-access", "test-secret-of-the-test"
WEED = Path(sys.executable).with_name("weed")
PORTS = ("s3", "master", "filer", "volume")


class S3Server:
    """The server's process and the storage URL that reaches it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {name: free_port() for name in PORTS}
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, access: str = ACCESS, secret: str = SECRET, bucket: str = BUCKET) -> str:
        """The storage URL, with the right credentials or others."""
        return f"s3://{access}:{secret}@{bucket}?endpoint=http://127.0.0.1:{self.ports['s3']}"

    def start(self) -> None:
        """Start and wait until a bucket answers."""
        command = [str(WEED), "mini", f"-dir={self.folder}", "-ip=127.0.0.1"]
        command += ["-ip.bind=127.0.0.1", f"-bucket={BUCKET}", "-admin.ui=false", "-webdav=false"]
        command += ["-s3.port.iceberg=0", "-s3.port.lance=0", f"-admin.port={free_port()}"]
        for name, port in self.ports.items():
            command += [f"-{name}.port={port}", f"-{name}.port.grpc={free_port()}"]
        environ = {**os.environ, "AWS_ACCESS_KEY_ID": ACCESS, "AWS_SECRET_ACCESS_KEY": SECRET}
        environ["TMPDIR"] = str(self.folder)  # where it leaves its logs
        self.process = spawn(
            command, log=self.folder / "weed.log", environ=environ, death_signal="SIGKILL"
        )
        self._wait()

    def stop(self) -> None:
        """End it at once; nothing of it is kept."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _wait(self) -> None:
        until = time.monotonic() + 60
        while True:
            try:
                storage.from_url(self.url()).put("london/ready", [b"ready"])
                return
            except (storage.StorageDown, storage.NotStored):
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """A running server, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="mks3", ignore_cleanup_errors=True) as folder:
        server = S3Server(Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.stop()
