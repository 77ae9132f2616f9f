"""The catalogue of findings: one entry a code, never reused, wording in one place.

`message` and `remedy` are templates; a rule of a regime brings its own words and keeps
the code. `why` is what `sxxt-excel explain` adds. `{got}` is what was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sxxt_excel.model import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sxxt_excel.model import Severity, Where


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding; `severity` is the default that a rule may soften."""

    id: str
    severity: Severity
    title: str
    message: str
    remedy: str
    why: str = ""
    since: str = "0.1"


FAMILIES: tuple[tuple[str, str], ...] = (
    ("F", "文件"),
    ("S", "表格结构"),
    ("V", "填写内容"),
    ("I", "身份识别"),
    ("T", "报送时间"),
    ("Q", "完整性"),
    ("C", "责任传导"),
    ("N", "次数"),
    ("B", "签字背书"),
    ("D", "重复与版本"),
    ("R", "名册与设置"),
)

_ASIDE = "已由系统处理，不必修改"

CODES: tuple[Code, ...] = (
    # ---- files ----
    Code("F101", "must", "文件设有密码", "文件设有密码，无法打开", "请取消密码，另存为.xlsx后重报",
         "Excel：文件→信息→保护工作簿→用密码进行加密，清空后保存。"
         "WPS：审阅→文档加密→密码加密，清空后保存。经单位加密软件（绿盾、亿赛通等）处理过的，请先解密再发。"),
    Code("F102", "must", "文件损坏", "文件损坏，打不开", "请在Excel或WPS中打开原件，另存为.xlsx后重报",
         "多因邮件或聊天工具传输中断、U盘未安全弹出。原件也打不开的，请从下发的模板重新填写。"),
    Code("F103", "must", "空文件", "文件是空的（0字节）", "请重新发送原件",
         "发送时文件还没有写完或没有选对文件。"),
    Code("F104", "must", "不是真正的Excel工作簿", "文件虽以“{suffix}”结尾，但{got}", "请在Excel或WPS中打开，另存为.xlsx后重报",
         "系统导出的“.xls”常常是网页或文本。打开后选“另存为”，类型选“Excel工作簿（*.xlsx）”。"),
    Code("F105", "must", "暂不支持的文件格式", "暂不能读取这种文件（{got}）", "请解压或另存为.xlsx后重报",
         "压缩包请先解压，邮件请先把附件存下来，其他格式请用Excel或WPS另存为“Excel工作簿（*.xlsx）”。"),
    Code("F106", "must", "超出读取限额", "文件超出读取限额{detail}", "请删去表格以外的内容和空行空列，另存为.xlsx后重报",
         "常因在很远的单元格误填了内容。Excel、WPS：按Ctrl+End看最后一格在哪里，把多余的行列整行整列删除后保存。限额可在sxxt.toml的[limits]中调整。"),
    Code("F107", "must", "读取时中断", "读取这个文件时程序中断", "请在Excel或WPS中打开，把内容复制到下发的模板后重报",
         "文件内部结构异常。用WPS或Excel“打开并修复”，或复制内容到新的模板中。"),
    Code("F108", "note", "临时文件或系统文件", "这是系统临时文件，没有收", "不必处理；若单位只发来这一个文件，请其重发",
         "文件名以“~$”开头的是打开Excel时留下的锁文件，不含内容。"),
    Code("F110", "note", "含有宏", "文件含有宏，宏没有运行，内容照常读取", "不必处理；今后请存为.xlsx"),
    Code("F111", "note", "含有外部链接", "文件含有指向其他文件的链接，链接没有打开", "请核对数值是否已更新；今后请粘贴为数值"),
    Code("F112", "must", "带有密级标志", "文件带有密级标志{detail}，已停止处理，内容没有收入任何结果",
         "请立即停止使用，不要复制、转发、上网传递，也不要自行删除；保持原状，马上报告本单位保密办，由其处理。经保密办确认属误标的，由原单位改正后重报",
         "涉密材料不得在本系统收集、处理。密级标志看文件名、工作表名、封面、各表首两行、页眉页脚、文本框和单独写着标志的单元格；"
         "句子里的“国家秘密”“商业秘密”等字样不算。Word、PDF、图片只看文件名，xls、ods看不到页眉页脚。"
         "系统没有检查出来，不等于不涉密，收件时仍要由人把关。"),
    Code("F113", "must", "上报版不完整", "这份上报版缺少系统写入的隐藏表，不能拆分", "请下级用 sxxt-excel collect 重新汇总，把 汇总/上报版.xlsx 原样报来",
         "复制内容到新文件、删去隐藏的工作表，都会使上报版不能读取。"),
    # ---- structure ----
    Code("S101", "must", "缺少工作表", "缺少工作表“{form}”", "请从下发的模板中补上这张表后重报"),
    Code("S102", "must", "缺少必填列", "表中没有“{field}”这一列", "请补上“{field}”列后重报；可从下发的模板中复制表头"),
    Code("S103", "note", "列名有改动", "“{got}”已按“{field}”读取", _ASIDE),
    Code("S104", "note", "表头位置或列序有变动", "表头或列的位置与模板不同，已按列名读取", _ASIDE),
    Code("S105", "note", "自行增加的列", "自行增加的列“{got}”没有收入汇总", "不必处理；其中有须报送的内容，请写入“备注”"),
    Code("S106", "note", "自行增加的工作表", "自行增加的工作表“{got}”没有收入汇总", "不必处理；其中有须报送的内容，请写入规定的表"),
    Code("S107", "note", "缺少选填列", "表中没有选填列“{field}”，按未填处理", _ASIDE),
    Code("S108", "note", "工作表改名", "工作表“{got}”已按“{form}”读取", _ASIDE),
    Code("S109", "note", "合并单元格", "合并的单元格{got}已逐行按同一内容读取", _ASIDE),
    Code("S110", "note", "隐藏的内容", "{got}，其中内容已照常读取", "请核对隐藏的内容是否应当报送"),
    Code("S111", "query", "同名列重复", "“{field}”有两列，只读取了靠左的一列", "请删去多余的一列后重报；两列都要的请写明"),
    Code("S112", "must", "认不出表头", "“{form}”中找不到表头", "请从下发的模板复制表头行，粘贴在数据上方后重报"),
    # ---- values ----
    Code("V101", "must", "必填项未填", "“{field}”未填", "请补填{hint}"),
    Code("V102", "must", "日期无法识别", "“{field}”写的“{got}”不是有效日期", "请写到日，如 2025-3-5"),
    Code("V103", "must", "不是数字", "“{field}”写的“{got}”不是{kind}", "请只填数字，单位和说明写到“说明”或“备注”"),
    Code("V104", "must", "不在可选值内", "“{field}”写的“{got}”不在可选值内", "请从下拉清单中选：{choices}{nearest}"),
    Code("V105", "must", "时限写法不认", "“{field}”写的“{got}”看不出时限", "请填日期，或“2025年6月底”“三季度末”“长期坚持”这类写法{nearest}"),
    Code("V106", "must", "编号重复", "“{field}”{got}在本单位重复", "请改成不重复的编号，引用它的地方一并改"),
    Code("V107", "must", "编号查无对应", "“{field}”写的{got}在“{target}”中没有", "请核对编号{nearest}"),
    Code("V108", "must", "编号写法不符", "“{field}”写的“{got}”不是本单位这一年的编号", "请写成 {expected} 的样子；只写 1、2、3 也可以"),
    Code("V109", "must", "责任主体不符", "“{field}”写的“{got}”不是本套表的责任主体", "请从下拉中选：{choices}{nearest}"),
    Code("V110", "must", "单元格是错误值", "“{field}”显示为错误值{got}", "请改正公式，或直接填写内容"),
    Code("V111", "must", "公式没有结果", "“{field}”是公式，但文件里没有计算结果", "请用Excel或WPS打开，按F9重算后保存重报；或直接填写内容"),
    Code("V112", "must", "数值超出范围", "“{field}”写的{got}不应{limit}", "请核对后改正"),
    Code("V113", "must", "应填未填", "{because}，“{field}”应当填写", "请补填“{field}”{hint}"),
    Code("V114", "query", "先后颠倒", "“{field}”（{got}）早于“{other}”（{before}）", "请核对两个日期；属实的请说明原因"),
    Code("V115", "query", "人员不在名册", "“{field}”写的“{got}”不在本单位名册中", "请核对姓名；新任人员请告知党委办公室更新名册{nearest}"),
    Code("V116", "query", "与身份不符", "{filer}是{role}，“{field}”写的“{got}”与制度要求不一致", "制度要求为{choices}；属笔误的请更正，属实的请说明原因"),
    Code("V117", "must", "疑似身份证号", "“{field}”中有疑似身份证号的内容（{got}）", "请删去后重报；本套表不收集身份证号",
         "号码在所有结果中都已遮去中间各位。收下的原件里仍有全号，请一并妥善保管，改报后及时清理。"),
    Code("V118", "must", "至少填一项", "这一行的{fields}都没有填", "请至少填其中一项"),
    Code("V119", "query", "疑似手机号", "“{field}”中有疑似手机号的内容（{got}）", "请删去；联系电话只填在封面。确不是手机号的请说明",
         "号码在所有结果中都已遮去中间四位。封面“联系电话”和表下方注明“电话”“联系人”的地方可以写手机号。"),
    Code("V120", "must", "超过规定字数", "“{field}”有{count}字，超过{most}字", "请压缩到{most}字以内后重报"),
    Code("V121", "query", "单位不在名册", "“{field}”写的“{got}”不在单位名册中", "请写单位全称；新设单位请先补入名册{nearest}"),
    Code("V122", "query", "两列不一致", "{because}，“{field}”（{got}）应当与“{other}”（{before}）相同", "属笔误的请更正，属实的请说明原因"),
    Code("V123", "must", "只填人次的表写有姓名", "这一格写有名册中某人的姓名（此处不再重复）", "请删去姓名，只填人次；恰与姓名同字的，请换一种写法",
         "监督执纪四种形态统计只填人次，任何一格都不写姓名。只按单位名册中的全名逐字查找，别的写法（只写姓氏、化名、名册以外的人）查不出来，仍要由人把关。"),
    Code("V151", "note", "日期写法已规范", "“{field}”的“{got}”已按{value}读取", _ASIDE),
    Code("V152", "note", "数字写法已规范", "“{field}”的“{got}”已按{value}读取", _ASIDE),
    Code("V153", "note", "编号已补全", "“{field}”的“{got}”已补全为{value}", _ASIDE),
    Code("V154", "note", "说法已规范", "“{field}”的“{got}”已按“{value}”读取", _ASIDE),
    Code("V155", "note", "责任主体写法已规范", "“{field}”的“{got}”已按“{value}”读取", _ASIDE),
    Code("V156", "note", "时限写法已规范", "“{field}”的“{got}”已按“{value}”读取", _ASIDE),
    Code("V157", "note", "清单以外的值", "“{field}”写的“{got}”不在推荐的选项中，照原样收入", "请核对；无误的不必修改"),
    Code("V158", "note", "由党委办公室填写的列", "“{field}”由党委办公室填写，单位填的“{got}”没有收入", _ASIDE),
    Code("V159", "note", "预填内容有改动", "预填的“{field}”改成了“{got}”，仍以备案的“{value}”为准", "不必处理；确须变更的请另行报告"),
    Code("V160", "note", "空格与全角已规范", "“{field}”中多余的空格或全角字符已去除", _ASIDE),
    # ---- identity ----
    Code("I101", "note", "没有下发标识", "不是用下发的文件填的，已按{evidence}认定为{got}", "请核对单位和报告期；今后请用下发的文件填写"),
    Code("I102", "must", "单位前后不一致", "下发标识是{stamp}的，封面写的是{got}", "请用本单位的下发文件填写后重报；封面写错的请改正"),
    Code("I103", "must", "年度或报告期不符", "“{field}”写的“{got}”与下发的{expected}不一致", "请改正；拿错了文件的，请用{expected}的文件填写后重报"),
    Code("I104", "must", "认不出填报单位", "看不出是哪个单位报的", "请在封面“填报单位”写单位全称后重报"),
    Code("I105", "note", "不在应报范围", "{unit}不在“{packet}”的应报范围，内容照收，不计入应报数", "请核对；应当报送的请在名册或sxxt.toml中补上"),
    Code("I106", "note", "不属本次报送", "不属本次报送的材料，没有收", "不必处理；若是应报材料，请用下发的文件填写后重报"),
    Code("I107", "must", "不是本制度的表", "这是“{got}”制度的表", "请用本次下发的文件填写后重报"),
    Code("I108", "note", "单位用了简称或曾用名", "封面写的“{got}”已按“{unit}”认定", _ASIDE),
    Code("I109", "note", "附件没有对上单位", "附件看不出是哪个单位的", "请把单位名称写进文件名，或放进该单位的文件夹"),
    Code("I110", "note", "年度报告代半年报告", "报告期为{got}，按{value}的报送收下", _ASIDE),
    Code("I111", "query", "下发标识被改动", "下发标识与党委办公室登记的不一致", "请用原下发文件填写后重报；确用原件的请说明经过"),
    Code("I112", "note", "办公室自存的登记", "这是办公室自己留存的登记，不在收件之列，内容没有收", "请移到工作文件夹的“自存”中；单位报来的，请退还并告知不必报送",
         "自存的登记不下发、不报送、不汇总。要核对的，在 sxxt.toml 写 registers = true，把登记放在“自存”文件夹里。"),
    # ---- deadlines ----
    Code("T101", "note", "逾期报送", "{title}{due}截止，{received}收到，逾期报送", "今后请按时报送；已到材料照常审核"),
    Code("T102", "note", "按文件时间认定", "收到时间{received}按文件自身时间认定", "如有出入，请经办人在《收件登记》补登"),
    Code("T103", "query", "收到时间待核", "{title}的收到时间仅能依文件日期推定（{received}，晚于截止日{due}），暂不认定逾期", "请经办人在《收件登记》补登实际收到时间"),
    Code("T104", "note", "经微信报送", "登记为经{got}报送", "请提醒单位改用OA或校内邮箱，勿在群内发送材料"),
    Code("T105", "note", "放假安排未知", "{got}年的放假调休安排尚未掌握，截止日没有顺延", "请在安排公布后更新程序，或在sxxt.toml中写明截止日"),
    # ---- completeness ----
    Code("Q101", "must", "尚未报送", "{title}应于{due}前报送，尚未收到", "请{unit}尽快报送；确有困难的，请告知预计时间"),
    Code("Q102", "note", "尚未报送（未定期限）", "{title}的报送时段已过，尚未收到", "制度未定具体日期，请提醒{unit}报送"),
    Code("Q103", "must", "责任主体缺内容", "“{form}”中没有{filer}的内容", "请补填"),
    Code("Q104", "must", "空表未说明", "“{form}”没有内容，也没有说明", "请补填；确无此项工作的，请在封面“空表说明”写明原因，视为零报告"),
    Code("Q105", "query", "重点方面未报告", "{filer}的报告缺“{area}”", "请补写，或随附报告文件"),
    Code("Q106", "query", "报告文件未收到", "“报告文件名”写的“{got}”没有随套表收到", "请补报这个文件，或核对文件名"),
    Code("Q107", "must", "固定行缺失", "“{form}”缺“{got}”一行", "请补上这一行；没有发生的填 0"),
    Code("Q108", "note", "零报告", "“{form}”为零报告：{got}", "不必处理"),
    # ---- cascade ----
    Code("C101", "query", "项目没有承接", "{key}没有承接", "请补充，或写明理由"),
    Code("C102", "query", "时限晚于上级项目", "{key}的时限{got}晚于所对应的{parent}（{before}）", "属笔误的请更正；情况属实的请说明原因"),
    Code("C103", "note", "落实方式未填", "项目{key}没有填“落实方式”，不知由谁承接", "请党委办公室与填报人核对后补填"),
    Code("C104", "note", "已说明未纳入", "上级项目{key}未纳入：{got}", "请党委办公室阅知"),
    Code("C105", "query", "环节未完成", "{because}{key}的“{step}”{state}", "请补填或更正“{step}”；确有原因的，请{say}",
         "一件事的几个环节按先后填写：前一环节到了，后一环节也应当有。"),
    Code("C106", "query", "逾期未完成", "{key}应于{day}前完成，“{step}”{state}，逾期未完成", "请抓紧完成并更新“{step}”；确有原因的，请{say}",
         "期限按表中所填的日期，或写法所指的最后一天；“长期坚持”等没有日子的不算逾期。"),
    Code("C107", "query", "环节先后颠倒", "{key}的“{step}”（{got}）早于“{other}”（{before}）", "请核对两个日期；属实的请{say}"),
    Code("C108", "note", "已说明", "{key}的“{step}”{due}已说明：{got}", "请党委办公室阅知"),
    # ---- counts ----
    Code("N101", "query", "次数不足", "登记{found}次，制度要求不少于{required}次", "漏记的请补记；未开展的请说明原因"),
    Code("N102", "note", "次数提醒", "{text}。{window}未结束，仅作提醒", "请在期末前完成"),
    Code("N103", "note", "次数不足，已说明", "{text}。单位说明：{got}", "请党委办公室阅知",
         "说明须在六个字以上，只写“核实无误”“情况属实”之类的不算说明。次数仍按不足统计。"),
    Code("N104", "query", "记录与统计不一致", "记录{found}次，统计填的是{required}", "请核对记录和统计；属笔误的请更正，属实的请说明原因",
         "同一单位同一时期，按记录逐条数出来的次数，应当与履责统计填的数相同。同一天、同一事项重复登记的只算一次。"),
    Code("N105", "query", "先后不对", "“{name}”（{got}）早于“{other}”（{before}）", "请核对两个日期；属笔误的请更正，属实的请说明原因",
         "制度规定了先后：后一项应在前一项之后进行，同一天的不算先后不对。"),
    Code("N106", "query", "合计与明细不一致", "“{field}”合计填的是{got}，各行相加是{value}", "请核对各行和合计；属笔误的请更正"),
    # ---- sign-off ----
    Code("B101", "must", "清单未背书", "{filer}的清单没有签字背书", "请{signer}审核签字，填入“签字背书”后重报"),
    Code("B102", "must", "背书人不符", "{filer}的清单背书人是{got}，应为{signer}", "请{signer}审核签字后重报"),
    Code("B103", "note", "待补签", "{filer}的背书日期（{got}）晚于报送时间，按待补签登记", "请把签字后的纸质件补送党委办公室"),
    # ---- doubles and versions ----
    Code("D101", "note", "已有新版", "已有较新的一份（{newer}），这一份不再计入", "不必处理；应以这一份为准的请告知党委办公室"),
    Code("D102", "note", "重复报送", "与{same}完全相同，不再重复登记", "不必处理"),
    Code("D103", "query", "两份内容互不覆盖", "较早的一份（{got}）中有{filers}的内容，较新的一份没有", "请合并成一份后重报；不需要的请说明"),
    Code("D104", "note", "上下级认定不一致", "{unit}{title}：下级报为{was}，本级复核为{now}",
         "请与下级核对截止日和审核口径", "上报版中的每份材料由本级按同样的规则重新审核，时限按本级的设置计算。"),
    Code("D105", "note", "上下级审核意见不一致", "下级有{was}条审核意见，本级复核有{now}条；{apart}", "请与下级核对",
         "只比较单看一份材料就能判定的意见；与上级清单、别的单位有关的，本级收得更全，不作比较。"),
    Code("D106", "query", "上报版写出后有改动", "上报版写出后被人改动过，内容照收", "请下级用 sxxt-excel collect 重新汇总，把新写出的上报版原样报来；确需手改的请说明",
         "上报版由系统写出，带有核对码。要改内容的，应当改原始材料，再重新汇总。"),
    # ---- roster and workspace ----
    Code("R101", "must", "名册必填项未填", "名册“{field}”未填", "请补填"),
    Code("R102", "must", "代码查无此单位", "“{field}”写的“{got}”在《单位》表中没有", "请核对代码，或先在《单位》表中补上{near}"),
    Code("R103", "must", "上级单位绕成了圈", "{got}的上级单位层层相连又回到自己", "请改正“上级单位代码”"),
    Code("R104", "query", "没有书记", "{unit}没有职务为书记的在岗人员，也没有注明主持工作的人", "请在《人员》补上，或给主持工作的人填“主持工作”为是"),
    Code("R105", "query", "书记不止一人", "{unit}有{got}名书记：{names}", "请核对职务和任职起止；离任的请填“任职止”"),
    Code("R106", "must", "单位代码重复", "单位代码“{got}”用了不止一次", "请改成不重复的代码"),
    Code("R107", "must", "名册写法不认", "“{field}”写的“{got}”不在可选值内", "可填：{choices}"),
    Code("R108", "must", "名册日期无法识别", "“{field}”写的“{got}”不是有效日期", "请写成 2025-3-5 的样子"),
    Code("R109", "must", "例外对不上", "例外中的{field}“{got}”对不上", "请核对；{choices}"),
    Code("R110", "query", "名册缺工作表", "名册中没有“{got}”这张表", "请从 init 生成的名册中复制这张表"),
    Code("R111", "query", "没有主要负责人", "{unit}没有班子身份为主要负责人的在岗人员，也没有人主持工作", "请在《人员》补上；岗位空缺的请注明谁主持工作"),
    Code("R112", "note", "没有分管领导", "没有校领导分管或联系{unit}，主要负责人的清单无法核对背书人", "请在校领导的“分管单位代码”或本单位的“联系校领导”中补上"),
    Code("R113", "note", "名称重复", "“{got}”是几个单位共用的名称或简称，不能据以认定单位", "请在名册中改用不重复的简称"),
    Code("R114", "query", "上下级名册不一致", "单位代码“{code}”在本级名册中是{known}，下级上报为{got}", "请与下级核对后统一名册；名称不同的，该单位的材料没有并入"),
    Code("R115", "note", "不能确定本级单位", "名册中最高一级不是恰好一个单位，看不出这是哪一级的工作文件夹，没有写出上报版", '请在 sxxt.toml 的 [tree] 中写 node = "单位代码"'),
    Code("R121", "must", "收件登记写法不认", "收件登记的“{field}”写的“{got}”看不懂", "收到时间请写成 2025-4-10 16:30 的样子"),
    Code("R122", "note", "收件登记对不上文件", "收件登记的“{got}”在收件夹中没有对应的文件", "请核对文件名；可用 * 代替一段文字"),
)  # fmt: skip

