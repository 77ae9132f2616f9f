"""Deadlines as an iCalendar file, for the calendar of a mail program or a telephone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from icalendar import Alarm, Calendar, Event

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sxxt_excel.letters.deadlines import Deadline

_DAY = timedelta(days=1)


def to_ics(name: str, found: Iterable[Deadline], today: date) -> bytes:
    """Return the file: an entry of a whole day for each deadline, with an alarm the day before.

    Args:
        name: what the calendar is called.
        found: the deadlines.
        today: the day that the entries bear as the one they were made on.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//sxxt-excel//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for deadline in found:
        calendar.add_component(_event(deadline, today))
    return bytes(calendar.to_ical())


def _event(deadline: Deadline, today: date) -> Event:
    event = Event()
    event.add("uid", f"{_id(deadline)}@sxxt-excel")
    event.add("dtstamp", datetime.combine(today, time(), UTC))
    event.add("dtstart", deadline.first or deadline.last)
    event.add("dtend", deadline.last + _DAY)
    event.add("summary", f"{'' if deadline.first else '截止：'}{deadline.title}")
    lines = (
        f"由{deadline.filers}报送，{deadline.when}（{deadline.remark}）",
        f"期限：{deadline.words}",
        deadline.basis,
    )
    event.add("description", "\n".join(lines))
    event.add("transp", "TRANSPARENT")
    if deadline.first is None:
        event.add_component(_alarm(deadline))
    return event


def _alarm(deadline: Deadline) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"明天截止：{deadline.title}")
    # A day begins at midnight: nine o'clock of the day before.
    alarm.add("trigger", timedelta(hours=9) - _DAY)
    return alarm


def _id(deadline: Deadline) -> str:
    said = f"{deadline.rule}\0{deadline.title}\0{deadline.filers}"
    return sha256(said.encode()).hexdigest()[:32]
