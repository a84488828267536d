import HTTPTypes
import Hummingbird
import WeirAccess
import WeirConsole
import WeirStorage

/// Signing in and out, and the page of who is signed in.
func accountRoutes(_ doors: Doors) -> [Route] {
    [
        .page(.get, "/sign-in", .everyone, work: .brief) { call in
            fresh(
                signInPage(
                    SignInSnapshot(next: localPath(call.parameter("next")), provider: doors.settings.openID?.name)))
        },
        .page(.post, "/sign-in", .everyone) { call in try await signIn(call, doors) },
        .page(.get, "/account", .view) { call in fresh(accountPage(account(call, doors))) },
        .page(.post, "/account/sign-out", .view) { call in
            if case .session(_, let hash) = call.caller.proof {
                doors.people.signOut(secretHash: hash)
                try doors.log.record(call, "sign-out")
            }
            return signedOut(doors)
        },
        .page(.post, "/account/sign-out-everywhere", .view) { call in
            if let session = call.caller.session {
                let count = try doors.people.signOutEverywhere(session.subject)
                try doors.log.record(call, "sign-out-everywhere", "", "\(count) sessions")
            }
            return signedOut(doors)
        },
        .page(.post, "/account/password", .view) { call in try await changePassword(call, doors) },
    ]
}

private func signIn(_ call: Call, _ doors: Doors) async throws -> Response {
    let name = call.field("name") ?? ""
    let next = localPath(call.field("next"))
    func again(_ status: HTTPResponse.Status, _ problem: String) -> Response {
        let snapshot = SignInSnapshot(
            next: next, problem: problem, name: String(name.prefix(100)), provider: doors.settings.openID?.name)
        return fresh(signInPage(snapshot), status)
    }
    guard !doors.settings.isOpen else { return Response(status: .seeOther, headers: [.location: next]) }
    guard let password = call.field("password"), name.utf8.count <= 100, password.utf8.count <= 256 else {
        return again(.badRequest, "Type a name and a password, or a key in its place.")
    }
    let attempt = await doors.people.signIn(
        name: name, password: password, device: call.head.headerFields.cookie(SessionCookie.deviceName(doors.settings)),
        address: call.address)
    switch attempt {
    case .signedIn(let secret, let device):
        let caller = doors.people.caller(secret: secret) ?? .nobody
        try doors.log.record(actor: caller.name, "sign-in", address: call.address)
        var response = Response(status: .seeOther, headers: [.location: next, .cacheControl: "no-store"])
        response.headers.append(
            SessionCookie.header(SessionCookie.name(doors.settings), secret, seconds: nil, doors.settings))
        response.headers.append(
            SessionCookie.header(
                SessionCookie.deviceName(doors.settings), device, seconds: 180 * 86_400, doors.settings))
        return response
    case .refused:
        // What was typed as a name may be a password.
        let shown = doors.people.user(name) == nil ? "unknown name" : name
        doors.log.count(actor: "nobody", "sign-in-refused", shown, address: call.address)
        return again(.unauthorized, "That name and password do not belong together. Check both; keys may have ended.")
    case .wait(let seconds):
        doors.log.count(actor: "nobody", "sign-in-delayed", "", address: call.address)
        var response = again(
            .tooManyRequests,
            "Too many wrong passwords from here. Wait \(seconds) s, then try again; others are not held up.")
        response.headers[.retryAfter] = String(seconds)
        return response
    case .busy:
        var response = again(.serviceUnavailable, "Too many are signing in at this moment. Try again in a few seconds.")
        response.headers[.retryAfter] = "5"
        return response
    }
}

private func changePassword(_ call: Call, _ doors: Doors) async throws -> Response {
    func answer(_ status: HTTPResponse.Status, _ message: String) -> Response {
        var snapshot = account(call, doors)
        snapshot.message = message
        return fresh(accountPage(snapshot), status)
    }
    guard case .user(let name)? = call.caller.session?.subject else {
        return answer(.badRequest, "Only who has signed in with a name has a password.")
    }
    let attempt = await doors.people.signIn(
        name: name, password: call.field("old") ?? "",
        device: call.head.headerFields.cookie(SessionCookie.deviceName(doors.settings)), address: call.address)
    guard case .signedIn(let secret, _) = attempt,
        case .user(name)? = doors.people.caller(secret: secret)?.session?.subject
    else { return answer(.forbidden, "The password until now is another one.") }
    do {
        try doors.people.save(name, password: call.field("new") ?? "", roles: nil)
    } catch let error as PasswordFault {
        return answer(.badRequest, error.description)
    }
    try doors.log.record(call, "password-changed", name)
    return signedOut(doors)
}

private func account(_ call: Call, _ doors: Doors) -> AccountSnapshot {
    let session = call.caller.session
    let kind: AccountSnapshot.Kind =
        switch (call.caller.proof, session?.subject) {
        case (.openServer, _): .openServer
        case (_, .user?): .person
        case (_, .federated?): .federated
        default: .key
        }
    let browsers = (session.map { doors.people.sessions(of: $0.subject) } ?? []).map {
        AccountSnapshot.Browser(begun: $0.begun, address: $0.address, isThis: $0.token == session?.token)
    }
    var name = call.caller.name
    if case .federated(let person)? = session?.subject { name = person.name }
    return AccountSnapshot(
        name: name, kind: kind,
        roles: StoredKey.Scope.allCases.filter { call.caller.scopes.contains($0) }.map(\.rawValue),
        browsers: browsers, token: call.token)
}

private func signedOut(_ doors: Doors) -> Response {
    var response = Response(status: .seeOther, headers: [.location: "/sign-in", .cacheControl: "no-store"])
    response.headers.append(SessionCookie.header(SessionCookie.name(doors.settings), "", seconds: 0, doors.settings))
    return response
}

/// A path of this server; what names another place leads to the first page.
func localPath(_ text: String?) -> String {
    guard let text, text.hasPrefix("/"), !text.hasPrefix("//"), !text.hasPrefix("/sign-in"),
        text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") })
    else { return "/" }
    return text
}

func fresh(_ html: String, _ status: HTTPResponse.Status = .ok) -> Response {
    var page = Response.page(html, status: status)
    page.headers[.cacheControl] = "no-store"
    return page
}
