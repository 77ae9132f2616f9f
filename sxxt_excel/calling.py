"""Which of the known people a cell names: by the whole name, a post or a remark beside it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from sxxt_excel.text import OTHER_DOTS, fold, split_several

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_REMARK = re.compile(r"[（(][^（）()]*[）)]")
_JOINTS = frozenset("等和与及")
# 买买提·吐尔逊 is also written with a full stop, or with nothing between.
_DOTLESS = str.maketrans("", "", "·.")
_DOT = re.compile(rf"\s*[·{OTHER_DOTS}･]\s*")
# 副院长, 分党委书记, 纪委书记, 同志: what is said of who bears the name, and no part of it.
_POST = re.compile(
    r"直?属?[校院系部处所馆分]?(?:党委|党总支|总支|党支部|支部|党组|党工委|纪委|纪工委)?[正副]?"
    r"(?:书记|委员|主任|主席|(?:校|院|系|部|处|所|馆|科|局|组)长|同志|老师)"
)

# Somebody signs for another: 李四代签, 受李三委托; beside the name of him who was to sign also
# 李三（李四代） and 李三秘书代.
_FOR_ANOTHER = re.compile(r"代[为理表]?\|?签|代[章笔]|[(]代[)]|委托|受托|授权")
_BESIDE_NAME = re.compile(r"代(?![\u4e00-\u9fff])|代为")
_NAME = "|"
# 代书记 and 代理院长 sign for themselves; 代表 and 现代 are words of their own.
_OTHERWISE = re.compile(rf"代理?(?={_POST.pattern})|代[理表](?!\|?签)|(?<=[时当近现古历年世])代")


def signs_for_another(text: str, known: Iterable[str]) -> bool:
    """Tell a signature that says of itself that another one signed than who was to sign."""
    if not re.search("代|委托|受托|授权", text):
        return False
    said = "".join(unicodedata.normalize("NFKC", text).split())
    others = said
    for name in sorted(map(fold, known), key=len, reverse=True):
        others = others.replace(name, _NAME)
    left = _OTHERWISE.sub("", others)
    if _FOR_ANOTHER.search(left):
        return True
    return _NAME in left and _BESIDE_NAME.search(left) is not None


def people_reader(known: Iterable[str]) -> Callable[[str], frozenset[str]]:
    """Return what reads from a cell which of the known people it names, each by his name folded.

    Several may be joined; a post or a remark may stand beside a name: 李三书记, 李四（院长）. The
    dot within a name may be any, or none.
    """
    words = {fold(name).translate(_DOTLESS): fold(name) for name in known}
    longest = max(map(len, words), default=0)
    memo: dict[str, frozenset[str]] = {}

    def read(text: str) -> frozenset[str]:
        if text not in memo:
            parts = split_several(_DOT.sub("·", text))
            memo[text] = frozenset(
                name for part in parts for name in _in_part(part, words, longest)
            )
        return memo[text]

    return read


def _in_part(part: str, words: Mapping[str, str], longest: int) -> Iterable[str]:
    plain = fold(_REMARK.sub("", part)).translate(_DOTLESS)
    for said in (fold(part).translate(_DOTLESS), plain):
        if said in words:
            return (words[said],)
    found: list[str] = []
    left: list[str] = []
    at = 0
    while at < len(plain):
        post = _POST.match(plain, at)
        size = next((n for n in range(longest, 1, -1) if plain[at : at + n] in words), 1)
        if size > 1:
            found.append(words[plain[at : at + size]])
        elif post is not None:
            size = post.end() - at
        else:
            left.append(plain[at])
        at += size
    # One character left over makes it somebody else: 高明远 is not 高明, nor is 高明远书记.
    letters = [c for c in left if c.isalpha() and c not in _JOINTS]
    return () if len(letters) == 1 else found
