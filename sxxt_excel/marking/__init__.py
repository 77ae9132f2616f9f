"""The way back: a unit's own workbook with every fault marked in it, and nothing of it lost."""
