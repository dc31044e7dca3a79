import pytest, schemathesis
from tests.contract.test_api_survives_anything import CHECKS, callers, _is_for
from hypothesis import HealthCheck, given, settings
PATHS=("/me","/auth","/consents","/staff/auth","/staff/me","/staff/residents")
@pytest.mark.parametrize("caller", ["anonymous","resident","staff"])
def test_people(app, callers, caller, httpserver):
    import dataclasses
    from bot.wechat.service import Wechat
    from tests.factories.people import WechatStandIn
    pl=app.extensions['yixiang']; st=pl.settings.model_copy(update={'wechat_api_base':httpserver.url_for('').rstrip('/')}); app.extensions['yixiang']=dataclasses.replace(pl,settings=st,wechat=Wechat(st,pl.clock)); WechatStandIn(httpserver)
    schema = schemathesis.openapi.from_wsgi("/api/v1/swagger.json", app)
    n=0
    for found in schema.get_all_operations():
        op=found.ok()
        if not any(p in op.path for p in PATHS): continue
        if caller!="anonymous" and not _is_for(op,caller): continue
        n+=1
        @settings(max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
        @given(case=op.as_strategy())
        def call(case):
            headers={k:v for k,v in callers[caller]().items() if k=="Authorization"}
            r=case.call(headers=headers)
            case.validate_response(r, checks=CHECKS)
        call()
    assert n>3
