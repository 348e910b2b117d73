"""What Prometheus is told: a table of metrics, who writes them, and how they are served.

Nothing outside of this folder names a metric. What happens is counted by every process in files
of its own (`files.py`, `counted.py`), which survive it; what only the ledger and Redis know is
looked at when somebody scrapes (`looked.py`).
"""
