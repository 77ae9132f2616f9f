"""A faulty definition or setting is refused with its file, its key and what to write instead."""

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from sxxt_excel.cells import convert
from sxxt_excel.configuration import load_settings
from sxxt_excel.conformity import check_settings
from sxxt_excel.faces.schema import check_table, schema_of
from sxxt_excel.forms import load_forms, load_lists
from sxxt_excel.places import validators_dir
from sxxt_excel.regime import load_regime, regime_ids
from sxxt_excel.result import CODE, DTYPES, FILE, PERIOD, ROLE, SHEET
from sxxt_excel.settings import Settings
from sxxt_excel.text import fold
from sxxt_excel.toml import DefinitionError

TJ = load_regime("tj-2017")
FORM = """\
id = "台账"
number = "TZ"
title = "{年度}台账"
[[field]]
name = "编号"
kind = "key"
required = true
[[field]]
name = "日期"
kind = "date"
[[field]]
name = "类别"
kind = "choice"
choices = ["甲", "乙"]
example = "甲"
[[field]]
name = "说明"
kind = "long"
[[row]]
id = "乙类要说明"
when = { equals = { "类别" = ["乙"] } }
needs = ["说明"]
"""
LAW = 'serves = ["T02"]\nseverity = "must"\nbasis = "三"\ntitle = "某规则"\n'
WORDS = 'message = "缺{key}"\nremedy = "请补"\n'
CASCADE = (
    '[[cascade]]\nid = "新规则"\n' + LAW + WORDS + 'demand = { form = "责任清单" }\n'
    'supply = { form = "任务清单" }\nby = "责任项目编号"\nscope = "unit"\n'
)
COUNT = (
    '[[count]]\nid = "新规则"\n' + LAW + 'message = "{found}"\nremedy = "请补"\n'
    'form = "履责统计"\nvalue = "数值"\nwindow = "年度"\n'
)
CHAIN = (
    '[[chain]]\nid = "新"\n' + LAW + WORDS + 'form = "巡察整改清单"\n'
    'steps = [{ field = "销号日期" }]\n'
)
"""It rests on a heading that the office fills in, in a workbook that a unit sends."""


def check(error: pytest.ExceptionInfo[DefinitionError], file: str, more: tuple[str, ...]) -> None:
    said = str(error.value)
    assert said.startswith(file)
    assert not re.search(r"[A-Z][a-z]+Error|Traceback|Invalid|Expected|None", said)
    assert "\n" not in said
    assert "。。" not in said
    assert re.search("[一-鿿]", error.value.advice)
    for word in more:
        assert word in said


# ---- forms ----------------------------------------------------------------------------


