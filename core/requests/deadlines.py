"""Days by which something is to happen, in the office's own calendar."""

from datetime import date, timedelta

from core.clock import today
from tenants.scope import current_office

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def in_days(count: int) -> date:
    """So many days from today."""
    return today(current_office().timezone) + timedelta(days=count)


def in_working_days(count: int) -> date:
    """So many days from today on which the office works."""
    office = current_office()
    day = today(office.timezone)
    while count > 0:
        day += timedelta(days=1)
        count -= DAYS[day.weekday()] not in office.weekend
    return day
