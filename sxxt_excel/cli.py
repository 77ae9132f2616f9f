"""The commands: arguments → one call → print → exit code.

Exit codes: 0 nothing stands, 1 a must, a query or a missing 报送 stands, 2 the command
could not be carried out, with one sentence.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import sys

import click

from sxxt_excel import __version__
from sxxt_excel.commands import letters, mail, papers, reference, rounds
from sxxt_excel.usage import Program

_HELP = {"help_option_names": ["-h", "--help"]}


@click.group("sxxt-excel", Program, context_settings=_HELP)
@click.version_option(__version__, message="sxxt-excel %(version)s", help="显示版本号")
def cli() -> None:
    """下发模板、收集单位填好的Excel、逐格审核、汇总成总台账。

    最常用的一条：sxxt-excel collect inbox/
    某个命令怎么写：sxxt-excel collect --help
    """


for _command in (
    rounds.init, reference.templates, rounds.issue, rounds.collect, rounds.check, rounds.accept,
    rounds.diff, rounds.status, letters.remind, letters.calendar, mail.fetch, mail.send,
    papers.papers, papers.split, papers.dossier, papers.archive,
    reference.explain, reference.rules, reference.forms,
):  # fmt: skip
    cli.add_command(_command)


def main() -> None:
    """Run the command line."""
    multiprocessing.freeze_support()
    # A command lives for seconds and leaves millions of cells but hardly a cycle to search for.
    gc.disable()
    try:
        cli()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    else:
        code = 0
    # All is written and closed: the system takes the memory back at once, Python cell by cell.
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # whoever was reading may have gone
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
