package import WeirDomain

extension CouponPoolID {
    /// Whether a catalog could name it.
    package var isNameOfPool: Bool {
        (1...64).contains(rawValue.utf8.count)
            && rawValue.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 95
            }
    }
}
