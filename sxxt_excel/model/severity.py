"""How stern a finding is: what it asks for."""

from __future__ import annotations

from typing import Literal

Severity = Literal["must", "query", "note"]
SEVERITIES: tuple[Severity, ...] = ("must", "query", "note")
SEVERITY_WORDS: dict[Severity, str] = {"must": "须修改", "query": "需说明", "note": "供参考"}
