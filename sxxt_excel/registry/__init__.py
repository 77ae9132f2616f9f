"""台账.db: what came when, in which version, with what verdict; it forgets nothing."""
