"""People who sign in by OpenID Connect: at a provider as there are many, and at one that answers what it should not."""
import base64
import contextlib
import hashlib
import http.server
import json
import os
import re
import threading
import time
import urllib.parse

import oidc_provider_mock
import pytest
import requests
from conftest import Server, free_port, weir
from joserfc import jwk, jwt
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from test_console import browser  # noqa: F401

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
PASSWORD = "four words at random"
SECRET = "a secret & more"


class Provider:
    """Signs people in without asking, checks what a client must show, and answers as a test wants it."""

    def __init__(self):
        self.key = jwk.ECKey.generate_key("P-256", {"kid": "k1", "alg": "ES256", "use": "sig"})
        self.published = [self.key]
        self.codes, self.seen = {}, []
        self.claims, self.header, self.metadata = {}, {"alg": "ES256", "kid": "k1"}, {}
        self.roles = ["marketing"]
        # What a path answers in place of the right thing: a function of the handler.
        self.instead = {}
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                provider.answer(self, b"")

            def do_POST(self):
                provider.answer(self, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}/realms/shop"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request, body):
        path = request.path.split("?")[0].removeprefix("/realms/shop")
        self.seen.append(path)
        try:
            if path in self.instead:
                return self.instead[path](request)
            status, answer = {
                "/.well-known/openid-configuration": self.description, "/keys": self.keys,
                "/token": lambda: self.token(request.headers, dict(urllib.parse.parse_qsl(body.decode()))),
            }[path]()
            send(request, status, json.dumps(answer).encode())
        except (BrokenPipeError, ConnectionResetError):
            pass

    def description(self):
        return 200, {"issuer": self.issuer, "authorization_endpoint": self.issuer + "/auth?a=b",
                     "token_endpoint": self.issuer + "/token", "jwks_uri": self.issuer + "/keys", **self.metadata}

    def keys(self):
        return 200, {"keys": [key.as_dict(private=False) for key in self.published]}

    def code(self, address):
        """What somebody brings back who has signed in at that address."""
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return code, query["state"]

    def token(self, headers, form):
        assert headers["Authorization"].startswith("Basic ")
        name, secret = base64.b64decode(headers["Authorization"][6:]).decode().split(":")
        assert (urllib.parse.unquote_plus(name), urllib.parse.unquote_plus(secret)) == ("weir", SECRET)
        asked = self.codes.pop(form["code"], None)
        if asked is None:
            return 400, {"error": "invalid_grant"}
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if (asked["code_challenge"], asked["code_challenge_method"]) != (challenge, "S256"):
            return 400, {"error": "invalid_grant"}
        assert form["redirect_uri"] == asked["redirect_uri"] and form["grant_type"] == "authorization_code"
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": "weir", "sub": "u-1", "nonce": asked["nonce"], "iat": now, "exp": now + 300,
                  "email": "ann@shop.example", "roles": self.roles, **self.claims}
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.signed(claims)}

    def signed(self, claims):
        return jwt.encode(self.header, claims, self.key, algorithms=[self.header["alg"]])


def send(request, status, body, **headers):
    request.send_response(status)
    for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(body)


@pytest.fixture
def provider():
    provider = Provider()
    yield provider
    provider.stop()


@contextlib.contextmanager
def server_with(folder, issuer, *options):
    folder.mkdir(exist_ok=True)
    secret = folder / "secret.txt"
    secret.write_text(SECRET + "\n")
    secret.chmod(0o600)
    weir("users", "add", "bob", "--role", "viewer", "--store", folder / "weir.db", input=PASSWORD + "\n")
    server = Server(folder, "--oidc-issuer", issuer, "--oidc-client", "weir", "--oidc-secret-file", str(secret), "--oidc-name",
                    "Acme & Sons", "--oidc-role", "marketing=marketer", "--oidc-role", "cn=money,dc=shop=finance",
                    *options, is_open=False)
    server.start(ready=False)
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def closed(tmp_path, provider):
    with server_with(tmp_path / "weir", provider.issuer) as server:
        yield server


class Person:
    """A browser without a screen."""

    def __init__(self, server):
        self.server, self.session = server, requests.Session()

    def get(self, path, **options):
        return self.session.get(self.server.url + path, allow_redirects=False, timeout=30, headers={"Accept": "text/html"},
                                **options)

    def begin(self, next="/"):
        answer = self.get("/sign-in/oidc", params={"next": next})
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def come_back(self, code, state, **more):
        return self.get("/sign-in/oidc/callback", params={"code": code, "state": state, **more})

    def sign_in(self, provider, next="/"):
        return self.come_back(*provider.code(self.begin(next)))

    @property
    def is_in(self):
        return self.get("/budgets").status_code == 200


