"""The 上报版: a node's master for the next level up, as a workbook and as what it holds.

`outputs.upward` writes it, `reading` reads it back in a reading worker: one sheet a form
with rows as they were first filled in, and two hidden sheets. One has a line of JSON for
each original file, which says where its rows came from; the other is the stamp, whose issue
number is a digest of all the rest. Only what may travel is ever in it.
"""
