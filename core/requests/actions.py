"""Everything that can be done to a request, under one name.

The applicant: start_draft, save_section, autosave, move_to_newest, throw_away, submit, withdraw,
appeal, hand_in, take_out, correct_answers, resubmit.
Staff: take, give_back, hand_over, note, accept_item, accept_rest, return_item, send_back, act
(every arrow of the flow by its name), approve, reject.
"""

from core.requests.corrections import correct_answers, resubmit
from core.requests.decisions import act, approve, possible, reject, send_back
from core.requests.drafts import (
    autosave,
    move_to_newest,
    save_section,
    start_draft,
    throw_away,
)
from core.requests.handing_in import hand_in, take_out
from core.requests.review import (
    accept_item,
    accept_rest,
    colleague,
    give_back,
    hand_over,
    need_to_let_go,
    note,
    return_item,
    take,
)
from core.requests.submission import appeal, submit, withdraw

__all__ = [
    "accept_item",
    "accept_rest",
    "act",
    "appeal",
    "approve",
    "autosave",
    "colleague",
    "correct_answers",
    "give_back",
    "hand_in",
    "hand_over",
    "move_to_newest",
    "need_to_let_go",
    "note",
    "possible",
    "reject",
    "resubmit",
    "return_item",
    "save_section",
    "send_back",
    "start_draft",
    "submit",
    "take",
    "take_out",
    "throw_away",
    "withdraw",
]
