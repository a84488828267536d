// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "weir-embedded",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "weir", path: "../..")],
    targets: [
        .executableTarget(name: "PureCore", dependencies: [.product(name: "WeirCore", package: "weir")]),
        .executableTarget(name: "OnSQLite", dependencies: [.product(name: "WeirEmbedded", package: "weir")]),
    ],
    swiftLanguageModes: [.v6]
)