OVERDUE = "C106"

CATALOGUE: dict[str, Code] = {code.id: code for code in CODES}


class _Blank(dict[str, str]):
    """Words for a template: one that is not given reads as nothing."""

    def __missing__(self, key: str) -> str:
        return ""


def fill(template: str, words: dict[str, str]) -> str:
    """Fill a template's {names}; a name without a word reads as nothing."""
    return template.format_map(_Blank(words))


def finding(  # noqa: PLR0913 - all but two by keyword
    code: str,
    where: Where,
    *,
    got: str = "",
    basis: str = "",
    severity: Severity | None = None,
    rule: str | None = None,
    message: str | None = None,
    remedy: str | None = None,
    words: Mapping[str, str] | None = None,
    **more: str,
) -> Finding:
    """Return a finding of the catalogue with its sentence filled in.

    Args:
        code: an id of the catalogue; KeyError otherwise.
        where: the address.
        got: what was found, as the sender wrote it.
        basis: document and clause.
        severity: the rule's own, where it differs from the catalogue's.
        rule: id of the regime's rule that found it.
        message: the rule's own template, else the catalogue's.
        remedy: the same for what to do.
        words: what the templates name besides `got`, `field`, `form`, `unit`, `filer`.
        more: the same, one by one.
    """
    entry = CATALOGUE[code]
    said = {
        "got": got,
        "field": where.field or "",
        "form": where.form or "",
        "unit": where.unit or "",
        "filer": where.filer or "",
    } | {**(words or {}), **more}
    return Finding(
        code=code,
        severity=severity or entry.severity,
        where=where,
        got=got,
        message=fill(message or entry.message, said),
        remedy=fill(remedy or entry.remedy, said),
        basis=basis,
        rule=rule,
    )
