"""Laws of MEXC's HTTP, asked without a socket."""
