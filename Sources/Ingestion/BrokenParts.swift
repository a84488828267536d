import WeirJSON

/// What could not be read of a request body.
package struct BrokenParts: Sendable, Equatable {
    /// A value that is no JSON.
    package struct Part: Sendable, Equatable {
        /// Of the message in its batch; 0 where the body is the message.
        package var index = 0
        /// From the message, or for what all share from the body, to what is wrong; without a leading `#`.
        package var pointer: String
        /// What is wrong and its remedy.
        package var reason: String
        /// As it came.
        package var bytes: [UInt8]
    }

    /// In the order of the batch.
    package var messages: [Part] = []
    /// Of what stands beside the batch and counts for each of its messages, the first that is broken.
    package var shared: Part?

    package init() {}
}

extension BrokenParts {
    /// Reads the parts of a body one by one, after it could not be read whole.
    ///
    /// - Returns: An object in which null stands for what is broken; nil where the body's parts cannot be told apart.
    static func salvage(
        _ bytes: UnsafeRawBufferPointer, at endpoint: Endpoint
    ) -> (body: JSON, broken: BrokenParts)? {
        guard let members = JSONParts.members(of: bytes) else { return nil }
        var broken = BrokenParts()
        var read: [JSON.Member] = []
        for (name, value) in members {
            read.removeAll { $0.name == name }
            if endpoint == .batch, name == "batch", let elements = JSONParts.elements(of: value) {
                broken.messages = []
                var messages: [JSON] = []
                for (index, element) in elements.enumerated() {
                    do throws(JSONParsingError) { messages.append(try JSON(parsing: element)) } catch {
                        messages.append(.null)
                        broken.messages.append(Part(element, error, index: index))
                    }
                }
                read.append(JSON.Member(name, .array(messages)))
                continue
            }
            do throws(JSONParsingError) { read.append(JSON.Member(name, try JSON(parsing: value))) } catch {
                guard endpoint == .batch else { continue }
                guard name != "batch" else { return nil }
                if broken.shared == nil, ["context", "integrations", "sentAt"].contains(name) {
                    var part = Part(value, error)
                    part.pointer = "/" + name + part.pointer
                    broken.shared = part
                }
            }
        }
        if endpoint != .batch {
            do throws(JSONParsingError) { _ = try JSON(parsing: bytes) } catch {
                var part = Part(bytes, error)
                // What a program sends as its key is not for those who mend messages.
                part.bytes = object(of: members.filter { $0.0 != "writeKey" })
                broken.messages = [part]
            }
        }
        return (.object(read), broken)
    }

    /// An object with members of which only the names need be good.
    private static func object(of members: [(String, UnsafeRawBufferPointer)]) -> [UInt8] {
        let texts = members.map { JSON.string($0.0).bytes + [UInt8(ascii: ":")] + $0.1 }
        return [UInt8(ascii: "{")] + texts.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "}")]
    }
}

extension BrokenParts.Part {
    /// - Parameter error: What reading the bytes failed with.
    init(_ bytes: UnsafeRawBufferPointer, _ error: JSONParsingError, index: Int = 0) {
        self.index = index
        self.bytes = [UInt8](bytes)
        (pointer, reason) = ("", error.message)
        // Goes down to the value that is wrong, as far as anybody wants to know.
        var rest = bytes
        for _ in 0..<8 {
            let parts = JSONParts.members(of: rest) ?? JSONParts.elements(of: rest)?.enumerated().map { ("\($0)", $1) }
            guard let part = parts?.first(where: { !$0.1.isJSON }) else { return }
            pointer += "/" + part.0.escapedForPointer
            rest = part.1
        }
    }
}

extension RejectedMessage {
    init(_ part: BrokenParts.Part, at pointer: String, message: [UInt8]? = nil) {
        self.init(
            code: .malformed, pointer: pointer + part.pointer, reason: "The message is not valid JSON. \(part.reason)",
            message: message ?? part.bytes)
    }
}

extension UnsafeRawBufferPointer {
    fileprivate var isJSON: Bool { (try? JSON(parsing: self)) != nil }
}
