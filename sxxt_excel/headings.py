"""Names of sheets and headings that the program writes itself and reads again.

A form's headings are data and stand in `validators/`; these are the program's own.
"""

from __future__ import annotations

# Beside the columns of a form: where a row was read, whose it is, and how its workbook stands.
FILE_HEADING, SHEET_HEADING, ROW_HEADING = "来源文件", "来源表", "来源行"
UNIT_HEADING, PERIOD_HEADING, STATE_HEADING = "填报单位", "报告期", "状态"

# Sheets of 总台账.xlsx.
ARRIVALS_SHEET, FILINGS_SHEET = "报送情况", "清单备案登记"
CASCADE_SHEET, COUNTS_SHEET = "责任传导", "次数核对"
# On these a row's unit stands under its name alone.
ABOUT_UNITS, UNIT_NAME = (ARRIVALS_SHEET, FILINGS_SHEET, COUNTS_SHEET), "单位"
# On the sheet of the cascade: an item of the level above.
ITEM_NUMBER, ITEM_TEXT = "项目编号", "工作项目"
