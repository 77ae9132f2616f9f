"""What units answered on the telephone: kept for good, whatever becomes of the sheet."""

from __future__ import annotations

import json
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import exc, insert, select

from sxxt_excel.registry.database import failing, open_database
from sxxt_excel.registry.memory import Answer
from sxxt_excel.registry.schema import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sxxt_excel.workspace import Workspace


def answers_of(space: Workspace) -> tuple[Answer, ...]:
    """Return all answers of a workspace's units, the oldest first; none where nothing is kept.

    Raises:
        WorkspaceError: the registry can't be used.
    """
    if not space.settings.registry and not space.registry.is_file():
        return ()
    database = open_database(space)
    here = select(ANSWERS).where(ANSWERS.c.space == database.space)
    try:
        with database.engine.connect() as connection:
            rows = connection.execute(here.order_by(ANSWERS.c.at, ANSWERS.c.id)).mappings().all()
    except exc.SQLAlchemyError as error:
        failing(error, database)
    return tuple(
        Answer(
            code=row["unit_code"], unit=row["unit"], matters=tuple(json.loads(row["matters"])),
            answer=row["answer"], promised=row["promised"],
            day=date.fromisoformat(row["day"]) if row["day"] else None,
        )
        for row in rows
    )  # fmt: skip


def note_answers(space: Workspace, answers: Iterable[Answer], at: datetime) -> None:
    """Write down answers; one that is there already is not written twice.

    Raises:
        WorkspaceError: the registry can't be written.
    """
    database = open_database(space)
    moment = at.isoformat(timespec="microseconds")
    rows = {
        _id(answer): {
            "space": database.space, "id": _id(answer), "at": f"{moment} {number:04d}",
            "unit_code": answer.code, "unit": answer.unit,
            "matters": json.dumps(answer.matters, ensure_ascii=False),
            "answer": answer.answer, "promised": answer.promised,
            "day": answer.day.isoformat() if answer.day else "",
        }
        for number, answer in enumerate(answers)
    }  # fmt: skip
    try:
        with database.engine.begin() as connection:
            here = select(ANSWERS.c.id).where(ANSWERS.c.space == database.space)
            known = set(connection.execute(here).scalars())
            fresh = [row for name, row in rows.items() if name not in known]
            if fresh:
                connection.execute(insert(ANSWERS), fresh)
    except exc.SQLAlchemyError as error:
        failing(error, database)


def _id(answer: Answer) -> str:
    said = [answer.code or answer.unit, *answer.matters, answer.answer, answer.promised]
    return sha256("\0".join(said).encode("utf-8", "surrogatepass")).hexdigest()[:32]
