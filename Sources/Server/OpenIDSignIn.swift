import Foundation
import Synchronization
import WeirAccess
import WeirConsole
import WeirDomain
import WeirJSON

/// Signs people in by a provider of OpenID Connect: the flow with an authorization code and PKCE.
///
/// Source: OpenID Connect Core 1.0, section 3.1; RFC 7636; RFC 9207; RFC 9700.
final class OpenIDSignIn: Sendable {
    /// Why somebody does not come in.
    enum Refusal: Error {
        case provider(ProviderFault)
        case token(IdentityTokenFault)
        case person(FederatedPersonFault)

        var reason: String {
            switch self {
            case .provider(let fault): fault.reason
            case .token(let fault): fault.reason
            case .person(let fault): fault.reason
            }
        }
    }

    /// Codes that are being exchanged at once.
    private static let bound = 32
    static let path = "/sign-in/oidc"
    static let callbackPath = "/sign-in/oidc/callback"

    let settings: OpenIDSettings
    /// As browsers know this server.
    let origin: String
    private let client: ProviderClient
    private let now: @Sendable () -> Timestamp
    private let metadata: Remembered<ProviderMetadata>
    private let keys: Remembered<SigningKeys>
    /// Seals tickets; tickets from before a restart are void.
    private let key = Secret.randomBytes(32)
    private let used = Mutex(UsedTickets())
    private let underWay = Atomic<Int>(0)

    init(
        _ settings: OpenIDSettings, origin: String, client: ProviderClient, now: @escaping @Sendable () -> Timestamp
    ) {
        self.settings = settings
        self.origin = origin
        self.client = client
        self.now = now
        let metadata = Remembered(now: now) { () async -> Result<ProviderMetadata, ProviderFault> in
            await Self.result { () async throws(ProviderFault) in
                let document = try await client.document(ProviderMetadata.address(of: settings.issuer))
                return try ProviderMetadata(document, issuer: settings.issuer)
            }
        }
        self.metadata = metadata
        keys = Remembered(now: now) {
            await Self.result { () async throws(ProviderFault) in
                try SigningKeys(try await client.document(try await metadata.value().keys.text))
            }
        }
    }

    private static func result<Value>(
        _ work: () async throws(ProviderFault) -> Value
    ) async -> Result<Value, ProviderFault> {
        do throws(ProviderFault) { return .success(try await work()) } catch { return .failure(error) }
    }

    var redirectAddress: String { origin + Self.callbackPath }

    /// Where a person goes to sign in, and what their browser keeps meanwhile.
    ///
    /// - Parameter next: A path of this server.
    func begin(next: String) async throws(ProviderFault) -> (address: String, ticket: String) {
        let metadata = try await metadata.value()
        // A cookie has 4 KB.
        let ticket = SignInTicket(begun: now(), next: next.utf8.count <= 1_500 ? next : "/")
        guard let sealed = ticket.sealed(with: key) else { throw .busy }
        let scopes = ["openid", "profile", "email"] + settings.scopes
        let query = FormText.write([
            ("response_type", "code"), ("client_id", settings.client), ("redirect_uri", redirectAddress),
            ("scope", scopes.joined(separator: " ")), ("state", ticket.state), ("nonce", ticket.nonce),
            ("code_challenge", ticket.challenge), ("code_challenge_method", "S256"),
        ])
        let address = metadata.authorization.text
        return (address + (address.contains("?") ? "&" : "?") + query, sealed)
    }

    /// The ticket with which this browser has begun a sign-in, where the answer belongs to it; each counts once.
    func ticket(_ sealed: String?, state: String?) -> SignInTicket? {
        guard let sealed, let state, let ticket = SignInTicket(opening: sealed, with: key, at: now()),
            Secret.isEqual(ticket.state, state), used.withLock({ $0.use(ticket) })
        else { return nil }
        return ticket
    }

    /// Whether an answer may be from our provider, as far as it says who it is from.
    func isOwn(issuer: String?) async -> Bool {
        if let issuer { return issuer == settings.issuer }
        return (try? await metadata.value().namesIssuer) != true
    }

    /// Who has signed in at the provider, and what they may do.
    func person(code: String, _ ticket: SignInTicket) async throws(Refusal) -> FederatedPerson {
        let count = underWay.wrappingAdd(1, ordering: .relaxed).newValue
        defer { underWay.wrappingSubtract(1, ordering: .relaxed) }
        guard count <= Self.bound else { throw .provider(.busy) }
        let text: String
        var keys: SigningKeys
        do throws(ProviderFault) {
            text = try await exchange(code, ticket)
            keys = try await self.keys.value()
        } catch { throw .provider(error) }
        let expected = IdentityToken.Expectation(
            issuer: settings.issuer, client: settings.client, nonce: ticket.nonce)
        var token: IdentityToken
        do throws(IdentityTokenFault) {
            token = try await IdentityToken(verifying: text, keys: keys, expected, at: now())
        } catch .unknownKey {
            // The provider may have changed its keys since.
            do throws(ProviderFault) { keys = try await self.keys.renewed() } catch { throw .provider(error) }
            do throws(IdentityTokenFault) {
                token = try await IdentityToken(verifying: text, keys: keys, expected, at: now())
            } catch { throw .token(error) }
        } catch { throw .token(error) }
        do throws(FederatedPersonFault) {
            return try FederatedPerson(token, settings)
        } catch { throw .person(error) }
    }

    /// Source: RFC 6749, section 2.3.1: both are encoded as in a form first.
    private static func basic(_ client: String, _ secret: String) -> String {
        "Basic " + Data("\(percentEncoded(client)):\(percentEncoded(secret))".utf8).base64EncodedString()
    }

    /// - Returns: The token that says who it is.
    private func exchange(_ code: String, _ ticket: SignInTicket) async throws(ProviderFault) -> String {
        let metadata = try await metadata.value()
        var form = ProviderClient.Form(fields: [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectAddress),
            ("code_verifier", ticket.verifier),
        ])
        if let secret = settings.secret, !metadata.takesSecretInBodyOnly {
            form.authorization = Self.basic(settings.client, secret)
        } else {
            form.fields.append(("client_id", settings.client))
            if let secret = settings.secret { form.fields.append(("client_secret", secret)) }
        }
        let (status, object) = try await client.ask(metadata.token.text, form)
        guard status == 200 else {
            guard let code = object?["error"]?.string else { throw .status(status) }
            throw .codeRefused(ErrorCode.shown(code))
        }
        guard let object else { throw .noJSON }
        guard let token = object["id_token"]?.string else { throw .noToken }
        return token
    }
}

extension ProviderClient {
    /// What stands at an address.
    fileprivate func document(_ address: String) async throws(ProviderFault) -> JSON {
        let (status, object) = try await ask(address)
        guard status == 200 else { throw .status(status) }
        guard let object else { throw .noJSON }
        return object
    }
}

/// What a provider calls an error (RFC 6749, 4.1.2.1), fit to be shown: whoever leads a browser here chooses the text.
enum ErrorCode {
    static func shown(_ text: String) -> String {
        let isCode =
            !text.isEmpty && text.utf8.count <= 40
            && text.utf8.allSatisfy { (0x61...0x7a).contains($0) || $0 == UInt8(ascii: "_") }
        return isCode ? text : "error"
    }
}
