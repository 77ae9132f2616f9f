"""What an office makes of a result: documents, each one's own rows, dossiers, the archive."""
