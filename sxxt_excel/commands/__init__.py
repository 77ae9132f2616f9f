"""The commands, by what they are about: arguments → one call → print → exit code."""
