"""What the bytes of each kind of workbook show before any reader touches them."""
