"""What a user would pick instead of this desk, each in a few lines and without its promise."""
