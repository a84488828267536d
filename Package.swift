// swift-tools-version: 6.1
import PackageDescription

/// The habits of every target: existential types say `any`, imports stay internal unless they say `public`.
let habits: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// Debian installs simdjson where compilers look anyway, with a flag in its pkg-config file that SwiftPM warns about.
#if os(macOS)
let simdjson: String? = "simdjson"
#else
let simdjson: String? = nil
#endif

/// A room: the folder `Sources/<name>` is the module `Weir<name>`.
func room(
    _ name: String, imports rooms: [String], packages: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
    .target(
        name: "Weir\(name)", dependencies: rooms.map { .target(name: "Weir\($0)") } + packages,
        path: "Sources/\(name)", resources: resources, swiftSettings: habits)
}

/// The tests of a room: `Tests/<name>Tests`.
func tests(of name: String, imports rooms: [String], packages: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "Weir\(name)Tests", dependencies: rooms.map { .target(name: "Weir\($0)") } + packages,
        path: "Tests/\(name)Tests", swiftSettings: habits)
}

let package = Package(
    name: "weir",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "weir", targets: ["weir"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(
            name: "CSimdjsonLibrary", path: "Sources/CSimdjsonLibrary", pkgConfig: simdjson,
            providers: [.apt(["libsimdjson-dev"]), .brew(["simdjson"])]),
        .target(name: "CSimdjson", dependencies: ["CSimdjsonLibrary"], path: "Sources/CSimdjson"),

        room("JSON", imports: [], packages: ["CSimdjson"]),
        room("Domain", imports: ["JSON"]),
        room("Statistics", imports: []),
        room("Learning", imports: ["Domain", "Statistics"]),
        room("Ingestion", imports: ["JSON", "Domain"], packages: ["CZlib"]),
        room("Profiles", imports: ["JSON", "Domain"]),
        room("Catalog", imports: ["JSON", "Domain"], packages: [.product(name: "Yams", package: "Yams")]),
        room("Budgeting", imports: ["Domain", "Statistics"]),
        room(
            "Decisioning", imports: ["JSON", "Domain", "Statistics", "Learning", "Profiles", "Catalog"]),
        room(
            "Storage", imports: ["JSON", "Domain"], packages: [.product(name: "GRDB", package: "GRDB.swift")]),
        room(
            "Engine",
            imports: [
                "JSON", "Domain", "Statistics", "Learning", "Profiles", "Catalog", "Budgeting", "Decisioning", "Storage",
            ],
            packages: [
                .product(name: "HeapModule", package: "swift-collections"), .product(name: "Logging", package: "swift-log"),
            ]),
        .executableTarget(name: "weir", dependencies: ["WeirEngine"], path: "Sources/weir", swiftSettings: habits),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
