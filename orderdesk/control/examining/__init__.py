"""What `orderdesk doctor` looks at: one file for each kind of thing, each a list of findings."""
