package import WeirJSON

extension IngestionRules {
    /// How long an unpacked body may be.
    package func maximalBodyBytes(at endpoint: Endpoint) -> Int {
        endpoint == .batch ? maximalBatchBytes : maximalMessageBytes
    }

    /// Parses an unpacked body, an object.
    package func body(_ bytes: UnsafeRawBufferPointer, at endpoint: Endpoint) throws(IngestionError) -> JSON {
        let limit = maximalBodyBytes(at: endpoint)
        guard bytes.count <= limit else { throw .tooLarge(bytes: bytes.count, limit: limit) }
        let body: JSON
        do throws(JSONParsingError) { body = try JSON(parsing: bytes) } catch { throw .malformed(error) }
        guard case .object = body else { throw .notAnObject(found: body.kind) }
        return body
    }

    package func body(_ bytes: [UInt8], at endpoint: Endpoint) throws(IngestionError) -> JSON {
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(IngestionError) in try body(bytes, at: endpoint) }
        }
        return try result.get()
    }
}

extension JSON {
    /// The write key that a Segment body carries, if it carries one.
    package var writeKey: String? { present("writeKey")?.string }
}
