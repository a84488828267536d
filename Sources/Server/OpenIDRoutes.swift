import HTTPTypes
import Hummingbird
import WeirAccess
import WeirConsole
import WeirStorage

/// Signing in by a provider: there, and back.
func openIDRoutes(_ doors: Doors) -> [Route] {
    [
        // Neither holds a thread while the provider answers.
        .page(.get, OpenIDSignIn.path, .everyone, work: .brief) { call in
            guard let openID = doors.openID else { return notConfigured }
            return await begin(call, openID, doors)
        },
        .page(.get, OpenIDSignIn.callbackPath, .everyone, work: .brief) { call in
            guard let openID = doors.openID else { return notConfigured }
            return try await finish(call, openID, doors)
        },
    ]
}

private func begin(_ call: Call, _ openID: OpenIDSignIn, _ doors: Doors) async -> Response {
    let next = localPath(call.parameter("next"))
    let isNamed = doors.settings.publicOrigin != nil
    // The provider sends people back to our own address only, and a browser keeps a cookie for the name it was given at.
    if !isNamed, called(call, doors.settings) != openID.origin {
        let address = "\(openID.origin)\(OpenIDSignIn.path)?next=\(percentEncoded(next))"
        return Response(status: .seeOther, headers: [.location: address, .cacheControl: "no-store"])
    }
    do {
        let (address, ticket) = try await openID.begin(next: next)
        var response = Response(status: .seeOther, headers: [.location: address, .cacheControl: "no-store"])
        response.headers.append(
            SessionCookie.header(
                SessionCookie.ticketName(doors.settings), ticket, seconds: Int(SignInTicket.seconds), doors.settings))
        return response
    } catch {
        return refused(call, .provider(error), next: next, openID, doors)
    }
}

/// The origin by which the request calls this server; nil where it is none.
private func called(_ call: Call, _ settings: ServerSettings) -> String? {
    call.head.authority.flatMap {
        BrowserOrigin.canonical("\(settings.certificatePath == nil ? "http" : "https")://\($0)")
    }
}

private func finish(_ call: Call, _ openID: OpenIDSignIn, _ doors: Doors) async throws -> Response {
    let sealed = call.head.headerFields.cookie(SessionCookie.ticketName(doors.settings))
    guard let ticket = openID.ticket(sealed, state: call.parameter("state")) else {
        doors.log.count(
            actor: "nobody", "sign-in-refused", "oidc", "the answer belongs to no sign-in of this browser",
            address: call.address)
        // The ticket stays: whoever leads a browser here must not end the sign-in that goes on in it.
        let problem =
            "This answer belongs to no sign-in that was begun in this browser within the last ten minutes. Begin once more."
        return fresh(
            signInPage(SignInSnapshot(next: "/", problem: problem, provider: openID.settings.name)), .badRequest)
    }
    guard await openID.isOwn(issuer: call.parameter("iss")) else {
        return refused(call, .provider(.anotherIssuer), next: ticket.next, openID, doors)
    }
    guard let code = call.parameter("code"), !code.isEmpty, code.utf8.count <= 4_096 else {
        let said = ErrorCode.shown(call.parameter("error") ?? "")
        doors.log.count(
            actor: "nobody", "sign-in-refused", "oidc", "the provider says: \(said)", address: call.address)
        return again(
            .forbidden, "The sign-in at “\(openID.settings.name)” was not finished (\(said)). Begin once more.",
            next: ticket.next, openID, doors)
    }
    let person: FederatedPerson
    do throws(OpenIDSignIn.Refusal) {
        person = try await openID.person(code: code, ticket)
    } catch {
        return refused(call, error, next: ticket.next, openID, doors)
    }
    return try await signedIn(person, call, next: ticket.next, openID, doors)
}

/// Refuses somebody, and says why: to them, and to whoever reads the access log.
private func refused(
    _ call: Call, _ refusal: OpenIDSignIn.Refusal, next: String, _ openID: OpenIDSignIn, _ doors: Doors
) -> Response {
    let name = openID.settings.name
    let status: HTTPResponse.Status
    var actor = "nobody"
    var problem =
        "“\(name)” could not say who you are: \(refusal.reason). Try again, or tell the administrator of this server."
    switch refusal {
    case .person(.noRole(let person, let subject)):
        let subject = Sessions.Subject.federated(Sessions.Federated(subject: subject, name: person))
        actor = subject.name
        doors.people.end(subject)
        status = .forbidden
        problem =
            "“\(name)” knows you as “\(person)” and gives you no role here. Ask its administrator for one, or sign in in "
            + "another way."
    case .person, .token, .provider(.codeRefused): status = .forbidden
    case .provider(.busy): status = .serviceUnavailable
    case .provider: status = .badGateway
    }
    doors.log.count(actor: actor, "sign-in-refused", "oidc", refusal.reason, address: call.address)
    var response = again(status, problem, next: next, openID, doors)
    if status == .serviceUnavailable { response.headers[.retryAfter] = "5" }
    return response
}

/// The page to sign in once more; what the browser kept for this time is void.
private func again(
    _ status: HTTPResponse.Status, _ problem: String, next: String, _ openID: OpenIDSignIn, _ doors: Doors
) -> Response {
    var response = fresh(
        signInPage(SignInSnapshot(next: next, problem: problem, provider: openID.settings.name)), status)
    response.headers.append(withoutTicket(doors))
    return response
}

private func signedIn(
    _ person: FederatedPerson, _ call: Call, next: String, _ openID: OpenIDSignIn, _ doors: Doors
) async throws -> Response {
    let roles = StoredKey.Scope.allCases.filter { person.roles.contains($0) }.map(\.rawValue).joined(separator: " ")
    let actor = Sessions.Subject.federated(person).name
    try await call.pool.run {
        try doors.log.record(
            actor: actor, "sign-in", "oidc", "\(person.subject): \(roles)", address: call.address)
    }
    let secret = doors.people.signIn(person, address: call.address)
    var response = Response(status: .seeOther, headers: [.location: next, .cacheControl: "no-store"])
    response.headers.append(
        SessionCookie.header(SessionCookie.name(doors.settings), secret, seconds: nil, doors.settings))
    response.headers.append(withoutTicket(doors))
    return response
}

private func withoutTicket(_ doors: Doors) -> HTTPField {
    SessionCookie.header(SessionCookie.ticketName(doors.settings), "", seconds: 0, doors.settings)
}

private var notConfigured: Response {
    fresh(
        errorPage(
            status: 404, problem: "People do not sign in by a provider here.",
            remedy: "Sign in with a name and a password, or start the server with --oidc-issuer."), .notFound)
}
