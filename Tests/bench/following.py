"""What needs a forge: requests, latency, logs and memory while following a run, served by the GitHub double."""

MEASUREMENTS = {}
