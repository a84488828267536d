import WeirDecisioning
import WeirDomain
import WeirJSON
import WeirLimits

extension DecisionRequest {
    /// - Parameters:
    ///   - pointer: To the object, for what is wrong.
    ///   - limits: To how long ids and the context may be.
    ///   - idempotencyKey: From the header, without quotes; in a batch each request may have its own as a member.
    /// - Throws: `Problem` with everything that is wrong.
    init(
        _ json: JSON, at pointer: String = "#", limits: Limits = Limits(), idempotencyKey: String? = nil
    ) throws(Problem) {
        var fields = FieldReader(json, at: pointer)
        let name = fields.has("customer") ? "customer" : "userId"
        let userID = fields.id(name, limits)
        let anonymousID = fields.id("anonymousId", limits)
        if userID == nil, anonymousID == nil, fields.faults.isEmpty, let told = json.present(name), told != "" {
            fields.fault(
                name,
                "“\((told.string ?? told.text).prefix(60))” names nobody. Send the person's id, or an anonymousId.")
        } else if userID == nil, anonymousID == nil, fields.faults.isEmpty {
            fields.fault("customer", "missing. Name the person with customer (a known user id) or anonymousId.")
        }
        if let userID, userID.hasPrefix(CustomerID.anonymousPrefix) {
            fields.fault(
                "customer", "“\(userID)” names someone without a user id. Send what follows the colon as anonymousId.")
        }
        let placement = fields.requiredShortText(
            "placement", limits, "Name a placement of the catalog, such as \"home\".")
        let context = fields.object("context")
        if let context {
            do throws(LimitFault) { try limits.checkContext(context, "context") } catch { fields.fault(error) }
        }
        let given = fields.shortText("given", limits)
        let time = fields.moment("time")
        let ownKey = fields.shortText("idempotencyKey", limits)
        if let idempotencyKey {
            do throws(LimitFault) { try limits.checkID(idempotencyKey, "Idempotency-Key") } catch {
                fields.fault(error)
            }
        }
        try fields.check()
        self.init(
            userID: userID, anonymousID: anonymousID, placement: PlacementID(placement!),
            context: context ?? .emptyObject,
            given: given.map { OfferID($0) }, time: time, idempotencyKey: idempotencyKey ?? ownKey)
    }
}
