/// The catalog that `weir init` writes: the files of `Starter/`, carried inside the program.
enum StarterCatalog {
    /// - Parameters:
    ///   - salt: Decides who is held out.
    ///   - year: In which the budget begins; it runs to the end of the next.
    static func root(salt: String, year: Int) -> String {
        String(decoding: PackageResources.weir_yaml, as: UTF8.self)
            .replacing("change me once, then never", with: salt)
            .replacing("2026-01-01", with: "\(year)-01-01")
            .replacing("2027-12-31", with: "\(year + 1)-12-31")
    }

    static let campaign = String(decoding: PackageResources.welcome_yaml, as: UTF8.self)
}
