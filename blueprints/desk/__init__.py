"""The desk: queues, cases, documents beside answers, decisions; special codes."""

from blueprints.desk import case_views, document_views, queue_views, special_code_views  # noqa: F401
from blueprints.desk.door import door

__all__ = ["door"]
