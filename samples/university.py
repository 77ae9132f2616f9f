"""示例大学: its units, people and the exceptions that have been granted. All of it is invented."""

from __future__ import annotations

from datetime import date
from typing import Final

Row = dict[str, str | int | date]

SCHOOL: Final = "XX"
HEAD, MEMBER, OTHER = "主要负责人", "班子其他成员", "其他处级干部"
_SINCE: Final = date(2022, 9, 1)
_CAME: Final = {"姜慎思": date(2025, 9, 10)}
_LEFT: Final = {"虞远山": date(2025, 9, 9)}

# code, name, kind, short names, who to ring; two shortened names are shared on purpose
_UNITS: Final = (
    ("XX", "示例大学党委", "校党委", "校党委", "方启文"),
    ("JX", "机械工程学院党委", "基层党委", "机械学院、机械工程学院", "高云舒"),
    ("DX", "电子信息工程学院党委", "基层党委", "电信学院、信息学院", "秦未央"),
    ("JS", "计算机学院党委", "基层党委", "计算机学院、信息学院", "白如松"),
    ("HG", "化学化工学院党委", "基层党委", "化工学院、化学化工学院", "尹疏影"),
    ("JG", "经济管理学院党委", "基层党委", "经管学院、经济管理学院", "傅长青"),
    ("FX", "法学院党委", "基层党委", "法学院", "汤以敬"),
    ("RW", "人文学院党委", "基层党委", "人文学院", "温如言"),
    ("SX", "数学科学学院党委", "基层党委", "数学学院、数学科学学院", "柯一诺"),
    ("YS", "艺术设计学院党委", "基层党委", "艺术学院、艺术设计学院", "黎青萍"),
    ("WY", "外国语学院党总支", "党总支", "外语学院、外国语学院", "金小楼"),
    ("TY", "体育教学部党总支", "党总支", "体育部、体育教学部", "雷振宇"),
    ("JD", "机关党委", "基层党委", "机关", "苗若兰"),
    ("HQ", "后勤服务中心党委", "基层党委", "后勤党委、后勤服务中心", "石敬亭"),
    ("TS", "图书馆直属党支部", "直属党支部", "图书馆支部", "纪书言"),
    ("ZZ", "党委组织部", "党委工作部门", "组织部", "俞知行"),
    ("XC", "党委宣传部", "党委工作部门", "宣传部", "康乐群"),
    ("JW", "教务处", "行政职能部门", "", "易思源"),
    ("CW", "财务处", "行政职能部门", "计财处", "钟持正"),
    ("TG", "图书馆", "教辅单位", "", "纪书言"),
)
_BELONGS: Final = {"ZZ": "JD", "XC": "JD", "JW": "JD", "CW": "JD", "TG": "TS"}

