"""Laws of the simulator, room by room and file by file."""
