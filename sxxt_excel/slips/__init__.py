"""更正单: a few rows of a submission that came back mended, put into it row by row.

A submission that is corrected keeps its path, its addresses and its time of receipt; its cells
hold what the 更正单 says. Rows are known by their key. What can't be put in is told at its own
cell, and changes nothing.
"""