def own_form(tmp_path: Path, text: str, name: str = "台账") -> Path:
    folder = tmp_path / "validators"
    (folder / "forms").mkdir(parents=True)
    (folder / "forms" / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def test_the_form_that_the_faults_are_made_from_is_sound(tmp_path):
    load_regime("tj-2017", own_form(tmp_path, FORM))


FORM_FAULTS = (
    # (what stands there, what is written instead, the key that is named, what else is said)
    ('id = "台账"', "", "id", ("没有写",)),
    ('id = "台账"', 'id = "别的表"', "id", ("文件名",)),
    ('id = "台账"', 'id = 台账"', "第1行", ("引号",)),
    ('id = "台账"', 'id = "台账"\n编号 = "x"', "第2行", ("加了引号",)),
    ('number = "TZ"', "number = 5", "number", ("写的是 5", "加引号的文字")),
    ('number = "TZ"', 'number = "TZ"\nnumber = "TZ"', "第3行", ("写了两次",)),
    ('title = "{年度}台账"', "", "title", ("没有写",)),
    ('title = "{年度}台账"', 'title = "x"\nlandscape = "是"', "landscape", ("true 或 false",)),
    ('title = "{年度}台账"', 'title = "x"\nalias = ["y"]', "alias", ("aliases",)),
    ('title = "{年度}台账"', 'title = "x"\nlayout = "tabel"', "layout", ("table",)),
    ('title = "{年度}台账"', 'title = "x"\nfixed = ["甲"]', "fixed", ()),
    ('title = "{年度}台账"', 'title = "x"\nfixed = [{ "没有" = "甲" }]', "fixed", ("“没有”",)),
    ('title = "{年度}台账"', 'title = "x"\nfixed = [{ "说明" = "甲" }]', "fixed", ("label",)),
    ('name = "日期"', "", "[[field]] 第2个 的 name", ("没有写",)),
    ('name = "日期"', 'name = "编号"', "[[field]]", ("“编号”写了两次",)),
    ('name = "日期"', 'name = "日期"\naliases = ["类别"]', "[[field]]", ("“类别”写了两次",)),
    ('kind = "date"', 'kind = "dat"', "[[field]] 日期 的 kind", ("是否想写“date”",)),
    ('kind = "date"', 'kind = "key"', "[[field]]", ("不止一个",)),
    ('kind = "date"', 'kind = "date"\nrequird = true', "requird", ("required",)),
    ('kind = "date"', 'kind = "date"\nrequired = "是"', "required", ("true 或 false",)),
    ('kind = "date"', 'kind = "date"\nwidth = 0', "width", ("1 到 255",)),
    ('kind = "date"', 'kind = "date"\nwidth = true', "width", ("写的是 true",)),
    ('kind = "date"', 'kind = "date"\naliases = [1]', "aliases", ("文字的列表",)),
    ('kind = "date"', 'kind = "int"\nmaximum = "没有"', "maximum", ("“没有”",)),
    ('kind = "date"', 'kind = "ref"', "[[field]] 日期 的 to", ("form",)),
    ('kind = "date"', 'kind = "ref"\nto = "台账"', "[[field]] 日期 的 to", ("写的是 “台账”",)),
    ('kind = "date"', 'kind = "ref"\nto = { form = "台账", scop = "unit" }', "scop", ("scope",)),
    ('kind = "date"', 'kind = "date"\nsource = "posts"', "source", ("post",)),
    ('choices = ["甲", "乙"]', "", "[[field]] 类别 的 choices", ("没有写",)),
    ('choices = ["甲", "乙"]', 'choices = "完成情况表"', "choices", ("完成情况",)),
    ('choices = ["甲", "乙"]', "choices = []", "choices", ()),
    ('example = "甲"', 'example = "丙"', "[[field]] 类别 的 example", ("“丙”",)),
    ('needs = ["说明"]', 'needs = ["说 明"]', "[[row]] 乙类要说明", ("“说 明”",)),
    ('needs = ["说明"]', "", "[[row]] 乙类要说明", ("needs",)),
    ('needs = ["说明"]', 'needs = ["说明"]\none_of = ["说明"]', "[[row]]", ("只能写一个",)),
    ('needs = ["说明"]', 'not_before = ["日期"]', "not_before", ("两列",)),
    ('needs = ["说明"]', 'expect = { "类别" = ["甲"], "说明" = ["x"] }', "expect", ("一列",)),
    ('needs = ["说明"]', 'needs = ["说明"]\nseverity = "error"', "severity", ("must",)),
    ("equals", "equal", "when.equal", ("equals",)),
    ('{ "类别" = ["乙"] }', '{ "类型" = ["乙"] }', "[[row]] 乙类要说明", ("“类型”",)),
    ('{ equals = { "类别" = ["乙"] } }', '"类别"', "when", ("写的是 “类别”",)),
    (FORM[FORM.index("[[field]]") :], "", "[[field]]", ("一列也没有",)),
    ("[[row]]", "[row]", "row", ("[[row]]",)),
)


@pytest.mark.parametrize(("old", "new", "key", "more"), FORM_FAULTS)
def test_a_faulty_form_is_refused(tmp_path, old, new, key, more):
    assert old in FORM
    folder = own_form(tmp_path, FORM.replace(old, new))
    with pytest.raises(DefinitionError, match=re.escape(key)) as error:
        load_regime("tj-2017", folder)
    check(error, "forms/台账.toml：", more)


def test_a_form_saved_in_gbk_is_refused_with_what_to_do(tmp_path):
    folder = own_form(tmp_path, "")
    (folder / "forms" / "台账.toml").write_bytes(FORM.encode("gbk"))
    with pytest.raises(DefinitionError, match="UTF-8") as error:
        load_regime("tj-2017", folder)
    check(error, "forms/台账.toml：", ("记事本",))


def test_a_file_saved_by_notepad_with_a_mark_is_read(tmp_path):
    folder = own_form(tmp_path, "")
    (folder / "forms" / "台账.toml").write_bytes(FORM.encode("utf-8-sig"))
    load_regime("tj-2017", folder)


LIST_FAULTS = (
    ('[[list]]\nid = "甲"\nvalues = []', "values", ("至少",)),
    ('[[list]]\nvalues = ["甲"]', "id", ("没有写",)),
    ('[[list]]\nid = "甲"\nvalues = [1]', "values", ("文字的列表",)),
    ('[[list]]\nid = "甲"\nvalues = ["一"]\n[list.synonyms]\n"二" = ["两"]', "synonyms", ("“二”",)),
    ('[[list]]\nid = "甲"\nvalue = ["一"]', "values", ()),
    ('[[lists]]\nid = "甲"', "lists", ("list",)),
    ('[[list]]\nid = "甲"\nvalues = ["一"]\n[[list]]\nid = "甲"\nvalues = ["二"]', "[[list]]", ()),
)


@pytest.mark.parametrize(("text", "key", "more"), LIST_FAULTS)
def test_a_faulty_list_is_refused(tmp_path, text, key, more):
    (tmp_path / "lists.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match=re.escape(key)) as error:
        load_regime("tj-2017", tmp_path)
    check(error, "lists.toml：", more)


# ---- regimes --------------------------------------------------------------------------


def own_regime(tmp_path: Path, text: str, regime: str = "tj-2017") -> Path:
    (tmp_path / regime).mkdir()
    (tmp_path / regime / "regime.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_the_rules_that_the_faults_are_made_from_are_sound(tmp_path):
    regime = load_regime("tj-2017", own_regime(tmp_path, CASCADE + COUNT))
    assert regime.cascades[-1].law.id == "新规则"
    assert len(regime.obligations) == len(TJ.obligations)


REGIME_FAULTS = (
    ('id = "tj-2018"', "id", ("tj-2017",)),
    ("packet = 5", "packet", ("[[packet]]",)),
    ('obligation = ["甲"]', "obligation", ("第1项不是表",)),
    ('[[packets]]\nid = "x"', "packets", ("packet",)),
    ('[[packet]]\nid = "责任任务清单"\nsheets = ["没有的表"]', "sheets", ("没有的表.toml",)),
    ('[[packet]]\nid = "责任任务清单"\nsheets = []', "sheets", ("没有写",)),
    ('[[packet]]\nid = "责任任务清单"\nparent_list = "任务进展"', "parent_list", ("sheets",)),
    ('[[packet]]\nid = "述责述廉"\nnumber = "QD"', "[[packet]]", ("“QD”写了两次",)),
    ('[[packet]]\nid = "新套表"', "[[packet]] 新套表 的 number", ("没有写",)),
    ('[[obligation]]\nid = "述责述廉"\npacket = "述责"', "[[obligation]] 述责述廉", ("述责述廉",)),
    ('[[obligation]]\nid = "述责述廉"\nfilers = "各单位"', "[[obligation]] 述责述廉", ("现有",)),
    ('[[obligation]]\nid = "述责述廉"\nduty = "必报"', "duty", ("报送",)),
    ('[[obligation]]\nid = "述责述廉"\nperiod = "每周"', "period", ("上半年",)),
    ('[[obligation]]\nid = "述责述廉"\ndue = "尽快"', "due", ("尽快", "4月底前")),
    ('[[obligation]]\nid = "述责述廉"\nserves = []', "serves", ("没有写",)),
    ('[[filers]]\nid = "基层各责任主体"\nroles = ["书记"]', "[[filers]]", ("“书记”",)),
    ('[[level]]\nid = "新"\nunit = ["x"]', "[[level]] 新 的 unit", ("units",)),
    ('[[role]]\nid = "新"\narea = ["x"]', "[[role]] 新 的 area", ("areas",)),
    ('[[signoff]]\nid = "书记背书"\nsigner = "谁"', "signer", ("unit_secretary",)),
    ('[[signoff]]\nid = "书记背书"\nform = "责任清单"', "[[signoff]] 书记背书", ("signer",)),
    ('[[signoff]]\nid = "书记背书"\npacket = ["述责述廉"]', "[[signoff]] 书记背书", ("签字背书",)),
    ('[[coverage]]\nid = "分工表覆盖班子成员"\nareas = true', "[[coverage]]", ("areas",)),
    ('[[coverage]]\nid = "分工表覆盖班子成员"\ndocument = "x"', "[[coverage]]", ("“x”",)),
    ('[[manual]]\nserves = ["T99"]\nbasis = "一"', "[[manual]]", ("title",)),
    ('[[row]]\nform = "没有"\nid = "新"\nneeds = ["x"]', "[[row]] 新", ("“没有”",)),
    ('[[row]]\nform = "责任清单"\nid = "新"\nneeds = ["x"]', "[[row]] 新", ("“x”",)),
    (
        '[[row]]\nform = "责任清单"\nid = "新"\nneeds = ["备注"]\nwhen = { role = ["书记"] }',
        "[[row]] 新", ("“书记”",),
    ),
    (
        '[[chain]]\nid = "新"\n' + LAW + WORDS + 'form = "责任清单"\n'
        'steps = [{ field = "责任人", not_before = "x" }]',
        "[[chain]] 新", ("“x”",),
    ),
    ('[[chain]]\nid = "新"\n' + LAW + WORDS + 'form = "责任清单"', "steps", ("至少",)),
    (CHAIN, "[[chain]] 新", ("“销号日期”由党委办公室填写", "[[manual]]", "office = true")),
    (CHAIN.replace("field =", 'field = "整改成效", after ='), "[[chain]] 新", ("“销号日期”",)),
    (
        '[[row]]\nform = "巡察整改清单"\nid = "新"\nneeds = ["销号日期"]',
        "[[row]] 新", ("“销号日期”由党委办公室填写", "[[manual]]"),
    ),
    (CASCADE + CASCADE, "[[cascade]]", ("“新规则”写了两次",)),
    (CASCADE.replace('severity = "must"\n', ""), "severity", ("没有写",)),
    (CASCADE.replace("{key}", "{kee}"), "message", ("{kee}", "key")),
    (CASCADE.replace("{key}", "{key"), "message", ("不成对",)),
    (CASCADE.replace("{key}", "{0}"), "message", ("{0}",)),
    (CASCADE.replace("demand", "demands"), "demand.form", ("没有写",)),
    (CASCADE.replace('form = "责任清单"', 'form = "签字背书"'), "[[cascade]]", ("key",)),
    (CASCADE.replace('form = "责任清单"', 'form = "责任清弹"'), "[[cascade]]", ("“责任清单”",)),
    (CASCADE.replace('"责任项目编号"', '"责任编号"'), "[[cascade]] 新规则", ("“责任项目编号”",)),
    (CASCADE.replace('"unit"', '"units"'), "scope", ("unit",)),
    (CASCADE + 'limit = "时限"\n', "[[cascade]] 新规则", ("“时限”",)),
    (COUNT.replace('"数值"', '"次数"'), "[[count]] 新规则", ("“次数”",)),
    (COUNT.replace('"年度"', '"每年"'), "window", ("年度",)),
    (COUNT + "at_least = 0\n", "at_least", ("1 到",)),
    (COUNT.replace("{found}", "{key}"), "message", ("found",)),
)  # fmt: skip


@pytest.mark.parametrize(("text", "key", "more"), REGIME_FAULTS)
def test_a_faulty_regime_is_refused(tmp_path, text, key, more):
    folder = own_regime(tmp_path, text)
    with pytest.raises(DefinitionError, match=re.escape(key)) as error:
        load_regime("tj-2017", folder)
    check(error, "tj-2017/regime.toml：", more)


def test_a_regime_of_ones_own_is_named_after_its_folder(tmp_path):
    text = (validators_dir() / "tj-2017" / "regime.toml").read_text(encoding="utf-8")
    folder = own_regime(tmp_path, text, "our-2025")
    with pytest.raises(DefinitionError, match="our-2025"):
        load_regime("our-2025", folder)
    path = folder / "our-2025" / "regime.toml"
    path.write_text(text.replace('id = "tj-2017"', 'id = "our-2025"'), encoding="utf-8")
    assert regime_ids(folder) == tuple(sorted((*regime_ids(), "our-2025")))
    assert load_regime("our-2025", folder).obligations == TJ.obligations


def test_a_regime_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(DefinitionError, match="tj-2017"):
        load_regime("tj-2016")


# ---- overriding in a workspace ----------------------------------------------------------


def test_a_workspaces_tables_merge_by_id(tmp_path):
    text = '[[obligation]]\nid = "述责述廉"\ndue = "12月31日前"\n'
    regime = load_regime("tj-2017", own_regime(tmp_path, text))
    (changed,) = [o for o in regime.obligations if o.id == "述责述廉"]
    (shipped,) = [o for o in TJ.obligations if o.id == "述责述廉"]
    assert changed.due == "12月31日前"
    assert changed.serves == shipped.serves
    assert [o.id for o in regime.obligations] == [o.id for o in TJ.obligations]


def test_a_workspaces_form_replaces_the_shipped_one_whole(tmp_path):
    text = FORM.replace("台账", "任务进展").replace('name = "编号"', 'name = "任务编号"')
    source = own_form(tmp_path, text, "任务进展")
    (changed,) = [f for f in load_regime("tj-2017", source).forms if f.id == "任务进展"]
    assert [f.name for f in changed.fields] == ["任务编号", "日期", "类别", "说明"]


# ---- sxxt.toml --------------------------------------------------------------------------

SETTINGS = 'regime = "tj-2017"\nyear = 2025\n'
SETTINGS_FAULTS = (
    ("year = 2025\n", "regime", ("没有写",)),
    ('regime = "tj-2017"\n', "year", ("没有写",)),
    ('regime = "tj-2017"\nyear = "2025"\n', "year", ("写的是 “2025”", "整数")),
    ('regime = "tj-2017"\nyear = 25\n', "year", ("四位数",)),
    ("年度 = 2025\n", "第1行", ("引号",)),
    (SETTINGS + 'fileing = "按单位报送"\n', "fileing", ("filing",)),
    (SETTINGS + 'filing = "按人"\n', "filing", ("按人报送",)),
    (SETTINGS + 'today = "7月15日"\n', "today", ("2025-07-15",)),
    (SETTINGS + "today = 2025-07-15T08:00:00\n", "today", ("2025-07-15",)),
    (SETTINGS + "today = true\n", "today", ("true",)),
    (SETTINGS + "months_in_post = -1\n", "months_in_post", ("0 到",)),
    (SETTINGS + 'january = "全年"\n', "january", ("年度",)),
    (SETTINGS + 'deadline = "含"\n', "deadline", ("[表]",)),
    (SETTINGS + "[deadline]\nhour = 25\n", "deadline.hour", ("1 到 24",)),
    (SETTINGS + "[deadline]\ninclusive = 1\n", "deadline.inclusive", ("true",)),
    (SETTINGS + '[deadline]\nmid_month = "15"\n', "deadline.mid_month", ("10", "20")),
    (SETTINGS + "[deadline]\nshfit = true\n", "deadline.shfit", ("shift",)),
    (SETTINGS + '[windows]\n"年终" = "12-31"\n', "windows.年终", ("起止",)),
    (SETTINGS + '[windows]\n"年终" = ["1月", "3月"]\n', "windows.年终", ("01-01",)),
    (SETTINGS + '[windows]\n"年终" = ["12-31", "01-31"]\n', "windows.年终", ("次年",)),
    (SETTINGS + '[windows]\n"年终" = ["02-30", "03-31"]\n', "windows.年终", ()),
    (SETTINGS + '[due]\n"述责述廉" = "尽快"\n', "due.述责述廉", ("4月底前",)),
    (SETTINGS + '[due]\n"述责述廉" = 2025-12-31\n', "due.述责述廉", ("加引号的文字",)),
    (SETTINGS + '[duty]\n"述责述廉" = "免"\n', "duty.述责述廉", ("按需",)),
    (SETTINGS + "[units]\nalso = [1]\n", "units.also", ("文字的列表",)),
    (SETTINGS + '[units]\nalos = ["直属党支部"]\n', "units.alos", ("also",)),
    (SETTINGS + "[limits]\nrows = 0\n", "limits.rows", ("1 到",)),
    (SETTINGS + "[limits]\nseconds = 1.5\n", "limits.seconds", ("整数",)),
    (SETTINGS + '[fonts]\nhead = "黑体"\n', "fonts.head", ("heading",)),
)


def settings_of(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "sxxt.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


@pytest.mark.parametrize(("text", "key", "more"), SETTINGS_FAULTS)
def test_a_faulty_sxxt_toml_is_refused(tmp_path, text, key, more):
    with pytest.raises(DefinitionError, match=re.escape(key)) as error:
        settings_of(tmp_path, text)
    check(error, "sxxt.toml：", more)


STRANGERS = (
    ('[due]\n"述责" = "12月31日前"\n', "due", "述责述廉"),
    ('[duty]\n"述责" = "按需"\n', "duty", "述责述廉"),
    ('[units]\nalso = ["直属支部"]\n', "units.also", "直属党支部"),
    ('[windows]\n"次年初" = ["01-01", "03-31"]\n', "windows", "次年年初"),
)


@pytest.mark.parametrize(("text", "key", "meant"), STRANGERS)
def test_a_setting_about_something_the_regime_does_not_have_is_refused(tmp_path, text, key, meant):
    settings = settings_of(tmp_path, SETTINGS + text)
    with pytest.raises(DefinitionError, match=re.escape(key)) as error:
        check_settings(settings, TJ)
    check(error, "sxxt.toml：", (f"是否想写“{meant}”",))


CONTRADICTIONS = (
    ("tj-2017", '[needed]\n"述责述廉" = ["JX"]\n', "needed.述责述廉", "“报送”"),
    ("shou-2019", '[catalogue]\n"校级书2" = "责任书"\n"校级书3" = "责任 书"\n',
     "catalogue.校级书3", "“校级书2”"),
    ("shou-2019", '[catalogue]\n"校级书2" = "党风廉政责任项目"\n', "catalogue.校级书2",
     "“校级书1”"),
)  # fmt: skip


@pytest.mark.parametrize(("regime", "text", "key", "said"), CONTRADICTIONS)
def test_settings_that_contradict_each_other_are_refused(tmp_path, regime, text, key, said):
    settings = settings_of(tmp_path, f'regime = "{regime}"\nyear = 2025\n{text}')
    with pytest.raises(DefinitionError, match=re.escape(key)) as error:
        check_settings(settings, load_regime(regime, names=settings.catalogue))
    check(error, "sxxt.toml：", (said,))


def test_names_that_do_not_meet_may_be_the_same(tmp_path):
    text = '"校级书2" = "责任书"\n"二级书1" = "责任书"\n"校级会1" = "责任书"\n"校级书3" = ""\n'
    settings = settings_of(tmp_path, f'regime = "shou-2019"\nyear = 2025\n[catalogue]\n{text}')
    check_settings(settings, load_regime("shou-2019", names=settings.catalogue))


def test_every_setting_may_be_left_out(tmp_path):
    settings = settings_of(tmp_path, SETTINGS)
    assert settings == Settings("tj-2017", 2025)
    check_settings(settings, TJ)


# ---- the shipped forms ------------------------------------------------------------------

LISTS = load_lists((validators_dir(),))
SHIPPED = load_forms((validators_dir(),), LISTS)
# What units, readers of the master and rules rely on: * required, 〔*〕 under some regimes or
# in some packets, K the item number.
HEADINGS = """\
三张清单（一表式）： 序号 责任主体* 问题编号*K 问题表现* 问题来源* 整改目标* 责任人*
    责任部门 工作项目* 整改措施* 完成时限* 完成情况 备注
主体责任落实情况报告： 序号 责任主体* 重点方面* 履责情况* 主要成效 存在问题 下步措施
    责任项目编号 报告文件名
任务清单： 序号 责任主体* 任务编号*K 责任项目编号* 工作任务* 具体措施* 责任人 协办部门
    开始时间 完成时限* 完成情况 完成日期 进展说明 佐证材料 备注
任务进展： 序号 责任主体 任务编号*K 工作任务 完成时限 完成情况* 完成日期 进展说明* 佐证材料
会议记录： 序号 会议编号*K 会议类型* 所属年度* 会议日期* 会议地点 主持人* 参会范围 议题*
    形成事项 关联清单编号 记录人
制度目录落实表： 序号 类别* 名称* 责任主体* 所属年度 应完成时间 实际完成日期 关联编号 佐证材料 备注
双报告登记： 序号 报告编号*K 报党委日期* 报上级纪委日期* 办理结果
四责协同检查表： 序号 被检查单位* 带队人* 检查方式 检查日期* 检查事项* 检查结论* 发现问题
    整改要求 整改时限
实施方案备案表： 序号 文件名称* 文号 印发日期 附件文件名 备注
封面： 填报单位* 单位代码 年度* 报告期* 填报人* 联系电话* 填报日期* 审核人 集体研究会议日期
    空表说明
履责统计： 指标* 计量单位 数值* 说明
履责记实台账： 序号 责任主体* 日期* 记实类别* 内容* 任务编号 地点 参加人员 记录人 佐证材料
巡察安排登记： 序号 巡察编号*K 巡察轮次* 被巡察单位* 进驻日期 反馈日期 汇报会议编号
    通报会议编号 备注
巡察整改清单： 序号 整改编号*K 巡察轮次 反馈问题* 原因分析〔*〕 点题领导〔*〕 领题领导〔*〕
    监督责任人〔*〕 责任类别〔*〕 责任部门* 责任人* 整改措施* 整改时限* 整改状态* 整改成效
    回头看日期 销号日期 备注
廉情抄告登记： 序号 抄告编号*K 抄告日期* 抄告对象* 涉及单位* 问题内容* 整改措施 回告期限*
    回告日期 回告内容 核查结论
情况说明： 序号 涉及表* 涉及编号或单元格* 审核意见 说明（请填写）* 说明人 说明日期
措施清单： 序号 措施编号*K 问题编号* 整改措施* 责任人* 责任部门 完成时限* 整改状态 完成日期
    佐证材料 备注
政治生态整改反馈： 序号 问题编号*K 分析期间* 问题表现* 整改措施* 责任人* 督促校领导*
    整改时限* 整改情况* 书面反馈日期 核查结论
班子成员分工表： 序号 姓名* 职务* 班子身份* 分管工作 分管单位（科室） 联系单位（支部）
    任职起 任职止
监督执纪四种形态统计： 形态* 处理方式* 人次* 其中中层干部 备注
监督责任落实情况报告： 序号 责任主体* 重点方面* 履责情况* 主要成效 存在问题 下步措施
    责任项目编号 报告文件名
签字背书： 序号 责任主体* 职务 背书人* 背书日期*
职能监督履行情况报告： 序号 职能领域* 监督事项* 监督方式 发现问题数* 整改完成数* 报党委日期
    抄告纪委日期 备注
联席会议点题表： 序号 点题编号*K 会议日期* 点题领导* 点题内容* 领题领导* 责任部门* 整改措施*
    完成时限* 监督责任人* 监督意见 完成情况
联系单位登记： 序号 联系人* 联系人职务 联系单位* 联系支部 备注
自查自纠重点项目清单： 序号 项目编号*K 重点项目* 自查内容* 存在问题 认领领导* 责任部门*
    纠正措施* 完成时限* 完成情况 备注
谈话记录： 序号 谈话类型* 谈话时间* 谈话地点* 谈话人* 谈话对象* 对象职务 谈话主题* 书面记录*
    问题编号
责任书签订登记： 序号 责任书编号*K 签订层级* 甲方* 乙方* 乙方职务 签订日期* 甲方签字
    乙方签字 扫描件文件名 备注
责任清单： 序号 责任主体* 项目编号*K 重点方面* 工作项目* 具体措施〔*〕 上级项目编号 落实方式
    问题编号 责任人 责任部门 完成时限* 完成情况 未纳入理由 备注
责任考核评分： 序号 被考核单位* 被考核对象* 带队领导* 考核日期 一级指标* 二级指标* 考核内容
    满分* 评分标准 自评分 考核得分 扣分原因 问题来源
述职评议考核： 序号 述职人* 党组织* 职务 述职方式* 述职日期* 综合评价等次 主要问题 整改措施
述责述廉登记： 序号 姓名* 职务* 述责方式* 述责日期* 报告文件名 履行主体责任情况
    履行第一责任人责任情况 履行一岗双责情况 学习贯彻情况 廉洁自律情况 存在问题 改进措施
问责台账： 序号 问责编号*K 问责对象* 对象类别* 问责方式* 决定机关* 决定日期* 党委责任认定
    纪委责任认定 书记责任认定 班子成员责任认定 书面检讨日期 深刻检查会议 专题民主生活会日期
    纪律教育会日期
问题（风险）清单： 序号 责任主体* 问题编号*K 问题类型 问题来源* 问题表现* 风险等级 责任人*
    责任部门 发现日期 整改目标〔*〕 整改时限* 整改状态 备注
"""


def marked(source) -> list[str]:
    at_times = {*source.required_in, *source.required_without}
    return [
        field.name
        + ("*" if field.required else "〔*〕" if field.name in at_times else "")
        + ("K" if field.kind == "key" else "")
        for field in source.form.fields
    ]


def test_no_shipped_form_gains_loses_or_renames_a_heading_unnoticed():
    wanted = {}
    for entry in re.split(r"\n(?! )", HEADINGS.strip()):
        name, _, words = entry.partition("：")
        wanted[name] = words.split()
    assert {name: marked(source) for name, source in SHIPPED.items()} == wanted


def test_what_a_city_is_shown_does_not_speak_of_a_university():
    city = load_regime("sh-2019")
    said = [
        text
        for form in city.forms
        for text in (form.purpose, *(t for f in form.fields for t in (f.hint, f.example)))
    ]
    assert [text for text in said if re.search("校|学院|学期|教职工|实验|二级单位", text)] == []
    university = load_regime("tj-2017").form("责任清单").field("责任部门")
    assert university is not None
    assert university.example == "学院办公室"


def test_no_two_forms_number_their_items_alike():
    numbers = [source.form.number for source in SHIPPED.values()]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_every_heading_tells_a_clerk_what_to_write_and_the_example_passes(name):
    form = SHIPPED[name].form
    assert form.purpose
    for field in form.fields:
        said = convert(field, field.example, 2025)
        assert said.known, field.name
        repaired = said.code == "V151" or field.kind in {"int", "year", "number"}
        assert said.code is None or repaired, field.name
        assert not field.max_length or len(field.example) <= field.max_length
        # A regime's own list, and who files under it, have no example here.
        listed = field.kind in {"choice", "choices", "filer"}
        assert field.example or listed or not field.required, field.name


def test_no_variant_of_a_value_stands_for_two_values():
    for name, choices in LISTS.items():
        words = [*map(fold, choices.values), *(fold(word) for word, _ in choices.synonyms)]
        assert len(words) == len(set(words)), name


def told(name: str, *rows: Mapping[str, object]) -> list[tuple[int, str, str]]:
    """What the checks find in these rows of a shipped form, beside what is not filled in."""
    form = SHIPPED[name].form
    index = range(len(rows))
    columns = {
        f.name: pd.Series([r.get(f.name) for r in rows], dtype=DTYPES.get(f.kind, "str"))
        for f in form.fields
    }
    known = pd.DataFrame(data=True, index=index, columns=list(columns))
    place = {CODE: "JX", PERIOD: "2025", ROLE: None, FILE: 1, SHEET: name}
    frame = pd.DataFrame(columns | {k: pd.Series([v] * len(rows)) for k, v in place.items()})
    found = check_table(schema_of(form, form.rows, ()), frame, known, form.rows)
    return [(f.label, f.code, f.field) for f in found if f.code != "V101"]


def test_figures_do_not_exceed_what_they_are_a_part_of():
    assert told(
        "责任考核评分",
        {"满分": 10, "自评分": 9.5},
        {"满分": 10, "自评分": 10.5, "考核得分": 11},
    ) == [(1, "V112", "考核得分"), (1, "V112", "自评分")]
    assert told("职能监督履行情况报告", {"发现问题数": 2, "整改完成数": 3}) == [
        (0, "V112", "整改完成数")
    ]
    assert told("监督执纪四种形态统计", {"人次": 1, "其中中层干部": 2}) == [
        (0, "V112", "其中中层干部")
    ]


def test_a_check_that_is_not_a_plain_yes_says_what_was_found():
    rows = ({"检查结论": "是"}, {"检查结论": "基本"}, {"检查结论": "否", "发现问题": "缺签字"})
    assert told("四责协同检查表", *rows) == [(1, "V113", "发现问题")]


def test_an_answer_does_not_come_before_the_notice():
    day = pd.Timestamp("2025-05-08")
    early = {"抄告日期": day, "回告日期": day - pd.Timedelta(days=1)}
    assert told("廉情抄告登记", {"抄告日期": day, "回告日期": day}, early) == [
        (1, "V114", "回告日期")
    ]


def test_registers_without_names_have_no_heading_for_one():
    for name in ("监督执纪四种形态统计", "双报告登记"):
        kinds = {field.kind for field in SHIPPED[name].form.fields}
        assert not kinds & {"filer", "person", "signer"}, name
