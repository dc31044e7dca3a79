"""The servers that nearby search is compared with."""
