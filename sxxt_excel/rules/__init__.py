"""The rules, by kind: each takes tables and definitions and returns findings."""