# unit, name, post, place in the leading body
_PEOPLE: Final = (
    ("XX", "赵启衡", "党委书记", HEAD),
    ("XX", "钱思渝", "党委副书记、校长", MEMBER),
    ("XX", "孙立坤", "党委副书记", MEMBER),
    ("XX", "周淑澄", "党委常委、纪委书记", MEMBER),
    ("XX", "吴剑舟", "党委常委、副校长", MEMBER),
    ("XX", "郑海棠", "党委常委、副校长", MEMBER),
    ("XX", "冯知远", "党委常委、副校长", MEMBER),
    ("JX", "李承泽", "党委书记", HEAD),
    ("JX", "王若川", "党委副书记、院长", MEMBER),
    ("JX", "陈静姝", "党委副书记", MEMBER),
    ("JX", "刘砚农", "副院长", MEMBER),
    ("DX", "张弘毅", "党委书记", HEAD),
    ("DX", "何景行", "院长", MEMBER),
    ("DX", "沈知秋", "党委副书记", MEMBER),
    ("JS", "许慎行", "党委书记", HEAD),
    ("JS", "罗以宁", "院长", MEMBER),
    ("JS", "谢云帆", "副院长", MEMBER),
    ("HG", "宋汝贞", "党委书记", HEAD),
    ("HG", "唐克己", "院长", MEMBER),
    ("HG", "韩雨桐", "党委副书记", MEMBER),
    ("JG", "邓思齐", "党委书记", HEAD),
    ("JG", "曹望舒", "院长", MEMBER),
    ("JG", "彭若谷", "副院长", MEMBER),
    ("FX", "曾明允", "党委书记", HEAD),
    ("FX", "萧正则", "院长", MEMBER),
    ("RW", "田嘉禾", "党委书记", HEAD),
    ("RW", "董书白", "院长", MEMBER),
    ("RW", "袁清和", "党委副书记", MEMBER),
    ("SX", "潘守一", "党委副书记", MEMBER),
    ("SX", "蒋未然", "院长", MEMBER),
    ("YS", "蔡和璧", "党委书记", HEAD),
    ("YS", "余采薇", "院长", MEMBER),
    ("WY", "贾问渠", "党总支书记", HEAD),
    ("WY", "丁若水", "院长", MEMBER),
    ("TY", "魏凌云", "党总支书记", HEAD),
    ("TY", "薛劲松", "主任", MEMBER),
    ("JD", "叶知章", "党委书记", HEAD),
    ("JD", "阎守拙", "党委副书记", MEMBER),
    ("HQ", "杜衡之", "党委书记", HEAD),
    ("HQ", "任自强", "主任", MEMBER),
    ("TS", "虞远山", "直属党支部书记", HEAD),
    ("TS", "姜慎思", "直属党支部书记", HEAD),
    ("ZZ", "范可为", "部长", OTHER),
    ("XC", "邹明远", "部长", OTHER),
    ("JW", "熊博约", "处长", OTHER),
    ("CW", "陆守恒", "处长", OTHER),
)
_ACTING: Final = frozenset({"潘守一"})
_IN_CHARGE: Final = {
    "钱思渝": "JD",
    "孙立坤": "JX、DX、JS",
    "周淑澄": "FX",
    "吴剑舟": "HG、JG",
    "郑海棠": "RW、YS、WY、TY、TS",
    "冯知远": "SX、HQ",
}
_FIELDS: Final = {
    HEAD: "主持党委全面工作",
    MEMBER: "按分工负责分管领域的党风廉政建设",
}

_WAIVERS: Final[tuple[Row, ...]] = (
    {
        "单位代码": "TY",
        "报送事项": "述责述廉",
        "例外类型": "准予免报",
        "理由": "领导班子年内整体调整，述责述廉并入任前考察",
        "批准人": "孙立坤",
        "批准日期": date(2025, 12, 18),
    },
    {
        "单位代码": "JG",
        "报送事项": "落实情况报告上半年",
        "例外类型": "准予延期",
        "延期至": date(2025, 7, 20),
        "理由": "配合专业认证进校考查",
        "批准人": "孙立坤",
        "批准日期": date(2025, 7, 4),
    },
)


def unit_rows() -> tuple[Row, ...]:
    """Return the rows of 单位."""
    rows: list[Row] = []
    for number, (code, name, kind, short, contact) in enumerate(_UNITS, 101):
        row: Row = {"单位代码": code, "单位名称": name, "单位类别": kind, "简称": short}
        if code != SCHOOL:
            row["上级单位代码"] = SCHOOL
        if code in _BELONGS:
            row["所属党组织代码"] = _BELONGS[code]
        row |= {
            "纪检机构": {"校党委": "纪委", "基层党委": "纪委"}.get(kind, "纪检委员"),
            "联系人": contact,
            "联系电话": f"022-0000{number:04d}",
            "邮箱": f"{code.lower()}@example.edu.cn",
        }
        rows.append(row)
    return tuple(rows)


def people_rows() -> tuple[Row, ...]:
    """Return the rows of 人员."""
    rows: list[Row] = []
    for number, (unit, name, post, identity) in enumerate(_PEOPLE, 1):
        row: Row = {
            "人员编号": f"P{number:03d}",
            "姓名": name,
            "单位代码": unit,
            "职务": post,
            "班子身份": identity,
            "是否中共党员": "是",
            "任职起": _CAME.get(name, _SINCE),
        }
        if name in _LEFT:
            row["任职止"] = _LEFT[name]
        if name in _ACTING:
            row["主持工作"] = "是"
        if name in _IN_CHARGE:
            row["分管单位代码"] = _IN_CHARGE[name]
        if identity in _FIELDS:
            row["分管领域"] = _FIELDS[identity]
        rows.append(row)
    return tuple(rows)


def waiver_rows() -> tuple[Row, ...]:
    """Return the rows of 例外."""
    return _WAIVERS
