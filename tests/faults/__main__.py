"""`make chaos MINUTES=30`: everything long; prints tables and writes var/bench/chaos.json.

`python -m tests.faults [chaos|crowd|powercut|disk …]` runs parts of it. MINUTES, SEED and CUT_GOAL
are read from the environment; so are SYNCHRONOUS_COMMIT=off and FSYNC=off, to see kills and cuts
red.
"""

import json
import os
import random
import sys
import threading
from collections.abc import Callable
from typing import Any

from core.platform.processes import ROOT
from tests.faults import chaos, crowd, disk, image, powercut
from tests.faults.clients import Record
from tests.faults.kills import Kills
from tests.integration.s3_server import s3_server

FIGURES = ROOT / "var" / "bench" / "chaos.json"
SHORTEST, LONGEST = 2.0, 6.0  # seconds between two blows


def long_chaos() -> dict[str, Any]:
    """Random blows for MINUTES, files in a real S3 store."""
    seed = int(os.environ.get("SEED", "1"))
    seconds = 60 * float(os.environ.get("MINUTES", "30"))
    dice, over = random.Random(seed), threading.Event()
    with s3_server() as store, chaos.stage(store) as scene:
        if os.environ.get("SYNCHRONOUS_COMMIT") == "off":
            scene.tree.alter_database(synchronous_commit="off", wal_writer_delay="10s")

        def hurt(kills: Kills, _: Record) -> None:
            threading.Timer(seconds, over.set).start()
            kills.until(over, SHORTEST, LONGEST)

        drafts = max(200, int(seconds * 2))
        kills = Kills(scene.tree, dice, scene.store)
        result = chaos.run(scene, dice, kills, hurt, drafts=drafts, papers=drafts // 4)
    return {"seed": seed, **result.figures, "broken": result.broken}


def crowds() -> dict[str, Any]:
    """Silent connections, slow lines and a noisy office."""
    with chaos.stage() as scene:
        found = crowd.thousand_connections(scene) | crowd.slow_lines(scene)
        return found | crowd.noisy_office(scene)


def power_cuts() -> dict[str, Any]:
    """CUT_GOAL acknowledged submissions over power cuts, else why there were none."""
    if reason := image.why_not():
        return {"skipped": reason}
    goal = int(os.environ.get("CUT_GOAL", "10000"))
    fsync = os.environ.get("FSYNC", "on")
    return powercut.run(goal, max(50, goal // 10), random.Random(1), fsync=fsync).figures()


PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "chaos": long_chaos,
    "crowd": crowds,
    "disk": disk.full_disks,
    "powercut": power_cuts,
}


def main() -> int:
    """Run the parts that were named (all of them by default); 1 when a promise was broken."""
    kept = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    broken = False
    for name in sys.argv[1:] or PARTS:
        print(f"\n{name}", flush=True)
        found = PARTS[name]()
        print(chaos.table(found), flush=True)
        broken = broken or bool(found.get("broken") or found.get("lost"))
        kept[name] = found
        FIGURES.parent.mkdir(parents=True, exist_ok=True)
        FIGURES.write_text(json.dumps(kept, indent=1, ensure_ascii=False))
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
