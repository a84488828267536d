/// Why gzip data cannot be unpacked.
package enum GzipError: Error, Equatable, CustomStringConvertible {
    case notGzip
    case damaged
    case cutShort
    case tooLarge(limit: Int)

    package var description: String {
        switch self {
        case .notGzip:
            "The data are declared as gzip, but are not. Pack them, or do not declare it."
        case .damaged:
            "The gzip data are damaged: their checksum or structure is wrong. Pack and send them again."
        case .cutShort:
            "The gzip data end too early. Send them whole."
        case .tooLarge(let limit):
            "The gzip data unpack to more than \(limit) bytes, which are allowed. Send fewer messages at a time."
        }
    }
}
