"""How else people write a heading.

In traditional characters, in two languages, with a remark in brackets, or two in one cell.
"""

from __future__ import annotations

import re
from functools import lru_cache

from sxxt_excel.text import CACHED, LONGEST, fold

# Each traditional character and the simplified one, of all that stand in headings of ours; made
# from them with the tables of OpenCC. A character that is not here is looked up as it stands.
_PAIRS = """
    與与 專专 舉举 習习 書书 產产 價价 會会 體体 黨党 關关 內内 寫写 決决 況况
    準准 齣出 則则 別别 彆别 製制 辦办 務务 協协 單单 參参 蔘参 雙双 發发 髮发
    檯台 臺台 颱台 號号 閤合 衕同 嚮向 曏向 員员 迴回 圍围 處处 備备 頭头 學学
    實实 審审 對对 導导 層层 屬属 崗岗 帶带 蓆席 乾干 幹干 並并 併并 應应 開开
    張张 彔录 錄录 徹彻 態态 釦扣 執执 掃扫 報报 數数 無无 時时 機机 來来 構构
    標标 覈核 檢检 匯汇 彙汇 註注 潔洁 滿满 點点 牽牵 狀状 現现 電电 監监 蓋盖
    碼码 種种 稱称 簽签 籤签 簡简 類类 係系 繫系 糾纠 級级 紀纪 納纳 組组 細细
    織织 經经 結结 給给 統统 綜综 編编 職职 聯联 範范 錶表 見见 視视 計计 訂订
    認认 討讨 議议 記记 論论 証证 證证 評评 話话 說说 請请 談谈 負负 責责 賬账
    貫贯 輪轮 進进 郵邮 銷销 長长 門门 問问 間间 隊队 際际 險险 麪面 項项 預预
    領领 題题 風风 饋馈 駐驻 驗验
"""
_SIMPLIFIED = str.maketrans({pair[0]: pair[1] for pair in _PAIRS.split()})
_LATIN = re.compile(r"^[a-z][a-z.,'&/-]*|[a-z.,'&/-]*[a-z]\.?$")
_REMARK = r"\((?:[^()]|\([^()]*\))*\)"
_REMARKS = re.compile(f"^{_REMARK}|{_REMARK}$")
_MOST_REMARKS = 4
_BETWEEN = re.compile(r"[/|、,;·&]|以?及|和|与|或")


def simplified(text: str) -> str:
    """Return the key of a text (as `fold` makes it) in simplified characters."""
    return fold(text).translate(_SIMPLIFIED)


def plain(text: str) -> str:
    """Return that key without its translation: 責任項目 Item is 责任项目."""
    return _untranslated(simplified(text))


def readings(text: str) -> tuple[str, ...]:
    """Return the keys that a heading may go by, the nearest to its letters first.

    Remarks in brackets are seen through: （二）完成时限（年月日）.
    """
    return _readings(text) if len(text) <= LONGEST else (fold(text),)


@lru_cache(maxsize=CACHED)
def _readings(text: str) -> tuple[str, ...]:
    key = simplified(text)
    keys = [fold(text), key]
    for _ in range(_MOST_REMARKS):
        if "(" not in key:
            break
        keys.append(_untranslated(key))
        key = _REMARKS.sub("", key, count=1)
        keys.append(key)
    return tuple(filter(None, dict.fromkeys((*keys, _untranslated(key)))))


def _untranslated(key: str) -> str:
    # Nearly every text is not even looked at more closely: there are many beside the headings.
    return _LATIN.sub("", key) if key and (key[0].isascii() or key[-1].isascii()) else key


def parts(text: str) -> tuple[str, ...]:
    """Return the headings that stand in one cell: 责任人/部门. One alone is none."""
    several = tuple(filter(None, _BETWEEN.split(plain(text)))) if len(text) <= LONGEST else ()
    return several if len(several) > 1 else ()
