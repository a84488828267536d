import Foundation
import Testing
import WeirCatalog
import WeirDomain

/// The project's own files, found from this one.
enum Project {
    static func text(_ path: String, from file: String = #filePath) throws -> String {
        var folder = URL(filePath: file)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        return try String(contentsOf: folder.appending(path: path), encoding: .utf8)
    }

    static func folder(_ path: String, from file: String = #filePath) -> String {
        var folder = URL(filePath: file)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        return folder.appending(path: path).path()
    }

    /// The fenced blocks of a page in one language.
    static func blocks(_ language: String, of page: String) throws -> [String] {
        try text(page).components(separatedBy: "```\(language)\n").dropFirst().map {
            $0.components(separatedBy: "```")[0]
        }
    }

    /// The files shown on a page: the blocks that begin with their name as a comment.
    static func shownFiles(of page: String) throws -> [CatalogFile] {
        try blocks("yaml", of: page).filter { $0.hasPrefix("# ") }.map { block in
            CatalogFile(name: String(block.prefix { $0 != "\n" }.dropFirst(2)), text: block)
        }
    }
}

/// The documented example, each of its faults made by changing one line.
struct Sample {
    var root: String
    var campaign: String

    init() throws {
        let files = try Project.shownFiles(of: "docs/catalog.md")
        root = try #require(files.first).text
        campaign = try #require(files.last).text
    }

    var files: [CatalogFile] {
        [
            CatalogFile(name: "weir.yaml", text: root),
            CatalogFile(name: "campaigns/spring.yaml", text: campaign),
        ]
    }

    mutating func replace(_ old: String, with new: String) throws {
        try #require(root.contains(old) != campaign.contains(old), "“\(old)” must stand in one of the files")
        root = root.replacingOccurrences(of: old, with: new)
        campaign = campaign.replacingOccurrences(of: old, with: new)
    }
}

/// The faults of a catalog, one a line; empty where it has none.
func faults(of files: [CatalogFile]) -> String {
    do {
        _ = try readCatalog(files)
        return ""
    } catch {
        return error.description
    }
}
