"""Extract → which unit, packet and period it is, and on what evidence.

Stamp before cover before the sender's address, folder, file name and headings. Whatever
contradicts is a finding that names both; what rests on less than the stamp is told (I101).
"""
