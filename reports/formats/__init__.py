"""The formats that a run, a comparison or a list of checks is written in.

Owns the text of each format. It must not compute anything that another format would compute
differently.
"""
