"""What counts as an explanation: at least six characters that say more than “核实无误”."""

from __future__ import annotations

import re
from functools import lru_cache

from sxxt_excel.text import CACHED, LONGEST, fold

_SHORTEST, _FEWEST = 6, 3
# What stands in a cell to fill it; several of them in a row say no more than one.
_STOCK = re.compile(
    "核实|核对|核查|核|审核|检查|确认|查实|认真|无误|有误|属实|真实|准确|正确|完整|有效|符合|一致|"
    "实际|情况|数据|数字|数值|内容|材料|填报|填写|上报|报送|登记|要求|规定|以上|以下|上述|如上|如下|"
    "同上|如实|说明|解释|原因|特此|暂无|没有|没|无|不|其他|其它|问题|异常|完毕|完成|工作|今后|注意|"
    "单位|本|我|均|都|全部|已经|已|经|并|与|和|及|且|的|是|了|请|见|详见|附件|同意|知悉|知晓|收到|阅"
)


def explains(text: str) -> bool:
    """Tell whether words explain something: six characters or more, and no stock phrase."""
    return not too_short(text) and not is_stock(text)


def too_short(text: str) -> bool:
    """Tell whether words have fewer than six letters and digits."""
    return len(plain(text)) < _SHORTEST


def is_stock(text: str) -> bool:
    """Tell whether words are none but those that anybody writes anywhere."""
    return len({c for c in _STOCK.sub("", fold(text)) if c.isalpha()}) < _FEWEST


def plain(text: str) -> str:
    """Return the letters and digits of a text, by which two wordings are compared."""
    return _plain(text) if len(text) <= LONGEST else _plain.__wrapped__(text)


@lru_cache(maxsize=CACHED)
def _plain(text: str) -> str:
    return "".join(c for c in fold(text) if c.isalnum())
