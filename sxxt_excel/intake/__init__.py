"""Where material comes from: a folder tree, and what is in archives and mails; all parcels."""
