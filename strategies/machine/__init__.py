"""The state machine of a connection, completely: letters, the machine, and what tests all of it."""
