"""The state machine of a connection: input symbols, the machine, and complete suites for it."""
