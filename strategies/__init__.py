"""Programs for a connection, their execution, and the strategies and sweeps that make them."""
