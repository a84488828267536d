// swift-tools-version: 6.1
import PackageDescription

/// The habits of every target: existential types say `any`, imports stay internal unless they say `public`.
let habits: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// What a program needs that decides by itself, as a pure function; `docs/embedding.md` shows how.
let core = [
    "JSON", "Limits", "Domain", "Statistics", "Learning", "Profiles", "Catalog", "Budgeting", "Decisioning",
]

/// What a program needs that runs the engine, with its store in a file.
let engine = core + ["ModelGovernance", "Coupons", "Storage", "SQLiteStorage", "Engine"]

/// A room: the folder `Sources/<name>` is the module `Weir<name>`.
func room(
    _ name: String, imports rooms: [String], packages: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
    .target(
        name: "Weir\(name)", dependencies: rooms.map { .target(name: "Weir\($0)") } + packages,
        path: "Sources/\(name)", resources: resources, swiftSettings: habits)
}

/// The tests of a room: `Tests/<name>Tests`.
func tests(
    of name: String, imports rooms: [String], packages: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
    .testTarget(
        name: "Weir\(name)Tests", dependencies: rooms.map { .target(name: "Weir\($0)") } + packages,
        path: "Tests/\(name)Tests", exclude: exclude, swiftSettings: habits)
}

let package = Package(
    name: "weir",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "weir", targets: ["weir"]),
        .library(name: "WeirCore", targets: core.map { "Weir\($0)" }),
        .library(name: "WeirEmbedded", targets: engine.map { "Weir\($0)" }),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        .systemLibrary(
            name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(
            name: "CXGBoost", path: "Sources/CXGBoost", providers: [.apt(["libxgboost-dev"]), .brew(["xgboost"])]),
        .systemLibrary(
            name: "CLAPACK", path: "Sources/CLAPACK",
            providers: [.apt(["liblapacke-dev", "libopenblas-serial-dev"]), .brew(["lapack", "openblas"])]),
        .systemLibrary(
            name: "CCrypt", path: "Sources/CCrypt", providers: [.apt(["libcrypt-dev"]), .brew(["libxcrypt"])]),
        .target(name: "CSimdjson", path: "Sources/CSimdjson", linkerSettings: [.linkedLibrary("simdjson")]),

        room("JSON", imports: [], packages: ["CSimdjson"]),
        room("Limits", imports: ["JSON"]),
        room("Domain", imports: ["JSON", "Limits"]),
        room("Files", imports: [], packages: ["CZlib"]),
        room("Statistics", imports: [], packages: ["CLAPACK"]),
        room("Reporting", imports: ["JSON"]),
        room("Learning", imports: ["Domain", "Statistics"]),
        room("Ingestion", imports: ["JSON", "Domain", "Limits", "Files"]),
        room("Tables", imports: ["Files"]),
        room("Evaluation", imports: ["JSON", "Statistics", "Reporting", "Learning"]),
        room(
            "Training",
            imports: ["JSON", "Domain", "Statistics", "Reporting", "Learning", "Tables", "Evaluation"],
            packages: ["CXGBoost"]),
        room("Measuring", imports: ["JSON", "Domain", "Files", "Reporting", "Tables"]),
        room("Experiments", imports: ["Statistics", "Reporting", "Tables", "Measuring"]),
        room("Lift", imports: ["Domain", "Statistics", "Reporting"]),
        room("TimeSeries", imports: ["Domain", "Statistics", "Reporting", "Tables", "Measuring"]),
        room("DifferenceInDifferences", imports: ["Domain", "Statistics", "Reporting", "Tables", "Measuring"]),
        room("GeoLift", imports: ["Statistics", "Reporting", "Tables", "Measuring"]),
        room("Attribution", imports: ["Domain", "Statistics", "Reporting", "Files", "Tables", "Measuring"]),
        room("LifetimeValue", imports: ["Domain", "Statistics", "Reporting", "Files", "Tables", "Measuring"]),
        room("Economics", imports: ["JSON", "Domain", "Statistics", "Reporting", "Files", "Tables", "Measuring"]),
        room("ResponseTime", imports: ["Domain", "Statistics", "Reporting", "Tables", "Measuring"]),
        room("ModelGovernance", imports: ["Domain", "Statistics", "Learning"]),
        room("Profiles", imports: ["JSON", "Domain", "Limits", "Statistics"]),
        room("Catalog", imports: ["JSON", "Domain"], packages: [.product(name: "Yams", package: "Yams")]),
        room("Budgeting", imports: ["Domain", "Statistics"]),
        room("Allocation", imports: ["JSON", "Reporting", "Tables", "Budgeting"]),
        room(
            "Decisioning", imports: ["JSON", "Domain", "Statistics", "Learning", "Profiles", "Catalog"]),
        room("Coupons", imports: ["Domain"]),
        room("Storage", imports: ["JSON", "Domain"]),
        room(
            "SQLiteStorage", imports: ["Domain", "Storage"],
            packages: [
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        room("Stores", imports: ["Storage", "SQLiteStorage"]),
        room(
            "Access", imports: ["JSON", "Domain", "Storage"],
            packages: [
                "CCrypt", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
            ]),
        room("Log", imports: ["JSON", "Domain", "Catalog", "Decisioning", "Storage"]),
        room(
            "Engine",
            imports: [
                "JSON", "Domain", "Limits", "Statistics", "Learning", "ModelGovernance", "Profiles", "Catalog",
                "Budgeting",
                "Coupons", "Decisioning", "Storage", "Log", "Experiments",
            ],
            packages: [
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        room(
            "LogInsight",
            imports: [
                "JSON", "Domain", "Statistics", "Reporting", "Learning", "Evaluation", "Experiments", "Lift",
                "Economics", "ResponseTime", "ModelGovernance", "Profiles", "Decisioning", "Storage", "Log", "Engine",
            ]),
        room(
            "Simulation",
            imports: [
                "JSON", "Domain", "Statistics", "Reporting", "Budgeting", "Decisioning", "Storage", "Engine",
                "LogInsight", "Lift",
            ]),
        room("Console", imports: ["JSON", "Domain", "Reporting"], resources: [.embedInCode("Assets")]),
        room(
            "Server",
            imports: [
                "JSON", "Domain", "Limits", "Statistics", "Files", "Learning", "Evaluation", "ModelGovernance",
                "Ingestion", "Catalog",
                "Budgeting", "Coupons", "Decisioning", "Storage", "Access", "Engine", "LogInsight", "Reporting",
                "Experiments", "Console",
            ],
            packages: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], resources: [.embedInCode("Assets")]),
        room(
            "Demo", imports: ["JSON", "Domain", "Statistics", "Files"],
            packages: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),
        room("Opening", imports: ["JSON", "Domain", "Statistics", "Reporting"]),
        room(
            "CommandLine",
            imports: [
                "JSON", "Limits", "Domain", "Files", "Statistics", "Reporting", "Learning", "Ingestion", "Tables",
                "Evaluation",
                "Training", "Measuring", "Experiments", "Lift", "TimeSeries", "DifferenceInDifferences", "GeoLift",
                "Attribution", "LifetimeValue", "Economics", "ResponseTime", "Profiles", "Catalog", "Budgeting",
                "Allocation", "Coupons", "Decisioning", "Storage", "Stores", "Access", "Engine", "LogInsight",
                "Simulation",
                "Console",
                "Server", "Demo", "Opening",
            ],
            packages: [
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ]),
        .executableTarget(
            name: "weir",
            dependencies: [
                "WeirCommandLine"
            ], path: "Sources/weir", swiftSettings: habits),

        // What Weir's statistics are compared with others by; no part of the program.
        room("ExperimentCases", imports: ["JSON", "Statistics", "Reporting", "Experiments"]),
        .executableTarget(
            name: "experiment-cases",
            dependencies: ["WeirJSON", "WeirReporting", "WeirExperimentCases"],
            path: "Benchmarks/experiment-cases", swiftSettings: habits),

        tests(of: "JSON", imports: ["JSON", "Statistics"]),
        tests(of: "Domain", imports: ["JSON", "Domain"]),
        tests(of: "Limits", imports: ["JSON", "Limits"]),
        tests(of: "Statistics", imports: ["Statistics"]),
        tests(of: "Reporting", imports: ["JSON", "Reporting"]),
        tests(of: "Measuring", imports: ["Reporting", "Measuring"]),
        tests(
            of: "Experiments",
            imports: ["JSON", "Statistics", "Reporting", "Tables", "Measuring", "Experiments", "ExperimentCases"]),
        tests(of: "Lift", imports: ["Statistics", "Reporting", "Lift"]),
        tests(of: "TimeSeries", imports: ["Domain", "Statistics", "Reporting", "Tables", "Measuring", "TimeSeries"]),
        tests(
            of: "DifferenceInDifferences", imports: ["Statistics", "Reporting", "Tables", "DifferenceInDifferences"]),
        tests(of: "GeoLift", imports: ["Statistics", "Reporting", "Tables", "GeoLift"]),
        tests(of: "Attribution", imports: ["JSON", "Statistics", "Reporting", "Measuring", "Attribution"]),
        tests(
            of: "LifetimeValue", imports: ["Domain", "Statistics", "Reporting", "Tables", "Measuring", "LifetimeValue"]),
        tests(of: "Economics", imports: ["JSON", "Domain", "Statistics", "Reporting", "Tables", "Economics"]),
        tests(of: "ResponseTime", imports: ["Statistics", "Reporting", "Tables", "ResponseTime"]),
        tests(of: "Files", imports: ["Files", "Statistics"], packages: ["CZlib"]),
        tests(of: "Ingestion", imports: ["JSON", "Domain", "Limits", "Files", "Ingestion"], packages: ["CZlib"]),
        tests(of: "Tables", imports: ["Statistics", "Tables"], packages: ["CZlib"]),
        tests(of: "Training", imports: ["Domain", "Statistics", "Learning", "Tables", "Training"]),
        tests(of: "Evaluation", imports: ["Statistics", "Learning", "Evaluation"]),
        tests(of: "ModelGovernance", imports: ["Domain", "Statistics", "Learning", "ModelGovernance"]),
        tests(of: "Simulation", imports: ["Domain", "Statistics", "Reporting", "Lift", "Engine", "Simulation"]),
        tests(of: "Profiles", imports: ["JSON", "Domain", "Limits", "Profiles"]),
        tests(of: "Catalog", imports: ["JSON", "Domain", "Catalog"]),
        tests(of: "Budgeting", imports: ["Domain", "Statistics", "Budgeting"]),
        tests(of: "Coupons", imports: ["Domain", "Statistics", "Coupons"]),
        tests(of: "Allocation", imports: ["JSON", "Reporting", "Budgeting", "Allocation"]),
        tests(of: "Learning", imports: ["JSON", "Domain", "Statistics", "Learning"]),
        tests(
            of: "Decisioning",
            imports: ["JSON", "Domain", "Statistics", "Learning", "Profiles", "Catalog", "Decisioning"]),
        tests(
            of: "Storage", imports: ["JSON", "Domain", "Storage", "SQLiteStorage"],
            packages: [.product(name: "GRDB", package: "GRDB.swift")]),
        tests(
            of: "Access", imports: ["JSON", "Domain", "Storage", "Access"],
            packages: [
                .product(name: "CryptoExtras", package: "swift-crypto"), .product(name: "JWTKit", package: "jwt-kit"),
            ]),
        tests(of: "Stores", imports: ["Domain", "Storage", "Stores"]),
        tests(of: "Log", imports: ["JSON", "Domain", "Statistics", "Storage", "Log"]),
        tests(
            of: "Engine",
            imports: [
                "JSON", "Domain", "Statistics", "Reporting", "Learning", "Experiments", "ModelGovernance", "Profiles",
                "Catalog", "Budgeting", "Coupons", "Decisioning", "Storage", "Stores", "Log", "Engine", "LogInsight",
            ]),
        tests(
            of: "LogInsight",
            imports: [
                "JSON", "Domain", "Statistics", "Reporting", "Learning", "Tables", "Evaluation", "Training",
                "Experiments", "Lift", "Economics", "Profiles", "Decisioning", "Storage", "Engine", "LogInsight",
            ]),
        tests(
            of: "Server",
            imports: [
                "JSON", "Domain", "Decisioning", "Storage", "Access", "Engine", "Reporting", "Console", "Server",
            ],
            packages: [
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], exclude: ["Golden"]),
        tests(of: "CommandLine", imports: ["Files", "Tables", "Allocation", "Storage", "Engine", "CommandLine"]),
        tests(of: "Opening", imports: ["JSON", "Domain", "Statistics", "Reporting", "Opening"]),
        tests(of: "Demo", imports: ["Domain", "Statistics", "Demo"]),
        tests(of: "Console", imports: ["JSON", "Domain", "Reporting", "Console"], exclude: ["Golden"]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