def log_of(server):
    server.stop()
    entries = weir("audit", "access", "--json", "--store", server.store).stdout
    return entries


def test_somebody_signs_in_with_the_roles_that_the_provider_gives(closed, provider):
    ann = Person(closed)
    page = ann.get("/budgets")
    assert page.status_code == 401 and "Sign in with Acme &amp; Sons" in page.text
    assert 'href="/sign-in/oidc?next=%2Fbudgets"' in page.text
    address = ann.begin("/models")
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))
    assert address.startswith(provider.issuer + "/auth?a=b&")
    assert query["redirect_uri"] == closed.url + "/sign-in/oidc/callback"
    assert query["code_challenge_method"] == "S256" and query["scope"] == "openid profile email"
    answer = ann.come_back(*provider.code(address))
    assert answer.status_code == 303 and answer.headers["Location"] == "/models"
    cookies = answer.raw.headers.getlist("Set-Cookie")
    assert any(re.fullmatch(r"weir_session=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax", cookie) for cookie in cookies)
    assert any(cookie.startswith("weir_oidc=;") and "Max-Age=0" in cookie for cookie in cookies)
    account = ann.get("/account").text
    assert "<h1>ann@shop.example</h1>" in account and "as marketer" in account and "Another password" not in account
    # The second browser of the same person has fewer roles, and so the first one ends.
    provider.roles = ["cn=money,dc=shop"]
    other = Person(closed)
    assert other.sign_in(provider).status_code == 303
    assert other.is_in and not ann.is_in
    provider.roles = []
    refused = Person(closed).sign_in(provider)
    assert refused.status_code == 403 and "no role here" in refused.text and "ann@shop.example" in refused.text
    assert not other.is_in
    entries = log_of(closed)
    assert "oidc:ann@shop.example" in entries and "u-1: marketer" in entries and "u-1: finance" in entries
    assert "it gives no role that means something here" in entries
    assert SECRET not in closed.output() and "code-0" not in closed.output()


def test_signing_out_everywhere_ends_all_and_a_form_needs_its_token(closed, provider):
    ann, other = Person(closed), Person(closed)
    ann.sign_in(provider), other.sign_in(provider)
    form = {"headers": {"Origin": closed.url}, "allow_redirects": False, "timeout": 10}
    assert ann.session.post(closed.url + "/account/sign-out-everywhere", {"token": "x"}, **form).status_code == 403
    token = re.search(r'name="token" value="([^"]+)"', ann.get("/account").text)[1]
    assert ann.session.post(closed.url + "/account/sign-out-everywhere", {"token": token}, **form).status_code == 303
    assert not ann.is_in and not other.is_in
    # Passwords go on beside it.
    answer = requests.post(closed.url + "/sign-in", {"name": "bob", "password": PASSWORD}, allow_redirects=False, timeout=10)
    assert answer.status_code == 303


def test_an_answer_counts_in_the_browser_that_asked_for_it_and_once(closed, provider):
    ann, eve = Person(closed), Person(closed)
    code, state = provider.code(ann.begin())
    evil_code, evil_state = provider.code(eve.begin())
    for attempt in [
        Person(closed).come_back(code, state),  # a browser that has not begun
        eve.come_back(code, state),  # another browser's state
        ann.get("/sign-in/oidc/callback", params={"code": code}),
        ann.get("/sign-in/oidc/callback", params={"code": code, "state": ""}),
        ann.get("/sign-in/oidc/callback", params={"code": evil_code, "state": evil_state}),
        ann.get("/sign-in/oidc/callback"),
    ]:
        assert attempt.status_code == 400 and "Begin once more" in attempt.text
        assert "weir_session" not in attempt.headers.get("Set-Cookie", "")
    assert "/token" not in provider.seen
    # The code of another sign-in is none of this one; whoever led a browser here has not ended what goes on in it.
    assert ann.come_back(evil_code, state).status_code == 403
    assert ann.come_back(code, state).status_code == 400
    code, state = provider.code(ann.begin())
    kept = dict(ann.session.cookies)
    assert ann.come_back(code, state).status_code == 303
    again = requests.get(closed.url + "/sign-in/oidc/callback", params={"code": code, "state": state}, cookies=kept,
                         allow_redirects=False, timeout=10)
    assert again.status_code == 400
    assert provider.seen.count("/token") == 2


