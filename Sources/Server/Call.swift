import Foundation
package import HTTPTypes
import Hummingbird
import HummingbirdCore
package import NIOCore
import WeirCatalog
package import WeirJSON
package import WeirStorage

/// A request as a route sees it: let in, its body read.
package struct Call: Sendable {
    package var head: HTTPRequest
    package var body = ByteBuffer()
    package var caller: Caller
    /// Stands in the forms of the pages that the caller gets.
    package let token: String
    package let start = ContinuousClock.now
    /// For what an answer reads after it has begun.
    let pool: ReadingPool
    private let doors: Doors
    /// To the client.
    let channel: any Channel
    private let arguments: Parameters
    private let uri: URI

    init(_ request: Request, _ context: CallContext, pool: ReadingPool, doors: Doors) {
        self.pool = pool
        self.doors = doors
        token = doors.token(for: context.caller)
        channel = context.channel
        head = request.head
        body = context.body
        caller = context.caller
        arguments = context.parameters
        uri = request.uri
    }

    /// Whether reading its body may take longer than a moment: it is long, or packed.
    var isLong: Bool { body.readableBytes > 16_384 || head.headerFields[.contentEncoding] != nil }

    /// Whose key let it in; nil where none was needed or, for events, none was in the headers.
    package var key: StoredKey? { caller.key }

    /// Where it came from, without the port; empty where that is not known.
    package var address: String { channel.remoteAddress?.ipAddress ?? "" }

    /// Whether who was let in would be let in still, for what takes long.
    func isStillIn() -> Bool { doors.people.isStillIn(caller) }

    /// Writes into the access log that the caller did something.
    func record(_ action: String, _ subject: String = "", _ detail: String = "") throws {
        try doors.log.record(self, action, subject, detail)
    }

    /// A field of a form as browsers send it; nil where there is none, or the body is no form.
    package func field(_ name: String) -> String? {
        guard MediaType.isForm(head.headerFields[.contentType]) else { return nil }
        return URI("/?\(String(buffer: body).replacing("+", with: "%20"))").queryParameters[name[...]].map {
            String($0)
        }
    }

    /// What stands in the path in place of `{name}`, decoded.
    ///
    /// - Precondition: The route's path has an argument of that name.
    package func argument(_ name: String) -> String {
        guard let text = arguments[name[...]] else { preconditionFailure("the path has no argument “\(name)”") }
        return text.removingPercentEncoding ?? String(text)
    }

    /// What stands in the path in place of its only `{…}`, decoded.
    package var argument: String {
        precondition(arguments.count == 1)
        let text = arguments[arguments.startIndex].value
        return text.removingPercentEncoding ?? String(text)
    }

    /// The first parameter of that name behind `?`, decoded; an empty text where it has no value.
    package func parameter(_ name: String) -> String? { uri.queryParameters[name[...]].map { String($0) } }

    /// Refuses parameters that would be passed over: unknown ones, and all but the first of one name.
    func onlyParameters(_ known: String...) throws(Problem) {
        var seen: Set<String> = []
        for (name, _) in uri.queryParameters {
            guard known.contains(String(name)) else {
                throw Problem(
                    .badRequest, "invalid_request",
                    "\(String(name).prefix(100)): there is no such parameter here. Known: \(known.joined(separator: ", "))."
                )
            }
            guard seen.insert(String(name)).inserted else {
                throw Problem(.badRequest, "invalid_request", "\(name) is given twice; give it once.")
            }
        }
    }

    /// Whether a parameter says yes.
    func flag(_ name: String, default standard: Bool) throws(Problem) -> Bool {
        switch parameter(name) {
        case nil: return standard
        case "true", "1", "": return true
        case "false", "0": return false
        case .some(let text):
            throw Problem(.badRequest, "invalid_request", "\(name): “\(text)” is no answer; send true or false.")
        }
    }

    /// How many entries a list may have.
    func limit(default standard: Int, atMost most: Int) throws(Problem) -> Int {
        try wholeNumber("limit", default: standard, in: 1...most)
    }

    /// A parameter that is a whole number.
    func wholeNumber(_ name: String, default standard: Int, in range: ClosedRange<Int>) throws(Problem) -> Int {
        guard let text = parameter(name) else { return standard }
        guard let number = Int(text), range.contains(number) else {
            throw Problem(
                .badRequest, "invalid_request",
                "\(name): “\(text.prefix(100))” is not possible; send a whole number in "
                    + "\(range.lowerBound)...\(range.upperBound).")
        }
        return number
    }

    /// The body as JSON, which must be an object.
    ///
    /// - Throws: `Problem`, also where it is packed: only the collection unpacks.
    package func json() throws(Problem) -> JSON {
        if let encoding = head.headerFields[.contentEncoding], !["", "identity"].contains(encoding.lowercased()) {
            throw Problem(
                .unsupportedMediaType, "unknown_encoding",
                "Content-Encoding: “\(encoding)” is not unpacked here. Send the plain body.")
        }
        let parsed = body.withUnsafeReadableBytes { bytes in
            Result { () throws(JSONParsingError) in try JSON(parsing: bytes) }
        }
        switch parsed {
        case .failure(let error): throw Problem(error)
        case .success(let json):
            guard json.members != nil else {
                throw Problem(.badRequest, "not_an_object", "The body is \(json.kind); send an object.")
            }
            return json
        }
    }
}
