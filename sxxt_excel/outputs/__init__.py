"""What a round is written to: the master workbook, and what goes back to the units."""
