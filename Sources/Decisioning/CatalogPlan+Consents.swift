package import WeirDomain

extension CatalogPlan {
    /// For each of the plan's consent needs whether it is met: the person's answer, else the catalog's default for the
    /// purpose, else no.
    package func consents(by consent: ConsentState) -> [Bool] {
        zip(consents, consentsByDefault).map { need, byDefault in
            consent.isGranted(need.purpose, on: need.channel) ?? byDefault
        }
    }
}
