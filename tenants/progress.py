"""Long work on a terminal: how far, how fast, how long still. Silent everywhere else."""

import sys
import time
from dataclasses import dataclass, field

import click


def watched() -> bool:
    """Whether somebody looks on; scripts and logs hear nothing."""
    return sys.stderr.isatty()


@dataclass
class Line:
    """One line that is written anew with each thing done."""

    shown: bool = field(default_factory=watched)
    began: float = field(default_factory=time.monotonic)

    def tell(self, done: int, total: int, what: str) -> None:
        """So many of so many are done; `what` was the last."""
        if self.shown:
            words = told(done, total, time.monotonic() - self.began)
            click.echo(f"\r\033[K{words} · {what}", nl=done == total, err=True)


def told(done: int, total: int, seconds: float) -> str:
    """`12/118 · 1.5/s · 1 min 11 s left`."""
    rate = done / seconds if seconds > 0 else 0.0
    left = f" · {duration((total - done) / rate)} left" if rate and done < total else ""
    return f"{done}/{total} · {rate:.1f}/s{left}"


def duration(seconds: float) -> str:
    """`45 s`, `2 min 5 s`, `1 h 10 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
