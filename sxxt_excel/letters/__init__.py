"""Letters to units: what they say, in which words, as drafts that a mail program opens unsent."""
