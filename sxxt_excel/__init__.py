"""Issue, collect, validate and consolidate the Excel workbooks of a party office."""

__version__ = "0.1.0"
