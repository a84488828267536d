#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A decoder under test: what must hold of it, and the inputs to begin with. `Scripts/fuzz.py` compiles this file with the
/// files that it names, which the rooms' own tests use as well.
private struct Decoder: Sendable {
    let name: String
    let fault: @Sendable ([UInt8]) -> String?
    let seeds: [[UInt8]]

    static let all = [
        Decoder(name: "json", fault: JSONDecoding.fault, seeds: JSONDecoding.seeds),
        Decoder(name: "messages", fault: MessageDecoding.fault, seeds: MessageDecoding.seeds),
        Decoder(name: "tables", fault: TableDecoding.fault, seeds: TableDecoding.seeds),
        Decoder(name: "csv", fault: FileDecoding.tableFault, seeds: FileDecoding.tableSeeds),
        Decoder(name: "gzip", fault: FileDecoding.gzipFault, seeds: FileDecoding.gzipSeeds),
        Decoder(name: "rules", fault: CatalogDecoding.ruleFault, seeds: CatalogDecoding.ruleSeeds),
        Decoder(name: "catalogs", fault: CatalogDecoding.catalogFault, seeds: CatalogDecoding.catalogSeeds),
        Decoder(name: "models", fault: ModelDecoding.fileFault, seeds: ModelDecoding.fileSeeds),
        Decoder(name: "snapshots", fault: ModelDecoding.snapshotFault, seeds: ModelDecoding.snapshotSeeds),
        Decoder(name: "profiles", fault: ProfileDecoding.fault, seeds: ProfileDecoding.seeds),
        Decoder(name: "decisions", fault: RecordDecoding.fault, seeds: RecordDecoding.seeds),
        Decoder(name: "rows", fault: RowDecoding.fault, seeds: RowDecoding.seeds),
    ]
}

/// Set once before the first input, by a fuzzer that has one thread.
nonisolated(unsafe) private var decoder = Decoder.all[0]

/// Chooses the decoder that `WEIR_DECODER` names; where `WEIR_SEEDS` names a folder, writes the seeds there and ends.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutableRawPointer) -> Int32 {
    let name = getenv("WEIR_DECODER").map { String(cString: $0) } ?? ""
    guard let named = Decoder.all.first(where: { $0.name == name }) else {
        for decoder in Decoder.all { print(decoder.name) }
        exit(0)
    }
    decoder = named
    if let folder = getenv("WEIR_SEEDS").map({ String(cString: $0) }) {
        for (number, seed) in decoder.seeds.enumerated() {
            guard let file = fopen("\(folder)/seed-\(number)", "w") else {
                fatalError("\(folder) cannot be written to")
            }
            fwrite(seed, 1, seed.count, file)
            fclose(file)
        }
        exit(0)
    }
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    if let fault = decoder.fault(Array(UnsafeBufferPointer(start: data, count: size))) { fatalError(fault) }
    return 0
}
