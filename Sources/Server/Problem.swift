import HTTPTypes
package import Hummingbird
import NIOCore
import WeirJSON
package import WeirLimits

/// An answer that says what was wrong with a request and what to do about it.
///
/// Source: RFC 9457. `code` and `message` stand beside its members because Segment's client libraries read them.
package struct Problem: Error, Sendable, Equatable {
    /// One thing that is wrong.
    package struct Fault: Sendable, Equatable {
        /// Names field, value and remedy.
        package var detail: String
        /// JSON Pointer into the body, such as `#/placement`.
        package var pointer: String
        /// What it is beyond, where it is too long, too deep or too many.
        package var limit: Limits.Kind?

        package init(_ detail: String, at pointer: String, limit: Limits.Kind? = nil) {
            self.detail = detail
            self.pointer = pointer
            self.limit = limit
        }
    }

    package var status: HTTPResponse.Status
    /// For programs; stable.
    package var code: String
    /// For people: what is wrong with this request, and the remedy.
    package var detail: String
    /// Everything that is wrong, where it can be told apart.
    package var faults: [Fault]
    package var retryAfterSeconds: Int?
    package var headers: HTTPFields = [:]

    package init(
        _ status: HTTPResponse.Status, _ code: String, _ detail: String, faults: [Fault] = [],
        retryAfterSeconds: Int? = nil, headers: HTTPFields = [:]
    ) {
        self.status = status
        self.code = code
        self.detail = detail
        self.faults = faults
        self.retryAfterSeconds = retryAfterSeconds
        self.headers = headers
    }

    /// The request is wrong in one or several places.
    init(faults: [Fault]) {
        precondition(!faults.isEmpty)
        let more = faults.count == 1 ? "" : " (\(faults.count - 1) more under “errors”)"
        self.init(.badRequest, "invalid_request", faults[0].detail + more, faults: faults)
    }

    func write(into writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("type", "about:blank")
            writer.member("title", status.reasonPhrase)
            writer.member("status", status.code)
            writer.member("detail", detail)
            writer.member("code", code)
            writer.member("message", detail)
            guard !faults.isEmpty else { return }
            writer.name("errors")
            writer.array { writer in
                for fault in faults {
                    writer.object {
                        $0.member("detail", fault.detail)
                        $0.member("pointer", fault.pointer)
                    }
                }
            }
        }
    }

    var response: Response {
        var writer = JSONWriter()
        write(into: &writer)
        var response = Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: writer.bytes)))
        response.headers[.contentType] = "application/problem+json"
        if let retryAfterSeconds { response.headers[.retryAfter] = String(retryAfterSeconds) }
        return response
    }
}
