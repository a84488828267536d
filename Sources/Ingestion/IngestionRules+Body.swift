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

    /// Parses an unpacked body of which parts may be broken: these are told, the others are there.
    ///
    /// - Throws: `IngestionError` where it is not even seen where its parts begin and end.
    package func readableBody(
        _ bytes: UnsafeRawBufferPointer, at endpoint: Endpoint
    ) throws(IngestionError) -> (body: JSON, broken: BrokenParts) {
        do throws(IngestionError) {
            return (try body(bytes, at: endpoint), BrokenParts())
        } catch {
            guard case .malformed = error, let found = BrokenParts.salvage(bytes, at: endpoint) else { throw error }
            return found
        }
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
