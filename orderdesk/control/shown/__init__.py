"""PURE: what the desk knows, put into words and tables for people; times are UTC."""
