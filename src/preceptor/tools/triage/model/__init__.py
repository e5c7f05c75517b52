"""The statistical model, for what rules do not settle: words in, chances of each urgency out, red flags above it."""
