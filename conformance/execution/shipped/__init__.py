"""Modules shipped as source to the target's interpreter: the worker process and its sandbox.

They run on Python 3.8 with the standard library, and import nothing but each other. They must not
know what programs are for, nor what a correct trace is.
"""
