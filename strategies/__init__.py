"""What can be said to a connection: programs, their execution, and every way to make them."""