NOW = int(time.time())
HOSTILE = {
    "another issuer": ({"iss": "http://127.0.0.1:1/realms/shop"}, "another issuer"),
    "another audience": ({"aud": "other"}, "another client"),
    "two audiences": ({"aud": ["weir", "other"]}, "several clients"),
    "another nonce": ({"nonce": "x"}, "another sign-in"),
    "ended": ({"exp": NOW - 3600}, "has ended"),
    "of tomorrow": ({"iat": NOW + 86_400}, "not valid yet"),
    "nobody": ({"sub": ""}, "names nobody"),
    "unverified": ({"email_verified": False}, "not verified"),
    "without a name": ({"email": None}, "no email"),
    "a name of two lines": ({"email": "a\nb"}, "no email"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_token_that_says_something_else_signs_nobody_in(closed, provider, kind):
    provider.claims, reason = HOSTILE[kind]
    ann = Person(closed)
    answer = ann.sign_in(provider)
    assert answer.status_code == 403 and reason in answer.text
    assert not ann.is_in
    assert reason in log_of(closed)


def unsigned(header, claims):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return part(header) + "." + part(claims)


def test_a_token_is_signed_with_a_key_that_the_provider_publishes(closed, provider):
    ann = Person(closed)
    sound = provider.signed
    other = jwk.ECKey.generate_key("P-256", {"kid": "k1"})
    pem = provider.key.as_pem(private=False)
    attempts = {
        "another way than": [
            lambda claims: unsigned({"alg": "none"}, claims) + ".",
            lambda claims: jwt.encode({"alg": "HS256", "kid": "k1"}, claims, jwk.OctKey.import_key(
                base64.b64encode(pem).decode()), algorithms=["HS256"])],
        "signature of its token is wrong": [
            lambda claims: jwt.encode({"alg": "ES256", "kid": "k1"}, claims, other),
            lambda claims: sound(claims)[:-8] + "AAAAAAAA"],
        "cannot be read": [lambda claims: "", lambda claims: "a.b.c", lambda claims: "x" * 100_000],
        "does not publish": [lambda claims: jwt.encode({"alg": "ES256", "kid": f"k{n}"}, claims, other) for n in range(9)],
    }
    for reason, makers in attempts.items():
        for maker in makers:
            provider.signed = maker
            answer = ann.sign_in(provider)
            assert answer.status_code == 403 and reason in answer.text, (reason, answer.text)
    # Made-up keys make nobody ask the provider without end.
    assert provider.seen.count("/keys") <= 4
    assert not ann.is_in


def test_when_the_provider_changes_its_keys_people_go_on_signing_in(closed, provider):
    assert Person(closed).sign_in(provider).status_code == 303
    old = provider.key
    provider.key = jwk.RSAKey.generate_key(2048, {"kid": "k2"})
    provider.published, provider.header = [provider.key], {"alg": "PS256", "kid": "k2"}
    assert Person(closed).sign_in(provider).status_code == 303
    assert provider.seen.count("/keys") == 2
    provider.key, provider.header = old, {"alg": "ES256", "kid": "k1"}
    assert "does not publish" in Person(closed).sign_in(provider).text


def moved(request):
    send(request, 307, b"", Location="http://127.0.0.1:1/elsewhere")


def endless(request):
    request.send_response(200)
    request.end_headers()
    for _ in range(60):
        request.wfile.write(b" " * 10)
        request.wfile.flush()
        time.sleep(0.5)


def huge(request):
    send(request, 200, b'{"a": "' + b"x" * 2_000_000 + b'"}')


def wrong(request):
    send(request, 500, b"<html>oops")


DESCRIPTION = "/.well-known/openid-configuration"


@pytest.mark.parametrize("path", [DESCRIPTION, "/token", "/keys"])
@pytest.mark.parametrize("how,reason", [(moved, "status 307"), (endless, "does not answer"), (huge, "does not answer"),
                                        (wrong, "status 500")])
def test_a_provider_that_fails_is_named_and_passwords_go_on(closed, provider, path, how, reason):
    provider.instead[path] = how
    ann = Person(closed)
    begun = time.monotonic()
    answer = ann.get("/sign-in/oidc") if path == DESCRIPTION else ann.sign_in(provider)
    assert answer.status_code == 502 and reason in answer.text and "Acme &amp; Sons" in answer.text
    assert time.monotonic() - begun < 20
    answer = ann.session.post(closed.url + "/sign-in", {"name": "bob", "password": PASSWORD}, allow_redirects=False, timeout=10)
    assert answer.status_code == 303 and ann.is_in


def test_a_provider_that_is_away_and_comes_back(closed, provider):
    provider.stop()
    assert "does not answer" in Person(closed).get("/sign-in/oidc").text
    assert Person(closed).get("/sign-in").status_code == 200


@pytest.mark.parametrize("metadata,reason", [
    ({"issuer": "http://127.0.0.1:1"}, "another name"), ({"token_endpoint": "http://shop.example/token"}, "token_endpoint"),
    ({"jwks_uri": None}, "jwks_uri"), ({"authorization_endpoint": "javascript:alert(1)"}, "authorization_endpoint")])
def test_a_provider_must_call_itself_as_it_was_said(closed, provider, metadata, reason):
    provider.metadata = metadata
    answer = Person(closed).get("/sign-in/oidc")
    assert answer.status_code == 502 and reason in answer.text


def test_an_answer_that_names_another_issuer_is_not_ours(closed, provider):
    ann = Person(closed)
    code, state = provider.code(ann.begin())
    assert ann.come_back(code, state, iss="http://evil.example").status_code == 502
    code, state = provider.code(ann.begin())
    assert ann.come_back(code, state, iss=provider.issuer).status_code == 303


def test_what_a_provider_says_went_wrong_is_shown_as_its_code_only(closed, provider):
    for said, shown in [("access_denied", "(access_denied)"), ("<script>alert(1)</script>", "(error)"), ("", "(error)")]:
        ann = Person(closed)
        _, state = provider.code(ann.begin("/models"))
        answer = ann.get("/sign-in/oidc/callback", params={"error": said, "state": state, "error_description": "<b>evil"})
        assert answer.status_code == 403 and shown in answer.text and "<script>alert" not in answer.text
        assert "evil" not in answer.text and "next=%2Fmodels" in answer.text


@pytest.mark.parametrize("next", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)",
                                  "/sign-in/oidc", "/" + "a" * 3000, "/\r\nSet-Cookie: a=b", "http:evil", "%2F%2Fevil.example"])
