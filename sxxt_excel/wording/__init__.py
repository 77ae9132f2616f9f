"""Numbers, days and time limits out of the words that people write for them.

Every reader here is strict: it returns what the characters name, or None. Nothing is guessed,
because a wrong date in a consolidated table is worse than a question to the unit.
"""
