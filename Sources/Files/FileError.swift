/// Why a file cannot be read, or not any further.
package enum FileError: Error, Equatable, CustomStringConvertible {
    case cannotRead(reason: String)
    case gzip(GzipError)
    case isUTF16
    /// There is no line that could name the columns.
    case noHeader
    /// The line that should name the columns cannot be read.
    case badHeader(reason: String)

    package var description: String {
        switch self {
        case .cannotRead(let reason):
            "The file cannot be read: \(reason)."
        case .gzip(let error):
            error.description
        case .isUTF16:
            "The file is UTF-16. Save it as UTF-8."
        case .noHeader:
            "The first line must name the columns: the file is empty."
        case .badHeader(let reason):
            "The first line must name the columns: \(reason)"
        }
    }
}
