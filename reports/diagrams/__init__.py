"""Diagrams of the state machines, as SVG and DOT.

Owns layout and drawing. It must not know any run.
"""
