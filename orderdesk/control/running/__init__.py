"""Running the whole desk on one host: the Procfile under a supervisor, and its first orders."""
