import Foundation

/// A file of the catalog: its name and what stands in it.
public struct CatalogFile: Sendable, Hashable {
    /// Relative to the catalog's folder: `weir.yaml`, `campaigns/spring.yaml`.
    public let name: String
    public let text: String

    public init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    /// Declares everything but campaigns; every other file holds campaigns.
    public static let rootName = "weir.yaml"
}

extension CatalogFile {
    /// Reads `weir.yaml` and what lies in `campaigns`, also in folders within it, sorted by name.
    ///
    /// - Throws: `CatalogFaults` where a file cannot be read; a missing `weir.yaml` is left to `readCatalog`.
    public static func files(in folder: String) throws(CatalogFaults) -> [CatalogFile] {
        let manager = FileManager.default
        var names = (try? manager.subpathsOfDirectory(atPath: "\(folder)/campaigns")) ?? []
        // Hidden ones are an editor's or a version control's.
        names = names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
            .filter { !$0.split(separator: "/").contains { $0.hasPrefix(".") } }
            .sorted().map { "campaigns/\($0)" }
        if manager.fileExists(atPath: "\(folder)/\(rootName)") { names.insert(rootName, at: 0) }

        var files: [CatalogFile] = []
        var faults: [CatalogFault] = []
        for name in names {
            let bytes = manager.contents(atPath: "\(folder)/\(name)")
            if let bytes, let text = String(validating: bytes, as: UTF8.self) {
                files.append(CatalogFile(name: name, text: text))
            } else {
                let message =
                    bytes == nil
                    ? "The file cannot be read. Give the user that runs weir the right to read it."
                    : "The file is not UTF-8. Save it as UTF-8."
                faults.append(CatalogFault(file: name, line: 1, column: 1, field: "", message: message))
            }
        }
        guard faults.isEmpty else { throw CatalogFaults(faults: faults) }
        return files
    }
}
