"""What send and fetch did, for people and for programs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sxxt_excel.formats.common import MIB
from sxxt_excel.mailbox.plan import REFUSED
from sxxt_excel.registry.post import FAILED, RETURNED, SENT, UNKNOWN, WAITING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sxxt_excel.mailbox.fetching import Catch, Item
    from sxxt_excel.mailbox.office import Outbox

LETTER_HEADS = ("编号!", "单位", "种类!", "收件人", "主题", "附件", "状态!", "说明")
MAIL_HEADS = ("收到时间!", "发件人", "主题", "大小#", "文件")
BOUNCE_HEADS = ("编号!", "单位", "邮箱", "原因")
_SHORT = 8
_ORDER = (WAITING, SENT, REFUSED, FAILED, RETURNED, UNKNOWN)
_STEPS = {
    REFUSED: "按“说明”改好后再运行 sxxt-excel send",
    FAILED: "改好名册里的邮箱，重新 collect，再运行 sxxt-excel send --yes",
    RETURNED: "改好名册里的邮箱，重新 collect，再运行 sxxt-excel send --yes",
    UNKNOWN: "运行 sxxt-excel send --settle 到邮箱里查；查不到的问一问单位，"
    "再用 sxxt-excel send --mark 编号 已发（或 未发）",
}


def letter_rows(outbox: Outbox) -> Iterator[tuple[str, ...]]:
    """Yield a row of the table for each letter but those that were sent before."""
    why = dict(outbox.waiting)
    for line in outbox.lines:
        sent, draft = line.sent, line.draft
        if line.state == SENT and sent.id not in outbox.done:
            continue
        addresses = line.targets if any(line.targets) else sent.reached or sent.addresses
        yield (
            sent.id[:_SHORT], line.unit, sent.kind, "、".join(addresses), sent.subject,
            "、".join(draft.attachments) if draft else "", line.state,
            why.get(sent.id, line.note),
        )  # fmt: skip


def letters_said(outbox: Outbox, *, really: bool) -> Iterator[str]:
    """Yield the sentences below the table: how many stand how, and what to do next."""
    counted = Counter(line.state for line in outbox.lines)
    figures = "、".join(f"{word}{counted[word]}封" for word in _ORDER if counted[word])
    yield f"共{len(outbox.lines)}封：{figures}。" if outbox.lines else "没有信稿。"
    if really:
        yield f"这次发出{len(outbox.done)}封。"
    if outbox.others:
        yield f"回复/ 里另有{len(outbox.others)}封不是本系统写的信稿，没有列出，也不发。"
    if outbox.waiting:
        yield f"有{len(outbox.waiting)}封暂时没有发出，过几分钟再运行一次 sxxt-excel send --yes。"
    for word, step in _STEPS.items():
        if counted[word]:
            yield f"{word}的：{step}。"
    if not really and counted[WAITING]:
        yield "以上只是列出，一封也没有发。看过没有问题的，运行 sxxt-excel send --yes 发出。"


def letters_json(outbox: Outbox, *, really: bool) -> dict[str, Any]:
    """Return the letters for programs."""
    why = dict(outbox.waiting)
    return {
        "sent_now": list(outbox.done) if really else [],
        "others": list(outbox.others),
        "letters": [
            {
                "id": line.sent.id, "unit_code": line.sent.unit_code, "unit": line.unit,
                "kind": line.sent.kind, "addresses": list(line.sent.addresses),
                "reached": list(line.sent.reached),
                "targets": [address for address in line.targets if address],
                "subject": line.sent.subject,
                "attachments": list(line.draft.attachments) if line.draft else [],
                "path": line.draft.path if line.draft else None, "state": line.state,
                "attempts": line.sent.attempts, "at": line.sent.at or None,
                "note": why.get(line.sent.id, line.note),
            }
            for line in outbox.lines
        ],
    }  # fmt: skip


def mail_rows(items: Sequence[Item]) -> Iterator[tuple[str, ...]]:
    """Yield a row of the table for each mail."""
    for item in items:
        when = item.arrived[:16].replace("T", " ")
        yield when, item.sender, item.subject, _size(item.size), item.path


def bounce_rows(catch: Catch, names: dict[str, str]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each address that a letter came back from; units by their names."""
    for one in catch.bounces:
        yield one.letter[:_SHORT], names.get(one.unit_code, one.unit_code), one.address, one.reason


def mails_said(catch: Catch, *, marking: bool) -> Iterator[str]:
    """Yield the sentences below the tables."""
    yield f"新取{len(catch.items)}封，放在 inbox/邮件/；以前取过的{catch.known}封。"
    yield "邮箱里取过的信已标为已读。" if marking else "邮箱里的信原样不动。"
    if catch.own:
        yield f"另有{catch.own}封是本系统发出的信，没有取。"
    if catch.too_large:
        yield (
            f"有{len(catch.too_large)}封超过限额没有取：请在网页版邮箱里下载附件放进 inbox，"
            "或改大 sxxt.toml 的 [limits] file_mb 后再取。"
        )
    if catch.bounces:
        yield "被退回的信：核对名册里的邮箱，改好后重新 collect，再运行 sxxt-excel send --yes。"


def mails_json(catch: Catch) -> dict[str, Any]:
    """Return what was fetched for programs."""
    return {
        "fetched": [_item(item) for item in catch.items],
        "too_large": [_item(item) for item in catch.too_large],
        "bounces": [
            {"id": b.letter, "unit_code": b.unit_code, "address": b.address, "reason": b.reason}
            for b in catch.bounces
        ],
        "known": catch.known,
        "own": catch.own,
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "path": item.path or None, "folder": item.folder, "uid": item.uid, "from": item.sender,
        "subject": item.subject, "received_at": item.arrived or None, "size": item.size,
    }  # fmt: skip


def _size(size: int) -> str:
    return f"{size / MIB:.1f}MB" if size >= MIB else f"{max(size // 1024, 1)}KB"