def test_it_leads_to_pages_of_this_server_only(closed, provider, next):
    answer = Person(closed).sign_in(provider, next)
    assert answer.status_code == 303 and answer.headers["Location"] == "/"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "localhost:PORT", "evil.example@127.0.0.1", ""])
def test_the_provider_sends_people_to_our_own_address_whatever_a_request_calls_us(closed, provider, host):
    answer = requests.get(closed.url + "/sign-in/oidc", params={"next": "/models"}, allow_redirects=False, timeout=10,
                          headers={"Host": host.replace("PORT", str(closed.port)), "X-Forwarded-Host": "evil.example"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == closed.url + "/sign-in/oidc?next=%2Fmodels"
    assert "Set-Cookie" not in answer.headers


def test_behind_a_proxy_its_address_is_the_one_that_was_said(tmp_path, provider):
    with server_with(tmp_path / "proxied", provider.issuer, "--public-url", "https://weir.example/") as server:
        for host in ("weir.example", "evil.example", "10.0.0.1:8080"):
            answer = requests.get(server.url + "/sign-in/oidc", allow_redirects=False, timeout=10, headers={"Host": host})
            query = urllib.parse.parse_qs(urllib.parse.urlsplit(answer.headers["Location"]).query)
            assert query["redirect_uri"] == ["https://weir.example/sign-in/oidc/callback"]
            assert answer.headers["Set-Cookie"].startswith("__Host-weir_oidc=") and "; Secure" in answer.headers["Set-Cookie"]


def test_options_that_cannot_work_are_named(tmp_path):
    readable = tmp_path / "readable.txt"
    readable.write_text("x")
    readable.chmod(0o644)
    basics = ["--oidc-issuer", "https://login.example", "--oidc-client", "weir"]
    role = ["--oidc-role", "marketing=marketer"]
    for options, said in [
        (["--oidc-client", "weir"], "--oidc-client: there is no provider"),
        (basics[:2], "--oidc-client: missing"), (basics, "--oidc-role: nobody would be let in"),
        ([*basics[2:], *role, "--oidc-issuer", "http://login.example"], "--oidc-issuer: “http://login.example”"),
        ([*basics, "--oidc-role", "marketing"], "has no “=”"), ([*basics, "--oidc-role", "x=collect"], "no role of people"),
        ([*basics, *role, "--oidc-secret-file", str(readable)], "chmod 600"),
        ([*basics, *role, "--oidc-secret-file", "/nowhere"], "cannot be read"),
        ([*basics, *role, "--open"], "--open"), ([*basics, *role, "--host", "0.0.0.0"], "--public-url"),
        ([*basics, *role, "--oidc-name", "a\nb"], "--oidc-name"),
    ]:
        answer = weir("serve", "--store", tmp_path / "x.db", "--port", free_port(), *options, check=False)
        assert answer.returncode not in (0, 70) and said in answer.stderr, (options, answer.stderr)


@pytest.fixture
def common(tmp_path):
    """A provider as there are many, and a server that knows it."""
    people = [oidc_provider_mock.User(sub="ann", claims={"email": "ann@shop.example", "groups": ["marketing"]}),
              oidc_provider_mock.User(sub="eve", claims={"email": "eve@shop.example", "groups": ["others"]})]
    with oidc_provider_mock.run_server_in_thread(user_claims=people, require_nonce=True) as mock:
        issuer = f"http://localhost:{mock.server_port}"
        with server_with(tmp_path / "weir", issuer, "--oidc-roles-claim", "groups") as server:
            server.issuer = issuer
            yield server


def test_a_common_provider_without_a_browser(common):
    ann = Person(common)
    address = ann.begin("/budgets")
    back = requests.post(address, {"sub": "ann"}, allow_redirects=False, timeout=10).headers["Location"]
    assert back.startswith(common.url + "/sign-in/oidc/callback?")
    assert ann.session.get(back, timeout=10).url == common.url + "/budgets"
    # Taken from its groups, she is refused the next time.
    requests.put(f"{common.issuer}/users/ann", json={"email": "ann@shop.example", "groups": []}, timeout=10)
    back = requests.post(ann.begin(), {"sub": "ann"}, allow_redirects=False, timeout=10).headers["Location"]
    assert ann.session.get(back, timeout=10).status_code == 403
    assert not ann.is_in


def sign_in_at_the_provider(browser, common, sub):  # noqa: F811
    browser.get(common.url + "/budgets")
    browser.find_element(By.LINK_TEXT, "Sign in with Acme & Sons").click()
    WebDriverWait(browser, 10).until(lambda b: b.current_url.startswith(common.issuer))
    browser.find_element(By.XPATH, f"//button[text()='{sub}']").click()
    WebDriverWait(browser, 10).until(lambda b: b.current_url.startswith(common.url))


def test_a_person_in_a_browser_signs_in_at_the_provider_and_out_here(common, browser):  # noqa: F811
    sign_in_at_the_provider(browser, common, "ann")
    WebDriverWait(browser, 10).until(lambda b: "Budgets" in b.title)
    assert browser.current_url == common.url + "/budgets"
    cookie = browser.get_cookie("weir_session")
    assert cookie["httpOnly"] and cookie["sameSite"] == "Lax"
    assert browser.get_cookie("weir_oidc") is None
    assert browser.execute_script("return document.cookie") == ""
    browser.find_element(By.LINK_TEXT, "Account").click()
    assert browser.find_element(By.TAG_NAME, "h1").text == "ann@shop.example"
    browser.find_element(By.XPATH, "//button[text()='Sign out']").click()
    WebDriverWait(browser, 10).until(lambda b: "Sign in" in b.title)
    assert requests.get(common.url + "/budgets", cookies={"weir_session": cookie["value"]}, timeout=10).status_code == 401


def test_a_person_without_a_role_is_told_so_in_the_browser(common, browser):  # noqa: F811
    sign_in_at_the_provider(browser, common, "eve")
    assert "no role here" in browser.find_element(By.CSS_SELECTOR, "[role=alert]").text
    assert browser.get_cookie("weir_session") is None
    folder = os.environ.get("WEIR_SCREENSHOTS")
    if folder:
        browser.save_screenshot(os.path.join(folder, "sign-in-provider.png"))


def test_a_page_from_elsewhere_cannot_bring_its_own_answer(common, browser):  # noqa: F811
    """Login CSRF: a foreign page leads a browser to the answer of the attacker's own sign-in."""
    eve = Person(common)
    back = requests.post(eve.begin(), {"sub": "ann"}, allow_redirects=False, timeout=10).headers["Location"]
    browser.get("data:text/html,<a id=a href='" + back.replace("&", "&amp;") + "'>x</a>")
    browser.find_element(By.ID, "a").click()
    WebDriverWait(browser, 10).until(lambda b: "Begin once more" in b.page_source)
    assert browser.get_cookie("weir_session") is None
