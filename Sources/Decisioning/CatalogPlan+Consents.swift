package import WeirDomain

extension CatalogPlan {
    /// For each of the plan's consent needs whether it is met: the person's answer; else no where the person has answered
    /// anything, for a stamp refuses what it leaves out; else the catalog's default for the purpose.
    ///
    /// - Parameter hasAnswered: Whether there was a stamp, one without any answer too.
    package func consents(by consent: ConsentState, hasAnswered: Bool) -> [Bool] {
        zip(consents, consentsByDefault).map { need, byDefault in
            consent.isGranted(need.purpose, on: need.channel) ?? (byDefault && !hasAnswered)
        }
    }
}
