"""The desk's own HTTP side, held to its laws on a desk in memory."""
