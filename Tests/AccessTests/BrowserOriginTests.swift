import Testing
import WeirAccess

@Suite("Where a page comes from")
struct BrowserOriginTests {
    @Test(
        "This machine's own names count, and nothing that only begins like them",
        arguments: [
            ("localhost", true), ("localhost:8080", true), ("LOCALHOST:8080", true), ("127.0.0.1", true),
            ("127.0.0.1:1", true), ("[::1]", true), ("[::1]:8080", true), ("localhost.evil.com", false),
            ("localhost.evil.com:8080", false), ("127.0.0.1.evil.com", false), ("127.evil.com", false),
            ("127.0.0.2", false), ("[::1].evil.com", false), ("[::2]", false), ("", false), (":8080", false),
            ("localhost:", false), ("localhost:x", false), ("localhost:80:80", false), ("localhost:99999", false),
            ("evil@localhost", false), ("localhost.", false), ("localhost/evil", false), ("evil.com", false),
        ])
    func loopback(host: String, expected: Bool) {
        #expect(BrowserOrigin.isLoopback(host: host, listening: "127.0.0.1") == expected)
    }

    @Test("Without a host, or at the loopback address that the server listens on")
    func listening() {
        #expect(!BrowserOrigin.isLoopback(host: nil, listening: "127.0.0.1"))
        #expect(BrowserOrigin.isLoopback(host: "127.1.2.3:80", listening: "127.1.2.3"))
        #expect(!BrowserOrigin.isLoopback(host: "127.1.2.3:80", listening: "127.0.0.1"))
        #expect(!BrowserOrigin.isLoopback(host: "127.evil.com", listening: "127.evil.com"))
    }

    static let origins: [(String, String?, Bool, Bool)] = [
        ("http://weir.example", "weir.example", false, true), ("http://weir.example", "weir.example:80", false, true),
        ("http://weir.example:8080", "weir.example:8080", false, true),
        ("https://weir.example", "weir.example", false, true), ("https://weir.example", "weir.example:443", true, true),
        ("http://weir.example", "weir.example", true, false), ("http://weir.example:81", "weir.example", false, false),
        ("http://evil.example", "weir.example", false, false), ("null", "weir.example", false, false),
        ("", "weir.example", false, false), ("http://weir.example.evil", "weir.example", false, false),
        ("http://weir.example", nil, false, false), ("http://[::1]:8080", "[::1]:8080", false, true),
    ]

    @Test("An origin is the server's own where scheme, name and port are", arguments: origins)
    func own(origin: String, host: String?, isSecure: Bool, expected: Bool) {
        #expect(BrowserOrigin.isOwn(origin, host: host, isSecure: isSecure, publicOrigin: nil) == expected)
    }

    @Test("Behind a proxy the address that was said is the only one")
    func proxy() {
        func isOwn(_ origin: String) -> Bool {
            BrowserOrigin.isOwn(
                origin, host: "10.0.0.1:8080", isSecure: false, publicOrigin: "https://weir.example")
        }
        #expect(isOwn("https://weir.example"))
        #expect(!isOwn("http://weir.example"))
        #expect(!isOwn("http://10.0.0.1:8080"))
    }

    @Test(
        "An origin is written as a browser writes it",
        arguments: [
            ("https://Shop.Example", "https://shop.example"), ("https://shop.example:443", "https://shop.example"),
            ("http://shop.example:8080", "http://shop.example:8080"), ("https://shop.example/", nil),
            ("shop.example", nil), ("ftp://shop.example", nil), ("https://", nil), ("*", nil), ("null", nil),
            ("https://*.shop.example", nil),
        ])
    func canonical(text: String, expected: String?) {
        #expect(BrowserOrigin.canonical(text) == expected)
    }
}
