"""`python -m sxxt_excel`: the same as the command `sxxt-excel`."""

from sxxt_excel.cli import main

main()
