"""The baseline: the least that Flask can answer."""

from flask import Flask

app = Flask("hello")


@app.get("/")
def hello() -> str:
    """Nothing but the framework."""
    return "hello"
