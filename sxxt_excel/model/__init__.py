"""What the definitions say, as types: forms, packets, duties and rules of a regime.

All are frozen and slotted, all sequences are tuples: a definition that was loaded
once may be shared by every thread and process of a pass.
"""
