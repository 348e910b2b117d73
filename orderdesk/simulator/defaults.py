"""What the simulator is when nothing is said; each default stands here only."""

HOST = "127.0.0.1"
PORT = 8790
SEED = 1
# Five price steps a second look alive on a page and cost next to nothing.
WALK_MS = 200
LATENCY_MS = 0
API_KEY = "paper-key"
API_SECRET = "paper-secret"  # noqa: S105 - opens nothing but this simulator
PRICES_FROM = "https://api.mexc.com"
