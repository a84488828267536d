public import WeirDomain

/// A catalog as it was applied, with the text of its files.
public struct StoredCatalog: Sendable, Equatable {
    /// Counted from 1; unique.
    public var version: Int
    public var appliedTime: Timestamp
    /// File name and content, sorted by name.
    public var files: [File]

    public struct File: Sendable, Equatable {
        public var name: String
        public var text: String

        public init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    public init(version: Int, appliedTime: Timestamp, files: [File]) {
        self.version = version
        self.appliedTime = appliedTime
        self.files = files
    }
}
