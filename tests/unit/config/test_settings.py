"""The start fails, naming the setting, rather than running with a secret everybody knows."""

import base64
import hashlib
import itertools

import pytest

from config.settings import DEVELOPMENT_DEFAULTS, Settings, SettingsError, load_settings, parse_secret_keys

_number = itertools.count()


def key() -> str:
    """A key nobody knows, the same in every process that collects these tests."""
    return base64.b64encode(hashlib.sha256(f"test key {next(_number)}".encode()).digest()).decode()


GOOD = {
    "ENVIRONMENT": "production",
    "MONGODB_URI": "mongodb://db1,db2,db3/yixiang?replicaSet=rs",
    "SECRET_KEYS": f"index:{key()},1:{key()}",
    "WECHAT_API_BASE": "https://wechat.example",
    "WECHAT_OFFICIAL_APPID": "wx0000000000000001",
    "WECHAT_OFFICIAL_SECRET": "s1",
    "WECHAT_OFFICIAL_TOKEN": "t1",
    "WECHAT_OFFICIAL_AES_KEY": "a" * 43,
    "WECHAT_MINI_APPID": "wx0000000000000002",
    "WECHAT_MINI_SECRET": "s2",
    "INDICATOR_ENDPOINT": "https://planning.example/observations",
    "INDICATOR_KEY": "k1",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_production_starts_when_everything_is_set(environment: pytest.MonkeyPatch) -> None:
    assert load_settings().production


@pytest.mark.parametrize("name", [name for name in GOOD if name != "ENVIRONMENT"])
def test_production_names_a_missing_setting(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.delenv(name)
    with pytest.raises(SettingsError, match=name):
        load_settings()


@pytest.mark.parametrize("name", sorted(set(DEVELOPMENT_DEFAULTS) - {"demo_staff_password"}))
def test_production_refuses_a_development_default(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.setenv(name.upper(), DEVELOPMENT_DEFAULTS[name])
    with pytest.raises(SettingsError, match=name.upper()):
        load_settings()


def test_production_refuses_one_public_key_among_good_ones(environment: pytest.MonkeyPatch) -> None:
    public = DEVELOPMENT_DEFAULTS["secret_keys"].split(",")[1].partition(":")[2]
    environment.setenv("SECRET_KEYS", f"index:{key()},1:{public},2:{key()}")
    with pytest.raises(SettingsError, match="SECRET_KEYS"):
        load_settings()


def test_production_has_no_demo_staff(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DEMO_STAFF_PASSWORD", "x")
    with pytest.raises(SettingsError, match="DEMO_STAFF_PASSWORD"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "70000"), ("PORT", "eight"), ("ENVIRONMENT", "staging"), ("WECHAT_OFFICIAL_MODE", "open"),
     ("WECHAT_OFFICIAL_AES_KEY", "short"), ("SECRET_KEYS", "1:abc")],
)  # fmt: skip
def test_a_wrong_value_is_named_and_never_repeated(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)
    with pytest.raises(SettingsError) as fault:
        load_settings()
    assert name in str(fault.value)
    assert name == "ENVIRONMENT" or f"'{value}'" not in str(fault.value)


@pytest.mark.parametrize(
    "text", ["", "index:" + key(), f"1:{key()}", f"index:{key()},one:{key()}", f"index:{key()},1:AAAA", "index:%%%,1:x"]
)
def test_secret_keys_must_be_whole(text: str) -> None:
    with pytest.raises(ValueError, match=r"SECRET_KEYS|key"):
        parse_secret_keys(text)
