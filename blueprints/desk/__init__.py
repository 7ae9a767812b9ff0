"""The desk: queues, cases, documents beside answers, decisions; special codes."""

from blueprints.desk import (  # noqa: F401
    act_views,
    case_views,
    colleagues,
    document_views,
    queue_views,
    special_code_views,
)
from blueprints.desk.door import door

__all__ = ["door"]
