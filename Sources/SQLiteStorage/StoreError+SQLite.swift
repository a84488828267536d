import Foundation
import GRDB
import WeirDomain
package import WeirStorage

extension StoreError {
    /// The store's own word for what SQLite or a damaged body says; other errors (a caller's own) stay as they are.
    package static func explaining(_ error: any Error, path: String) -> any Error {
        switch error {
        case let error as DatabaseError: StoreError(error, path: path)
        case let error as DamagedRecord: StoreError.damaged(path: path, detail: error.description)
        case let error as StoreDamage: StoreError.damaged(path: path, detail: error.detail)
        default: error
        }
    }

    private init(_ error: DatabaseError, path: String) {
        let detail = error.message ?? "SQLite code \(error.extendedResultCode.rawValue)"
        self =
            switch error.resultCode {
            case .SQLITE_CANTOPEN:
                FileManager.default.fileExists(atPath: path) ? .readOnly(path: path) : .missing(path: path)
            case .SQLITE_BUSY, .SQLITE_LOCKED: .locked(path: path)
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged(path: path, detail: detail)
            case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: .readOnly(path: path)
            case .SQLITE_FULL: .full(path: path)
            case .SQLITE_CONSTRAINT: .conflict(detail: detail)
            case .SQLITE_MISUSE: .closed
            default: .failed(path: path, detail: detail)
            }
    }
}
