"""Each route says who may call it; one that does not fails here before it can leak anything."""

from flask import Flask

from api.endpoint import Endpoint, Route

# Not of a domain: signs of life, WeChat's signed webhook, and the description of the API itself.
OPEN_PAGES = {
    "health.live", "health.ready", "health.metrics", "wechat.handshake", "wechat.receive",
    "doc", "specs", "root", "restx_doc.static",
}  # fmt: skip


def test_every_method_of_every_route_declares_its_access(app: Flask) -> None:
    undeclared, declared = [], 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint in OPEN_PAGES or rule.endpoint.startswith(("console.", "public.")):
            continue  # a page declares its access to be listed at all (api.console.pages), and is tested with its roles
        view = getattr(app.view_functions[rule.endpoint], "view_class", None)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            spec = getattr(getattr(view, method.lower(), None), "route", None)
            if view is None or not issubclass(view, Endpoint) or not isinstance(spec, Route):
                undeclared.append(f"{method} {rule.rule} ({rule.endpoint})")
            else:
                declared += 1
    assert undeclared == []
    assert declared > 30


def test_every_post_that_creates_takes_an_idempotency_key(app: Flask) -> None:
    """A retry after a lost answer must not do anything twice."""
    # Signing in makes nothing but a token; a pre-screen and a search by name store nothing.
    exempt = {"/api/v1/auth/wechat", "/api/v1/staff/auth/login", "/api/v1/staff/auth/logout",
              "/api/v1/staff/visit-people"}  # fmt: skip
    missing = []
    for rule in app.url_map.iter_rules():
        view = getattr(app.view_functions[rule.endpoint], "view_class", None)
        post = getattr(view, "post", None)
        spec = getattr(post, "route", None)
        if spec is not None and not spec.idempotent and rule.rule not in exempt and "prescreen" not in rule.rule:
            missing.append(rule.rule)
    assert missing == []
